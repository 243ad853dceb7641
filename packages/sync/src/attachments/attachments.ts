/**
 * Photos and documents of one person on this device: attached without a network, sent when there is one, shown from
 * here or from the server. Loaded when first needed: it is no part of the shell.
 *
 * - FILE-5 A file is attached when its bytes are on this device's disk and its entry is written; a crash between the two
 *   is made good at the next start, and nobody is told "attached" before.
 * - FILE-7 Whoever gives up unsent work of a record gives up the files in it, once they are saved elsewhere.
 * - FILE-6 Bytes from the server are shown only when they have the hash of the entry.
 */
import { attachmentEndpoint, type DocumentName, isErrorCode } from '@fulqrun/protocol'
import { addEntry, isAttachmentType, newDocumentId, readAttachments } from '@fulqrun/schema'
import type { DeviceStore } from '../device-store.ts'
import type { OpenDocument } from '../document-registry.ts'
import type { Ports } from '../ports.ts'
import type { Store } from '../store.ts'
import { toStorageError } from '../sync-error.ts'
import { hashFile } from './file-hash.ts'
import { FileShelf, type UploadRecord } from './file-shelf.ts'
import {
  AttachmentFailure,
  type Attachments,
  type FileReference,
  type NewAttachment,
  type UnsentFile,
  type UploadStatus,
} from './types.ts'
import { Uploader } from './uploader.ts'

/** What the workspace provides. */
export interface AttachmentHost {
  readonly ports: Ports
  readonly store: DeviceStore
  readonly baseUrl: string
  readonly userId: string
  /** Device time, corrected. */
  now(): number
  open(name: UploadRecord['document']): OpenDocument
  /** Room on this device for files that the server has, too; bytes. */
  budgetBytes(): number
}

/** A download in which nothing comes for this long is given up. */
const downloadTimeoutMs = 60_000

/** Opens the files of this device, and goes on sending what waits. Never rejects. */
export async function openAttachments(host: AttachmentHost): Promise<Attachments> {
  const attachments = new DeviceAttachments(host)
  await attachments.resume()
  return attachments
}

class DeviceAttachments implements Attachments {
  readonly uploads: Store<ReadonlyMap<string, UploadStatus>>
  readonly #host: AttachmentHost
  readonly #shelf: FileShelf
  readonly #uploader: Uploader
  readonly #entering = new Set<Promise<void>>()

  constructor(host: AttachmentHost) {
    this.#host = host
    this.#shelf = new FileShelf({
      store: host.store,
      budgetBytes: () => host.budgetBytes(),
      now: () => host.now(),
    })
    this.#uploader = new Uploader({ ...host, shelf: this.#shelf })
    this.uploads = this.#uploader.uploads
  }

  /** What was left at the last end: entries that were not written, bytes that were not sent. */
  async resume(): Promise<void> {
    const uploads = await this.#shelf.uploads().catch(() => [])
    for (const upload of uploads) if (!upload.isEntered) this.#track(this.#enterAgain(upload))
    await this.#uploader.refresh()
    this.#uploader.retry()
  }

  async add({ open, activityId, name, type, bytes, width, height }: NewAttachment): Promise<string> {
    if (!isAttachmentType(type)) throw new AttachmentFailure('attachment/type')
    const hash = await hashFile(bytes)
    const upload: UploadRecord = {
      id: newDocumentId(),
      hash,
      document: open.name,
      activityId,
      name,
      type,
      size: bytes.byteLength,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      at: this.#host.now(),
      isEntered: false,
      isSent: false,
    }
    try {
      await this.#shelf.put(upload, bytes)
    } catch (error) {
      throw new AttachmentFailure(toStorageError(error).code, { cause: error })
    }
    this.#enter(open, upload)
    this.#track(this.#confirmEntry(open, upload))
    this.#uploader.added(upload)
    return upload.id
  }

  async read(file: FileReference): Promise<Uint8Array<ArrayBuffer>> {
    const { hash, type } = file
    // A disk that fails is no reason not to ask the server.
    const blob = await this.#shelf.bytesOf(hash).catch(() => undefined)
    if (blob !== undefined) {
      void this.#shelf.used(hash).catch(() => undefined)
      return blob.bytes as Uint8Array<ArrayBuffer>
    }
    const bytes = await this.#download(file)
    if ((await hashFile(bytes)) !== hash) throw new AttachmentFailure('attachment/damaged')
    const cached = { hash, type, size: bytes.byteLength, bytes, at: this.#host.now() }
    // Without room it is shown all the same, and asked for again next time.
    await this.#shelf.cache(cached).catch(() => undefined)
    return bytes
  }

  retry(): void {
    this.#uploader.retry()
  }

  async collectUnsent(): Promise<readonly UnsentFile[]> {
    const files: UnsentFile[] = []
    for (const { hash, document, activityId, name, type, isSent } of await this.#shelf.uploads()) {
      const blob = isSent ? undefined : await this.#shelf.bytesOf(hash)
      if (blob === undefined) continue
      files.push({ document, activityId, name, type, hash, content: encodeBase64(blob.bytes) })
    }
    return files
  }

  async discard(name: DocumentName, paths: ReadonlySet<string>): Promise<void> {
    const uploads = await this.#shelf.uploads()
    const given = uploads.filter(({ id, document }) => document === name && paths.has(`attachments.${id}`))
    for (const { id } of given) await this.#shelf.drop(id)
    await this.#uploader.dropped()
  }

  async close(): Promise<void> {
    await this.#uploader.close()
    await Promise.all(this.#entering)
  }

  async #download({ hash, document }: FileReference): Promise<Uint8Array<ArrayBuffer>> {
    const { ports, baseUrl } = this.#host
    const abort = new AbortController()
    const cancel = ports.startTimer(downloadTimeoutMs, () => abort.abort())
    try {
      const answer = await ports.fetch(`${baseUrl}${attachmentEndpoint(hash, document)}`, {
        signal: abort.signal,
      })
      if (answer.ok) return (await answer.bytes()) as Uint8Array<ArrayBuffer>
      const body = await answer.json().catch(() => undefined)
      const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
      throw new AttachmentFailure(isErrorCode(code) ? code : 'api/unreachable')
    } catch (error) {
      throw error instanceof AttachmentFailure
        ? error
        : new AttachmentFailure('api/unreachable', { cause: error })
    } finally {
      cancel()
    }
  }

  #enter(open: OpenDocument, upload: UploadRecord): void {
    const { id, activityId, name, type, size, hash, width, height, at } = upload
    const values = {
      activityId,
      name,
      type,
      size,
      hash,
      width,
      height,
      addedBy: this.#host.userId,
      addedAt: at,
    }
    addEntry(open.doc, 'attachments', values, { now: at, id })
  }

  /** Waits until the entry is on the disk; until then the note stays, and the next start writes it again. */
  async #confirmEntry(open: OpenDocument, upload: UploadRecord): Promise<void> {
    if ((await whenStored(open)) === 'saved') await this.#shelf.entered(upload.id).catch(() => undefined)
  }

  async #enterAgain(upload: UploadRecord): Promise<void> {
    const open = this.#host.open(upload.document)
    try {
      await open.ready
      // The record has not come to this device yet, or is of a newer version: at another start, then.
      if (!open.state.get().hasContent) return
      const isThere = readAttachments(open.doc).some(({ id }) => id === upload.id)
      if (!isThere) this.#enter(open, upload)
      await this.#confirmEntry(open, upload)
    } catch {
      // The bytes and the note are kept, so nothing is lost by a record that cannot be written to now.
    } finally {
      open.release()
    }
  }

  #track(task: Promise<void>): void {
    this.#entering.add(task)
    void task.finally(() => this.#entering.delete(task))
  }
}

/** Resolves when what was written to a document is on the disk, or known not to be. */
function whenStored(open: OpenDocument): Promise<'saved' | 'memory'> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const { local } = open.state.get()
      if (local === 'saving') return false
      resolve(local)
      return true
    }
    if (look()) return
    const stop = open.state.subscribe(() => {
      if (look()) stop()
    })
  })
}

/** In pieces: one call with megabytes of arguments would overflow the stack. */
function encodeBase64(bytes: Uint8Array): string {
  const pieceBytes = 24_576
  const pieces: string[] = []
  for (let start = 0; start < bytes.byteLength; start += pieceBytes)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + pieceBytes))))
  return pieces.join('')
}
