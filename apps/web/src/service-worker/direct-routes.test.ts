import { endpoints } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { ApiAnswers } from './api-answers.ts'
import { routeDirectly } from './direct-routes.ts'

interface Rule {
  readonly condition: { readonly urlPattern: string; readonly requestMode: string }
  readonly source: string
}

/** Installs, in a browser that has static routes or does not, and tells what was waited for. */
function install(addRoutes?: (rules: readonly Rule[]) => Promise<void>): Promise<unknown> | undefined {
  const worker = new EventTarget()
  routeDirectly(worker)
  let waited: Promise<unknown> | undefined
  const waitUntil = (promise: Promise<unknown>) => {
    waited = promise
  }
  worker.dispatchEvent(Object.assign(new Event('install'), { waitUntil, addRoutes }))
  return waited
}

describe('what does not go through the worker', () => {
  test('[UPD-6] is what pages ask for all the time, and nothing that the worker answers or has to see', async () => {
    const rules: Rule[] = []
    await install((added) => Promise.resolve(void rules.push(...added)))
    const patterns = rules.map(({ condition }) => new URLPattern(condition.urlPattern, 'https://app.example'))
    const isDirect = (path: string) => patterns.some((pattern) => pattern.test(`https://app.example${path}`))
    for (const path of [endpoints.token, `${endpoints.catalogue}?limit=2000`, endpoints.push, endpoints.pull])
      expect([path, isDirect(path)]).toEqual([path, true])
    for (const path of ['/', '/pipeline', '/assets/index.js', endpoints.people, '/api/auth/sign-out'])
      expect([path, isDirect(path)]).toEqual([path, false])
    for (const path of Object.values(endpoints))
      expect(isDirect(path) && ApiAnswers.handles('GET', path)).toBe(false)
    expect(new Set(rules.map(({ condition, source }) => `${condition.requestMode} ${source}`))).toEqual(
      new Set(['cors network']),
    )
  })

  test('[UPD-6] a browser without static routes, or with others, installs all the same', async () => {
    await expect(install()).resolves.toBeUndefined()
    await expect(install(() => Promise.reject(new TypeError('unknown pattern')))).resolves.toBeUndefined()
  })
})
