import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { inlineScriptHashes } from './security-headers.ts'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Formats that are compressed already. */
const packed: ReadonlySet<string> = new Set(['.png', '.ico', '.woff2'])

interface StaticFile {
  readonly version: string
  readonly type: string
  readonly etag: string
  readonly body: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
  /** Hashes of the scripts inside a page. */
  readonly scriptHashes: readonly string[]
}

interface StaticAnswer {
  readonly response: Response
  readonly scriptHashes: readonly string[]
}

export interface StaticFiles {
  /** The file for a path, or undefined. */
  answer(request: Request, pathname: string): Promise<StaticAnswer | undefined>
}

interface StaticFilesOptions {
  /** Where a file of an earlier build is, by its path under /assets/. */
  readonly findKept?: ((pathname: string) => Promise<string | undefined>) | undefined
}

/**
 * The built web app. Files are read and compressed once and kept in memory (about 3 MB); a file that a new build
 * replaced is read again.
 *
 * Names under /assets/ contain a hash of their content, so they are kept for ever; everything else (index.html, sw.js,
 * the manifest, icons) is asked for again each time and answered by 304 when it did not change. Assets that this build
 * does not have are looked for in the earlier ones (kept-builds.ts).
 */
export function createStaticFiles(root: string, { findKept }: StaticFilesOptions = {}): StaticFiles {
  const cache = new Map<string, StaticFile>()

  async function load(file: string | undefined): Promise<StaticFile | undefined> {
    if (file === undefined) return undefined
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const version = `${found.mtimeMs} ${found.size}`
    const cached = cache.get(file)
    if (cached?.version === version) return cached
    const loaded = await readStatic(file, version)
    cache.set(file, loaded)
    return loaded
  }

  return {
    async answer(request, pathname) {
      const file = (await load(fileUnder(root, pathname))) ?? (await load(await findKept?.(pathname)))
      if (file === undefined) return undefined
      return { response: respond(request, pathname, file), scriptHashes: file.scriptHashes }
    },
  }
}

/** The path of a file inside `root`, or undefined when it would lie outside or is hidden. */
function fileUnder(root: string, pathname: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    // Malformed escapes name no file.
    return undefined
  }
  const segments = decoded.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => segment.startsWith('.') || /[\\\0]/.test(segment))) return undefined
  return path.join(root, ...segments)
}

async function readStatic(file: string, version: string): Promise<StaticFile> {
  const body = await readFile(file)
  const extension = path.extname(file)
  const compressible = !packed.has(extension) && body.length > 1024
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }
  return {
    version,
    type: types[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    br: compressible ? await brotli(body, quality) : undefined,
    gzip: compressible ? await zip(body) : undefined,
    scriptHashes: extension === '.html' ? inlineScriptHashes(body.toString()) : [],
  }
}

function respond(request: Request, pathname: string, file: StaticFile): Response {
  const headers = new Headers({
    'content-type': file.type,
    etag: file.etag,
    vary: 'Accept-Encoding',
    'cache-control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (matches(request.headers.get('if-none-match'), file.etag)) {
    return new Response(null, { status: 304, headers })
  }
  const { body, encoding } = encoded(request.headers.get('accept-encoding') ?? '', file)
  if (encoding !== undefined) headers.set('content-encoding', encoding)
  headers.set('content-length', String(body.length))
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers })
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

function encoded(accepted: string, file: StaticFile): { body: Buffer; encoding?: string } {
  if (file.br !== undefined && /\bbr\b/.test(accepted)) return { body: file.br, encoding: 'br' }
  if (file.gzip !== undefined && /\bgzip\b/.test(accepted)) return { body: file.gzip, encoding: 'gzip' }
  return { body: file.body }
}
