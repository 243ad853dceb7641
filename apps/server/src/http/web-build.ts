import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'

/** Root of the repository. */
export const repositoryRoot = path.resolve(import.meta.dirname, '../../../..')

/** What the web app is built from. */
const sources = [
  'apps/web/index.html',
  'apps/web/package.json',
  'apps/web/public',
  'apps/web/src',
  'apps/web/vite.config.ts',
  'package-lock.json',
  'packages/protocol/src',
  'packages/rules/src',
  'packages/schema/src',
  'packages/sync/src',
]

const builtPage = 'apps/web/dist/index.html'

/** Builds the web app unless apps/web/dist is newer than everything it is made from. Rejects when the build fails. */
export async function ensureWebBuild({ log }: { readonly log: (line: string) => void }): Promise<void> {
  const builtAt = await newest(path.join(repositoryRoot, builtPage))
  const times = await Promise.all(sources.map((source) => newest(path.join(repositoryRoot, source))))
  if (builtAt > Math.max(...times)) return
  log(
    builtAt === 0
      ? 'Building the web app (about 20 seconds, only once) ...'
      : 'Building the web app again ...',
  )
  await build()
}

/** Latest modification below a path, in ms; 0 when there is nothing. Tests do not end up in the build. */
async function newest(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.mtimeMs
  const entries = await readdir(file, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
  const times = await Promise.all(
    files.map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).mtimeMs),
  )
  return Math.max(0, ...times)
}

async function build(): Promise<void> {
  const output = await run([
    viteCommand(),
    'build',
    '--config',
    'apps/web/vite.config.ts',
    '--logLevel',
    'warn',
  ])
  if (output.code !== 0) throw new Error(`the web app could not be built\n${output.text}`)
}

/** The `vite` program, started with this Node and not with whichever is first on the PATH. */
export function viteCommand(): string {
  const require = createRequire(path.join(repositoryRoot, 'package.json'))
  return path.join(path.dirname(require.resolve('vite/package.json')), 'bin/vite.js')
}

function run(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}
