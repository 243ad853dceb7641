import {
  type AttachmentProgress,
  type DocumentName,
  endpoints,
  isDocumentName,
  limits,
  parseDocumentName,
  personHeader,
  uploadLengthHeader,
  uploadOffsetHeader,
} from '@fulqrun/protocol'
import { isAttachmentType, isHash, readAttachments } from '@fulqrun/schema'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { canRead, type Principal } from '../accounts/principal.ts'
import type { AttachmentStore, StoredBytes } from '../attachments/attachment-store.ts'
import { contentDisposition, headBytes, rangeOf, servedType } from '../attachments/served-type.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import { limitBody, readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { HttpProblem } from './problem.ts'

interface Services {
  readonly attachments: AttachmentStore
  readonly documents: DocumentHost
  readonly now: () => number
}

/**
 * Attached files: announced, sent in parts, and read through a record. Rules BLOB-1 to BLOB-13 are in
 * `packages/protocol/SPEC.md`.
 */
export function attachmentRoutes(services: Services): Hono<HttpEnv> {
  const { attachments, now } = services
  const app = new Hono<HttpEnv>()
  const uploadPath = `${endpoints.attachments}/:hash/upload`

  app.post(endpoints.attachments, async (c) => {
    const { user, organizationId } = await requireSender(c)
    const { hash, size, type, document } = await readJson(c, announcement)
    if (!isAttachmentType(type)) throw new HttpProblem('attachment/type')
    if (size > limits.maxAttachmentBytes)
      throw new HttpProblem('attachment/too-large', { detail: `At most ${limits.maxAttachmentBytes} bytes` })
    // Whether the record is there, and who may see it, is not looked at: it may come after its files, and what is sent
    // for a record that its sender cannot write to is shown by none.
    if (!isDocumentName(document) || parseDocumentName(document)?.organizationId !== organizationId)
      throw new HttpProblem('document/name-invalid')
    return c.json(
      await attachments.begin({ organizationId, userId: user.id, hash, size, document, at: now() }),
    )
  })

  // Hono answers HEAD by GET without its body.
  app.get(uploadPath, async (c) => {
    const progress = await attachments.progress(await uploadKey(c))
    if (progress === undefined) throw new HttpProblem('attachment/not-found')
    return c.json(progress, 200, progressHeaders(progress))
  })

  app.put(uploadPath, limitBody(limits.maxAttachmentPartBytes), async (c) => {
    const key = await uploadKey(c)
    const [digits] = /^\d{1,9}$/.exec(c.req.header(uploadOffsetHeader) ?? '') ?? []
    if (digits === undefined)
      throw new HttpProblem('input/invalid', { detail: `${uploadOffsetHeader}: where the part begins` })
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    if (bytes.byteLength === 0) throw new HttpProblem('input/invalid', { detail: 'The part is empty' })
    const progress = await attachments.append(key, { offset: Number(digits), bytes, at: now() })
    return c.json(progress, 200, progressHeaders(progress))
  })

  app.get(`${endpoints.attachments}/:hash`, (c) => download(c, services))
  return app
}

const announcement = z.strictObject({
  hash: z.string().refine(isHash, 'must be a hexadecimal SHA-256 in small letters'),
  size: z.int().min(1),
  type: z.string().max(100),
  document: z.string().max(200),
})

function progressHeaders({ received, size }: AttachmentProgress): Record<string, string> {
  return { [uploadOffsetHeader]: String(received), [uploadLengthHeader]: String(size) }
}

/** Who sends a file: somebody who may write, and whom the device takes them for. */
async function requireSender(c: Context<HttpEnv>): Promise<Principal> {
  const principal = await requirePrincipal(c)
  if ((c.req.header(personHeader) ?? principal.user.id) !== principal.user.id)
    throw new HttpProblem('auth/other-person')
  if (!principal.canWrite) throw new HttpProblem('access/role')
  return principal
}

async function uploadKey(c: Context<HttpEnv>) {
  const { user, organizationId } = await requireSender(c)
  const hash = c.req.param('hash') ?? ''
  if (!isHash(hash)) throw new HttpProblem('attachment/not-found')
  return { organizationId, userId: user.id, hash }
}

/**
 * The bytes of a file, through a record that refers to it and for which it was sent. Everything else is answered alike,
 * whether there is such a file or not.
 */
async function download(c: Context<HttpEnv>, services: Services): Promise<Response> {
  const principal = await requirePrincipal(c)
  const hash = c.req.param('hash') ?? ''
  const found = isHash(hash)
    ? await findReadable(services, principal, { hash, document: c.req.query('document') ?? '' })
    : undefined
  if (found === undefined) throw new HttpProblem('attachment/not-found')
  const { stored, name, type } = found
  const head = await readHead(stored)
  const { contentType, isInline } = servedType(type, head)
  const headers = new Headers({
    'content-type': contentType,
    'content-disposition': contentDisposition(name, isInline && c.req.query('download') === undefined),
    'content-security-policy':
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag: `"${hash}"`,
    // Kept by the app, which forgets it with everything else of the person; not by the browser. Ranges need it as it is.
    'cache-control': 'private, no-store, no-transform',
  })
  if (isKnown(c.req.header('if-none-match'), hash)) return new Response(null, { status: 304, headers })
  return answerBytes(c, stored, headers)
}

interface Readable {
  readonly stored: StoredBytes
  readonly name: string
  readonly type: string
}

async function findReadable(
  { attachments, documents }: Services,
  principal: Principal,
  { hash, document }: { readonly hash: string; readonly document: string },
): Promise<Readable | undefined> {
  const file = { organizationId: principal.organizationId, hash }
  const entry =
    isDocumentName(document) && isReadable(documents, principal, document)
      ? await documents.withDocument(document, (doc) => {
          // It may have come to be out of reach while it was loaded.
          if (!isReadable(documents, principal, document)) return undefined
          return readAttachments(doc).find((attachment) => attachment.hash === hash)
        })
      : undefined
  const isGranted =
    entry !== undefined && isDocumentName(document) && (await attachments.isGranted(file, document))
  // What a person has sent they may have back, also before the record that it is for has come.
  const isOwn =
    isGranted || (await attachments.progress({ ...file, userId: principal.user.id }))?.complete === true
  const stored = isOwn ? await attachments.open(file) : undefined
  if (stored === undefined) return undefined
  return { stored, name: entry?.name ?? 'file', type: entry?.type ?? '' }
}

/** Of a record that was removed, only its history is to be had. */
function isReadable(documents: DocumentHost, principal: Principal, name: DocumentName): boolean {
  return canRead(principal, documents.scopeOf(name)) && documents.exists(name) && !documents.isRemoved(name)
}

async function readHead(stored: StoredBytes): Promise<Uint8Array> {
  const stream = stored.read(0, Math.min(headBytes, stored.size)) as ReadableStream<Uint8Array<ArrayBuffer>>
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function isKnown(ifNoneMatch: string | undefined, hash: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(`"${hash}"`)
}

function answerBytes(c: Context<HttpEnv>, stored: StoredBytes, headers: Headers): Response {
  const { size } = stored
  const etag = headers.get('etag')
  const isCurrent = (c.req.header('if-range') ?? etag) === etag
  const range = isCurrent ? rangeOf(c.req.header('range'), size) : 'all'
  if (range === undefined) {
    headers.set('content-range', `bytes */${size}`)
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range === 'all' ? { start: 0, end: size } : range
  headers.set('content-length', String(end - start))
  if (range !== 'all') headers.set('content-range', `bytes ${start}-${end - 1}/${size}`)
  const status = range === 'all' ? 200 : 206
  if (c.req.method === 'HEAD') return new Response(null, { status, headers })
  return new Response(stored.read(start, end) as ReadableStream<Uint8Array<ArrayBuffer>>, { status, headers })
}
