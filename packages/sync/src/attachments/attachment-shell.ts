/** The part of attachments that is there from the first moment; the rest is loaded when there is a file to speak of. */
import { createStore, type Store } from '../store.ts'
import type { AttachmentHost } from './attachments.ts'
import type { Attachments, UploadStatus } from './types.ts'

export class AttachmentShell {
  /** Files that the server has not got, oldest first. */
  readonly files: Store<readonly UploadStatus[]>
  readonly #host: AttachmentHost
  readonly #files = createStore<readonly UploadStatus[]>([])
  readonly #onChange: () => void
  #attachments: Promise<Attachments> | undefined
  #isClosed = false

  constructor(host: AttachmentHost, onChange: () => void) {
    this.#host = host
    this.#onChange = onChange
    this.files = this.#files
  }

  /** Rejects when the code cannot be loaded: offline, before the service worker has it. */
  get(): Promise<Attachments> {
    if (this.#attachments !== undefined) return this.#attachments
    const opening = this.#open()
    this.#attachments = opening
    opening.catch(() => {
      this.#attachments = undefined
    })
    return opening
  }

  /** Goes on with what was left at the last end. Never rejects. */
  async resume(): Promise<void> {
    try {
      const waits = await this.#host.store.read(['uploads'], (transaction) =>
        transaction.objectStore('uploads').count(),
      )
      if (waits === 0 || this.#isClosed) return
      // It may be open since before the disk answered.
      if (this.#attachments === undefined) await this.get()
      else this.retry()
    } catch {
      // Without a database nothing was left; without the code the next start goes on.
    }
  }

  /** The server can be reached again: what waits need not wait for its next attempt. */
  retry(): void {
    // What never opened has nothing to send.
    this.#attachments?.then(
      (attachments) => attachments.retry(),
      () => undefined,
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    // What never opened has nothing to close.
    await this.#attachments?.then(
      (attachments) => attachments.close(),
      () => undefined,
    )
  }

  async #open(): Promise<Attachments> {
    const { openAttachments } = await import('./attachments.ts')
    const attachments = await openAttachments(this.#host)
    const follow = () => {
      this.#files.set([...attachments.uploads.get().values()].toSorted((a, b) => a.since - b.since))
      this.#onChange()
    }
    attachments.uploads.subscribe(follow)
    follow()
    return attachments
  }
}
