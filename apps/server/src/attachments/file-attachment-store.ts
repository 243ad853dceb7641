import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { DocumentName } from '@fulqrun/protocol'
import { isHash } from '@fulqrun/schema'
import { AttachmentError } from './attachment-error.ts'
import type {
  AttachmentQuota,
  AttachmentStore,
  NewUpload,
  StoredBytes,
  StoredFile,
  UploadKey,
  UploadPart,
  UploadProgress,
} from './attachment-store.ts'
import { KeyQueue } from './key-queue.ts'
import { UploadLedger } from './upload-ledger.ts'

interface Folders {
  /** Holds one folder per organization with its complete files, each under its hash. */
  readonly files: string
  /** Holds what has not all come yet. On the same disk, so that a complete file is moved in one step. */
  readonly incoming: string
}

/** The folders of attached files in a data folder. */
export function attachmentFolders(dataDir: string): Folders {
  return { files: path.join(dataDir, 'attachments'), incoming: path.join(dataDir, 'attachments-incoming') }
}

/**
 * Attached files in the data folder, under their hash: a name that only their bytes can have, so a file that is there
 * is never written to again. Who has sent what is in the database ({@link UploadLedger}).
 */
export class FileAttachmentStore implements AttachmentStore {
  readonly #folders: Folders
  readonly #ledger: UploadLedger
  readonly #queue = new KeyQueue()

  private constructor(folders: Folders, ledger: UploadLedger) {
    this.#folders = folders
    this.#ledger = ledger
  }

  static async open(options: {
    readonly dataDir: string
    readonly databaseFile: string
    readonly quota: AttachmentQuota
  }): Promise<FileAttachmentStore> {
    const folders = attachmentFolders(options.dataDir)
    await mkdir(folders.files, { recursive: true })
    await mkdir(folders.incoming, { recursive: true })
    return new FileAttachmentStore(folders, await UploadLedger.open(options.databaseFile, options.quota))
  }

  async begin(upload: NewUpload): Promise<UploadProgress> {
    const before = this.#ledger.find(upload)
    const { size, complete } = this.#ledger.begin(upload)
    // Announced with another size before: what came then is part of another file, or of a mistake.
    if (before !== undefined && before.size !== size)
      await this.#inTurn(upload, (file) => rm(file, { force: true }))
    return this.#progress(upload, { size, complete })
  }

  async progress(key: UploadKey): Promise<UploadProgress | undefined> {
    const row = this.#ledger.find(key)
    return row === undefined ? undefined : this.#progress(key, row)
  }

  append(key: UploadKey, { offset, bytes, at }: UploadPart): Promise<UploadProgress> {
    return this.#inTurn(key, async (file) => {
      const row = this.#ledger.find(key)
      if (row === undefined) throw new AttachmentError('attachment/not-found', 'Announce the file first')
      const { size } = row
      if (offset + bytes.byteLength > size)
        throw new AttachmentError('attachment/too-large', `The file was announced with ${size} bytes`)
      if (row.complete) return { size, received: size, complete: true }
      const received = await sizeOf(file)
      if (offset > received) throw new AttachmentError('attachment/offset', `Go on from byte ${received}`)
      // Sent twice, or by two tabs at once: what is there stays, what is new is added.
      await write(file, received, bytes.subarray(received - offset))
      this.#ledger.touch(key, at)
      const end = Math.max(received, offset + bytes.byteLength)
      if (end < size) return { size, received: end, complete: false }
      await this.#finish(key, file, at)
      return { size, received: size, complete: true }
    })
  }

  isGranted(file: StoredFile, document: DocumentName): Promise<boolean> {
    return Promise.resolve(this.#ledger.isGranted(file, document))
  }

  async open(file: StoredFile): Promise<StoredBytes | undefined> {
    const place = this.#placeOf(file)
    const found = await stat(place).catch(() => undefined)
    if (found?.isFile() !== true) return undefined
    return {
      size: found.size,
      read: (start, end) =>
        Readable.toWeb(
          end > start ? createReadStream(place, { start, end: end - 1 }) : Readable.from([]),
        ) as ReadableStream<Uint8Array>,
    }
  }

  async removeAbandoned(before: number): Promise<number> {
    const keys = this.#ledger.takeAbandoned(before)
    for (const key of keys)
      await this.#inTurn(key, async (file) => {
        // Somebody may have begun anew while this one waited for its turn.
        if (this.#ledger.find(key) === undefined) await rm(file, { force: true })
      })
    return keys.length
  }

  async close(): Promise<void> {
    await this.#queue.settled()
    this.#ledger.close()
  }

  async #progress(
    key: UploadKey,
    { size, complete }: { readonly size: number; readonly complete: boolean },
  ): Promise<UploadProgress> {
    return { size, complete, received: complete ? size : await sizeOf(this.#incomingOf(key)) }
  }

  /** All bytes are there: they are moved to their place if they are what was announced, and thrown away if not. */
  async #finish(key: UploadKey, file: string, at: number): Promise<void> {
    if ((await hashOf(file)) !== key.hash) {
      await rm(file, { force: true })
      throw new AttachmentError('attachment/hash-mismatch')
    }
    const place = this.#placeOf(key)
    await mkdir(path.dirname(place), { recursive: true })
    await flush(file)
    await rename(file, place)
    await flush(path.dirname(place))
    await flush(this.#folders.files)
    this.#ledger.complete(key, at)
  }

  #inTurn<T>(key: UploadKey, task: (file: string) => Promise<T>): Promise<T> {
    const file = this.#incomingOf(key)
    return this.#queue.run(file, () => task(file))
  }

  #placeOf({ organizationId, hash }: StoredFile): string {
    return path.join(this.#folders.files, folderName(organizationId), requireHash(hash))
  }

  #incomingOf({ organizationId, userId, hash }: UploadKey): string {
    const owner = createHash('sha256').update(`${organizationId}\0${userId}`).digest('hex').slice(0, 32)
    return path.join(this.#folders.incoming, `${owner}-${requireHash(hash)}`)
  }
}

/** Ids of organizations are made by us; one that would be no plain name of a folder is replaced by its hash. */
function folderName(organizationId: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(organizationId)
    ? organizationId
    : `~${createHash('sha256').update(organizationId).digest('hex')}`
}

/** What is no hash never becomes a part of a path. */
function requireHash(hash: string): string {
  if (!isHash(hash)) throw new AttachmentError('attachment/not-found')
  return hash
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

async function write(file: string, position: number, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength === 0) return
  const handle = await open(file, 'a')
  try {
    // What a crash or a full disk left of the last part, cut to what it was taken for.
    await handle.truncate(position)
    await handle.writeFile(bytes)
  } finally {
    await handle.close()
  }
}

async function flush(place: string): Promise<void> {
  const handle = await open(place, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
