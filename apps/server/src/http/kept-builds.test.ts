import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KeptBuilds } from './kept-builds.ts'
import { createStaticFiles } from './static-files.ts'

const day = 24 * 3600_000

let root = ''
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'fulqrun-builds-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const folder = () => path.join(root, 'kept')
const webRoot = () => path.join(root, 'dist')

async function deploy(version: string): Promise<void> {
  await rm(webRoot(), { recursive: true, force: true })
  await mkdir(path.join(webRoot(), 'assets'), { recursive: true })
  await writeFile(path.join(webRoot(), 'index.html'), `<script src="/assets/index-${version}.js"></script>`)
  await writeFile(
    path.join(webRoot(), 'assets', `index-${version}.js`),
    `export const version = '${version}'`,
  )
}

async function start(at: number) {
  const kept = await KeptBuilds.open({ folder: folder(), webRoot: webRoot(), now: () => at })
  const files = createStaticFiles(webRoot(), { findKept: (name) => Promise.resolve(kept.find(name)) })
  return {
    kept,
    get: async (pathname: string) =>
      (await files.answer(new Request(`http://localhost${pathname}`), pathname))?.response,
  }
}

describe('builds before the present one', () => {
  test('[UPD-5] a chunk of the build before is answered, to be kept for ever, and only the chunk', async () => {
    await deploy('one')
    await start(0)
    await deploy('two')
    const { get, kept } = await start(day)
    const old = await get('/assets/index-one.js')
    expect(await old?.text()).toBe("export const version = 'one'")
    expect(old?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(old?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await (await get('/index.html'))?.text()).toContain('two')
    for (const path of ['/assets/none.js', '/assets/../replaced-at', '/assets/', '/sw.js', '/assets/%2e%2e'])
      expect(kept.find(path)).toBeUndefined()
  })

  test('[UPD-5] a build goes 14 days after it was replaced, counted from then and not from when it was made', async () => {
    for (const [version, at] of [
      ['a', 0],
      ['b', 100 * day],
      ['c', 101 * day],
      ['d', 102 * day],
    ] as const) {
      await deploy(version)
      await start(at)
    }
    await deploy('e')
    const soon = await start(103 * day)
    expect(soon.kept.find('/assets/index-a.js')).toBeDefined()
    const late = await start(115 * day)
    expect(late.kept.find('/assets/index-a.js')).toBeUndefined()
    // The three before the present one stay however old they are.
    for (const version of ['b', 'c', 'd', 'e'])
      expect(late.kept.find(`/assets/index-${version}.js`)).toBeDefined()
    await start(500 * day)
    expect(await readdir(folder())).toHaveLength(4)
  })

  test('[UPD-5] deploying every hour does not fill the disk', async () => {
    for (let hour = 0; hour < 30; hour += 1) {
      await deploy(`h${hour}`)
      await start(hour * 3600_000)
    }
    expect(await readdir(folder())).toHaveLength(21)
  })

  test('[UPD-5] a copy that was cut off is no build, and is made anew', async () => {
    await deploy('one')
    await start(0)
    const [build = ''] = await readdir(folder())
    await rm(path.join(folder(), build), { recursive: true })
    await mkdir(path.join(folder(), `${build}.partial`, 'assets'), { recursive: true })
    const { kept } = await start(1)
    await access(kept.find('/assets/index-one.js') ?? 'not kept')
    expect(await readdir(folder())).toEqual([build])
  })

  test('[UPD-5] nothing is kept, and nothing fails, while the app has not been built', async () => {
    const { kept } = await start(0)
    expect(kept.find('/assets/index-one.js')).toBeUndefined()
  })
})
