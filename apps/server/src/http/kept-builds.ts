import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface KeptBuildsOptions {
  /** Folder of the kept builds, one folder each. */
  readonly folder: string
  /** Folder of the build that is served now. */
  readonly webRoot: string
  /** Server clock, ms. */
  readonly now: () => number
}

/** However old they are, so many builds before the present one are kept: somebody may have been away for long. */
const alwaysKept = 3
/** A build is kept so long after it was replaced ... */
const keptMs = 14 * 24 * 3600_000
/** ... but never more than this many: a team that deploys every hour must not fill the disk (about 4 MB each). */
const mostKept = 20

const replacedFile = 'replaced-at'

/**
 * Files under /assets/ of the builds before this one (UPD-5): a page that was opened before a deployment asks for chunks
 * that the new build no longer has, and must get them until it restarts.
 *
 * Names contain a hash of their content, so a name means the same file in every build that has it. Only `assets` of a
 * build is kept and only plain names in it are answered: an old index.html or service worker must never come back.
 */
export class KeptBuilds {
  /** Absolute path by file name. */
  readonly #files = new Map<string, string>()

  private constructor() {}

  /**
   * Copies the build that is served now beside the earlier ones, and removes what has been replaced for long enough.
   * Rejects when the folder cannot be used; the app then works as well, without earlier builds.
   */
  static async open(options: KeptBuildsOptions): Promise<KeptBuilds> {
    const kept = new KeptBuilds()
    await mkdir(options.folder, { recursive: true })
    const current = await keepCurrent(options)
    for (const build of await sortOut(options, current)) {
      const assets = path.join(options.folder, build, 'assets')
      for (const name of await readdir(assets)) kept.#files.set(name, path.join(assets, name))
    }
    return kept
  }

  /** The file for a path such as `/assets/index-Bk3f9.js`, or undefined. */
  find(pathname: string): string | undefined {
    const name = /^\/assets\/([\w.-]+)$/.exec(pathname)?.[1]
    return name === undefined ? undefined : this.#files.get(name)
  }
}

/** Id of the present build, which is now kept; undefined when there is none. */
async function keepCurrent({ folder, webRoot }: KeptBuildsOptions): Promise<string | undefined> {
  const page = await readFile(path.join(webRoot, 'index.html')).catch(() => undefined)
  const assets = path.join(webRoot, 'assets')
  if (page === undefined || !existsSync(assets)) return undefined
  const names = (await readdir(assets)).sort()
  const build = createHash('sha256').update(page).update(names.join('\n')).digest('hex').slice(0, 16)
  const target = path.join(folder, build)
  if (!existsSync(target)) {
    // Under another name until it is whole: a copy that a power cut ends half-way must not look like a build.
    const partial = `${target}.partial`
    await rm(partial, { recursive: true, force: true })
    await cp(assets, path.join(partial, 'assets'), { recursive: true })
    await rename(partial, target)
  }
  return build
}

/** Marks the others as replaced and removes the old ones; answers with the builds that are left. */
async function sortOut(options: KeptBuildsOptions, current: string | undefined): Promise<readonly string[]> {
  const { folder, now } = options
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const builds = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{16}$/.test(name))
      .map(async (name) => ({
        name,
        replacedAt: name === current ? Infinity : await replacedAt(path.join(folder, name), now()),
      })),
  )
  // Back in service, after a rollback: its days begin again when it is replaced again.
  if (current !== undefined) await rm(path.join(folder, current, replacedFile), { force: true })
  const newestFirst = builds.sort((a, b) => b.replacedAt - a.replacedAt)
  const stays = newestFirst.filter(
    ({ replacedAt }, index) => index <= alwaysKept || (index <= mostKept && now() - replacedAt <= keptMs),
  )
  const left = new Set(stays.map(({ name }) => name))
  const gone = names.filter((name) => !left.has(name))
  await Promise.all(gone.map((name) => rm(path.join(folder, name), { recursive: true, force: true })))
  return [...left]
}

/** When another build took the place of this one: its age counts from then, not from when it was made. */
async function replacedAt(build: string, now: number): Promise<number> {
  const file = path.join(build, replacedFile)
  const known = Number(await readFile(file, 'utf8').catch(() => Number.NaN))
  if (Number.isFinite(known) && known > 0) return known
  await writeFile(file, String(now))
  return now
}
