import {
  type AttachmentProgress,
  attachmentUploadEndpoint,
  endpoints,
  isErrorCode,
  limits,
  personHeader,
  uploadOffsetHeader,
} from '@fulqrun/protocol'
import type { FetchAnswer, FetchInit, Ports } from '../ports.ts'
import type { UploadRecord } from './file-shelf.ts'
import type { AttachmentProblem } from './types.ts'

export interface SendOptions {
  readonly ports: Pick<Ports, 'fetch' | 'startTimer'>
  readonly baseUrl: string
  /** Whose file this is: the cookie may be somebody else's by now, and the server takes nothing then. */
  readonly userId: string
}

export type SendOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: AttachmentProblem }

/** A part that takes longer is given up: half a megabyte in this time is slower than any network worth the name. */
const partTimeoutMs = 60_000
/** Parts that go wrong one after the other, as after a hash that did not fit, end the attempt. */
const maxRequests = 3 + 2 * Math.ceil(limits.maxAttachmentBytes / limits.maxAttachmentPartBytes)

/** Sends a file, from where the server has it. Never rejects. */
export async function sendFile(
  options: SendOptions,
  { hash, size, type, document }: Pick<UploadRecord, 'hash' | 'size' | 'type' | 'document'>,
  bytes: Uint8Array,
  onProgress: (sent: number) => void,
): Promise<SendOutcome> {
  const announce = () =>
    request(options, endpoints.attachments, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ hash, size, type, document }),
    })
  let answer = await announce()
  for (let requests = 1; requests < maxRequests; requests += 1) {
    if ('problem' in answer) {
      // The server forgot, or another tab was faster: it says where to go on.
      if (answer.problem !== 'attachment/offset') return { ok: false, problem: answer.problem }
      answer = await announce()
      continue
    }
    onProgress(answer.received)
    if (answer.complete) return { ok: true }
    const { received } = answer
    const part = bytes.slice(received, received + limits.maxAttachmentPartBytes)
    // Fewer bytes than were announced: the copy on this device is damaged.
    if (part.byteLength === 0) return { ok: false, problem: 'attachment/hash-mismatch' }
    answer = await request(options, attachmentUploadEndpoint(hash), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', [uploadOffsetHeader]: String(received) },
      body: part,
    })
  }
  return { ok: false, problem: 'problem' in answer ? answer.problem : 'api/unexpected' }
}

type Answer = AttachmentProgress | { readonly problem: AttachmentProblem }

async function request(
  { ports, baseUrl, userId }: SendOptions,
  path: string,
  init: FetchInit,
): Promise<Answer> {
  const abort = new AbortController()
  const cancel = ports.startTimer(partTimeoutMs, () => abort.abort())
  try {
    const headers = { ...init.headers, [personHeader]: userId }
    const answer = await ports.fetch(`${baseUrl}${path}`, { ...init, headers, signal: abort.signal })
    return await readAnswer(answer)
  } catch {
    return { problem: 'api/unreachable' }
  } finally {
    cancel()
  }
}

async function readAnswer(answer: FetchAnswer): Promise<Answer> {
  // A captive portal answers 200 with a page.
  const body = await answer.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null)
    return { problem: answer.ok ? 'api/unexpected' : 'api/unreachable' }
  if (!answer.ok) {
    const code = 'code' in body ? body.code : undefined
    return { problem: isErrorCode(code) ? code : 'api/unreachable' }
  }
  const { received, complete } = body as Partial<AttachmentProgress>
  if (typeof received !== 'number' || typeof complete !== 'boolean') return { problem: 'api/unexpected' }
  return body as AttachmentProgress
}
