import { describe, expect, test } from 'vitest'
import { isOurFile, isOurJson } from './our-answers.ts'

interface Shape {
  readonly status?: number
  readonly redirected?: boolean
  readonly type?: string
  readonly isPortal?: boolean
}

function answer({ status = 200, redirected = false, type = 'text/html', isPortal = false }: Shape) {
  const headers = new Headers({ 'content-type': type })
  if (!isPortal) headers.set('x-request-id', 'c0ffee')
  return { status, redirected, headers }
}

describe('which answers are kept', () => {
  const javascript = 'text/javascript; charset=utf-8'
  test.each<[string, Shape, boolean]>([
    ['/assets/index-a1.js', { type: javascript }, true],
    ['/assets/index-a1.js', { type: 'text/html; charset=utf-8' }, false],
    ['/assets/index-a1.js', { type: javascript, isPortal: true }, false],
    ['/assets/index-a1.js', { type: javascript, redirected: true }, false],
    ['/assets/index-a1.js', { type: javascript, status: 206 }, false],
    ['/index.html', { type: 'text/html; charset=utf-8' }, true],
    ['/index.html', { type: 'text/html; charset=utf-8', isPortal: true }, false],
    ['/', { type: 'text/html; charset=utf-8', redirected: true }, false],
    ['/icons/icon.svg', { type: 'image/svg+xml' }, true],
    ['/manifest.webmanifest', { type: 'application/manifest+json' }, true],
    ['/assets/inter.woff2', { type: 'font/woff2' }, true],
    ['/assets/unknown.wasm', { type: 'application/wasm' }, false],
  ])('[SW-4] %s answered with %o is kept: %s', (pathname, shape, isKept) => {
    expect(isOurFile(pathname, answer(shape))).toBe(isKept)
  })

  test('[SW-4] a page of a portal in place of data is not kept', () => {
    expect(isOurJson(answer({ type: 'application/json' }))).toBe(true)
    expect(isOurJson(answer({ type: 'application/json', isPortal: true }))).toBe(false)
    expect(isOurJson(answer({ type: 'text/html' }))).toBe(false)
    expect(isOurJson(answer({ type: 'application/problem+json', status: 401 }))).toBe(false)
  })
})
