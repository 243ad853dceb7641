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
import type { OpenUploads, ReceivedPart } from '../attachments/open-uploads.ts'
import { contentDisposition, headBytes, rangeOf, servedType } from '../attachments/served-type.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { codeOfError, HttpProblem } from './problem.ts'

interface Services {
  readonly attachments: AttachmentStore
  readonly documents: DocumentHost
  readonly uploads: OpenUploads
  readonly counters: Pick<SyncCounters, 'upload' | 'uploadBytes'>
  readonly now: () => number
}

/** Seconds that a server takes to start again. */
const restartSeconds = 5

/**
 * Attached files: announced, sent in parts, and read through a record. Rules BLOB-1 to BLOB-14 are in
 * `packages/protocol/SPEC.md`.
 */
export function attachmentRoutes(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const uploadPath = `${endpoints.attachments}/:hash/upload`
  const counted = async (answer: Promise<Response>): Promise<Response> => {
    try {
      return await answer
    } catch (error) {
      services.counters.upload(codeOfError(error))
      throw error
    }
  }
  app.post(endpoints.attachments, (c) => counted(announce(c, services)))
  // Hono answers HEAD by GET without its body.
  app.get(uploadPath, async (c) => {
    const progress = await services.attachments.progress(await uploadKey(c))
    if (progress === undefined) throw new HttpProblem('attachment/not-found')
    return c.json(progress, 200, progressHeaders(progress))
  })
  app.put(uploadPath, (c) => counted(takePart(c, services)))
  app.get(`${endpoints.attachments}/:hash`, (c) => download(c, services))
  return app
}

async function announce(c: Context<HttpEnv>, { attachments, counters, now }: Services): Promise<Response> {
  const { user, organizationId } = await requireSender(c)
  const { hash, size, type, document } = await readJson(c, announcement)
  if (!isAttachmentType(type)) throw new HttpProblem('attachment/type')
  if (size > limits.maxAttachmentBytes)
    throw new HttpProblem('attachment/too-large', { detail: `At most ${limits.maxAttachmentBytes} bytes` })
  // Whether the record is there, and who may see it, is not looked at: it may come after its files, and what is sent
  // for a record that its sender cannot write to is shown by none.
  if (!isDocumentName(document) || parseDocumentName(document)?.organizationId !== organizationId)
    throw new HttpProblem('document/name-invalid')
  const key = { organizationId, userId: user.id, hash }
  const before = await attachments.progress(key)
  const progress = await attachments.begin({ ...key, size, document, at: now() })
  if (before === undefined) counters.upload('started')
  return c.json(progress)
}

async function takePart(
  c: Context<HttpEnv>,
  { attachments, uploads, counters, now }: Services,
): Promise<Response> {
  uploads.opened(c.env?.outgoing)
  const key = await uploadKey(c)
  const [digits] = /^\d{1,9}$/.exec(c.req.header(uploadOffsetHeader) ?? '') ?? []
  if (digits === undefined)
    throw new HttpProblem('input/invalid', { detail: `${uploadOffsetHeader}: where the part begins` })
  const offset = Number(digits)
  const { bytes, isCut } = await readPart(c, { uploads, counters })
  if (bytes.byteLength === 0 && !isCut)
    throw new HttpProblem('input/invalid', { detail: 'The part is empty' })
  const stopping = new HttpProblem('server/stopping', { retryAfter: restartSeconds })
  if (isCut && bytes.byteLength === 0) throw stopping
  const before = await attachments.progress(key)
  const progress = await attachments.append(key, { offset, bytes, at: now() })
  if (progress.complete && before?.complete !== true) counters.upload('finished')
  if (isCut) throw stopping
  return c.json(progress, 200, progressHeaders(progress))
}

async function readPart(
  c: Context<HttpEnv>,
  { uploads, counters }: Pick<Services, 'uploads' | 'counters'>,
): Promise<ReceivedPart> {
  const maxBytes = limits.maxAttachmentPartBytes
  const { headers, body } = c.req.raw
  if (Number(headers.get('content-length')) > maxBytes) throw new HttpProblem('input/too-large')
  if (body === null) return { bytes: new Uint8Array(), isCut: false }
  const part = await uploads.read(body, { maxBytes, onBytes: (count) => counters.uploadBytes(count) })
  if (part === undefined) throw new HttpProblem('input/too-large')
  return part
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
