import { createHash } from 'node:crypto'
import type { DocumentName } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AttachmentQuota, AttachmentStore, NewUpload, StoredFile } from './attachment-store.ts'

export interface AttachmentStoreUnderTest {
  readonly store: AttachmentStore
  /** The same data after the process has ended. */
  reopen(): Promise<AttachmentStore>
  close(): Promise<void>
}

export const contractQuota: AttachmentQuota = { personBytes: 1000, organizationBytes: 1500 }

export function hashOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const document = 'meridian/opportunity/0199-a' as DocumentName
const other = 'meridian/opportunity/0199-b' as DocumentName

function fileOf(text: string) {
  const bytes = new TextEncoder().encode(text)
  return { bytes, hash: hashOfBytes(bytes), size: bytes.byteLength }
}

function uploadOf({ hash, size }: { hash: string; size: number }, extra: Partial<NewUpload> = {}): NewUpload {
  return { organizationId: 'meridian', userId: 'ana', hash, size, document, at: 1000, ...extra }
}

async function readAll(store: AttachmentStore, file: StoredFile): Promise<string | undefined> {
  const stored = await store.open(file)
  if (stored === undefined) return undefined
  return new Response(stored.read(0, stored.size) as ReadableStream<Uint8Array<ArrayBuffer>>).text()
}

/** What every attachment store promises; see `attachment-store.ts`. */
export function attachmentStoreContract(
  label: string,
  { open, durable }: { readonly open: () => Promise<AttachmentStoreUnderTest>; readonly durable: boolean },
): void {
  describe(`attachments: ${label}`, () => {
    let subject: AttachmentStoreUnderTest
    let store: AttachmentStore
    beforeEach(async () => {
      subject = await open()
      store = subject.store
    })
    afterEach(() => subject.close())

    const file = fileOf('the budget impact model')

    async function send(upload: NewUpload, bytes: Uint8Array): Promise<void> {
      await store.begin(upload)
      await store.append(upload, { offset: 0, bytes, at: upload.at })
    }

    test('[BLOB-1] a file comes in parts, counts when all of it is there, and is read back', async () => {
      const upload = uploadOf(file)
      expect(await store.begin(upload)).toEqual({ size: file.size, received: 0, complete: false })
      const first = await store.append(upload, { offset: 0, bytes: file.bytes.subarray(0, 10), at: 1001 })
      expect(first).toEqual({ size: file.size, received: 10, complete: false })
      expect(await store.progress(upload)).toEqual(first)
      expect(await store.begin(upload)).toEqual(first)
      expect(await readAll(store, upload)).toBeUndefined()
      expect(await store.isGranted(upload, document)).toBe(false)
      const last = await store.append(upload, { offset: 10, bytes: file.bytes.subarray(10), at: 1002 })
      expect(last).toEqual({ size: file.size, received: file.size, complete: true })
      expect(await readAll(store, upload)).toBe('the budget impact model')
      const part = (await store.open(upload))?.read(4, 10) as ReadableStream<Uint8Array<ArrayBuffer>>
      expect(await new Response(part).text()).toBe('budget')
    })

    test('[BLOB-1] bytes with another hash never count, and the upload begins anew', async () => {
      const upload = uploadOf(file)
      await store.begin(upload)
      const wrong = new Uint8Array(file.size)
      await expect(store.append(upload, { offset: 0, bytes: wrong, at: 1 })).rejects.toMatchObject({
        code: 'attachment/hash-mismatch',
      })
      expect(await store.progress(upload)).toEqual({ size: file.size, received: 0, complete: false })
      expect(await readAll(store, upload)).toBeUndefined()
      await store.append(upload, { offset: 0, bytes: file.bytes, at: 2 })
      expect(await readAll(store, upload)).toBe('the budget impact model')
    })

    test('[BLOB-1] nothing is taken that was not announced, beyond the size, or behind a gap', async () => {
      const upload = uploadOf(file)
      const part = (offset: number, bytes: Uint8Array) => store.append(upload, { offset, bytes, at: 1 })
      await expect(part(0, file.bytes)).rejects.toMatchObject({ code: 'attachment/not-found' })
      await store.begin(upload)
      await expect(part(1, file.bytes)).rejects.toMatchObject({ code: 'attachment/too-large' })
      await expect(part(5, file.bytes.subarray(5))).rejects.toMatchObject({ code: 'attachment/offset' })
      expect(await store.progress(upload)).toMatchObject({ received: 0 })
    })

    test('[BLOB-1] another size for what is complete is refused, for what is not it begins anew', async () => {
      const upload = uploadOf(file)
      await store.begin(uploadOf({ ...file, size: 99 }))
      await store.append(upload, { offset: 0, bytes: new Uint8Array(50), at: 1 })
      expect(await store.begin(upload)).toEqual({ size: file.size, received: 0, complete: false })
      await store.append(upload, { offset: 0, bytes: file.bytes, at: 1 })
      await expect(store.begin(uploadOf({ ...file, size: 99 }))).rejects.toMatchObject({
        code: 'attachment/hash-mismatch',
      })
      expect(await store.begin(upload)).toMatchObject({ complete: true })
    })

    test('[BLOB-2] what one person has sent says nothing to another, nor to another organization', async () => {
      await send(uploadOf(file), file.bytes)
      for (const stranger of [
        uploadOf(file, { userId: 'ben' }),
        uploadOf(file, { userId: 'eve', organizationId: 'rival' }),
        uploadOf(file, { organizationId: 'rival' }),
      ]) {
        expect(await store.progress(stranger)).toBeUndefined()
        expect(await store.begin(stranger)).toEqual({ size: file.size, received: 0, complete: false })
      }
      expect(await readAll(store, { organizationId: 'rival', hash: file.hash })).toBeUndefined()
    })

    test('[BLOB-3] parts that come twice, overlap or come at once make the same file', async () => {
      const upload = uploadOf(file)
      await Promise.all(Array.from({ length: 20 }, () => store.begin(upload)))
      const parts = [0, 0, 3, 6, 6, 12].map((offset) =>
        store.append(upload, { offset, bytes: file.bytes.subarray(offset, offset + 8), at: 1 }),
      )
      await Promise.all(parts)
      const rest = await Promise.all(
        [0, 8, 12].map((offset) =>
          store.append(upload, { offset, bytes: file.bytes.subarray(offset), at: 1 }),
        ),
      )
      expect(rest.at(-1)).toMatchObject({ complete: true })
      expect(await readAll(store, upload)).toBe('the budget impact model')
      await send(uploadOf(file, { userId: 'ben' }), file.bytes)
      expect(await readAll(store, upload)).toBe('the budget impact model')
    })

    test('[BLOB-4] a file is granted to the records that it was sent for, and to no other', async () => {
      await send(uploadOf(file), file.bytes)
      expect(await store.isGranted(uploadOf(file), document)).toBe(true)
      expect(await store.isGranted(uploadOf(file), other)).toBe(false)
      // Ben knows the hash and has not the bytes.
      await store.begin(uploadOf(file, { userId: 'ben', document: other }))
      expect(await store.isGranted(uploadOf(file), other)).toBe(false)
      await store.begin(uploadOf(file, { document: other }))
      expect(await store.isGranted(uploadOf(file), other)).toBe(true)
      expect(await store.isGranted({ organizationId: 'rival', hash: file.hash }, document)).toBe(false)
    })

    test('[BLOB-5] what was left alone is removed, what is complete never', async () => {
      await send(uploadOf(file), file.bytes)
      const left = uploadOf(fileOf('never finished'), { at: 1000 })
      const alive = uploadOf(fileOf('still coming in'), { at: 1000 })
      await store.begin(left)
      await store.append(left, { offset: 0, bytes: new Uint8Array(3), at: 1500 })
      await store.begin(alive)
      await store.append(alive, {
        offset: 0,
        bytes: fileOf('still coming in').bytes.subarray(0, 3),
        at: 9000,
      })
      expect(await store.removeAbandoned(2000)).toBe(1)
      expect(await store.progress(left)).toBeUndefined()
      expect(await store.progress(alive)).toMatchObject({ received: 3 })
      expect(await readAll(store, uploadOf(file))).toBe('the budget impact model')
      // It begins anew, without what was left.
      expect(await store.begin(left)).toMatchObject({ received: 0 })
    })

    test('[BLOB-6] nobody sends more than there is room for, not even at once', async () => {
      const announce = (userId: string, seed: number, size: number) =>
        store.begin(uploadOf({ hash: hashOfBytes(new Uint8Array([seed])), size }, { userId })).then(
          () => 'ok',
          (error: unknown) => (error as { code: string }).code,
        )
      const answers = await Promise.all([1, 2, 3, 4].map((seed) => announce('ana', seed, 400)))
      expect(answers.filter((answer) => answer === 'ok')).toHaveLength(2)
      expect(answers.filter((answer) => answer === 'attachment/quota')).toHaveLength(2)
      expect(await announce('ben', 5, 701)).toBe('attachment/quota')
      expect(await announce('ben', 5, 700)).toBe('ok')
      // What counts already is not counted again.
      expect(await announce('ben', 5, 700)).toBe('ok')
      expect(await announce('ana', 9, 1)).toBe('attachment/quota')
    })

    test.runIf(durable)(
      '[BLOB-1] what was sent is there after a restart, and what was begun goes on',
      async () => {
        await send(uploadOf(file), file.bytes)
        const half = fileOf('half of a photo')
        await store.begin(uploadOf(half))
        await store.append(uploadOf(half), { offset: 0, bytes: half.bytes.subarray(0, 5), at: 1 })
        store = await subject.reopen()
        expect(await readAll(store, uploadOf(file))).toBe('the budget impact model')
        expect(await store.isGranted(uploadOf(file), document)).toBe(true)
        expect(await store.begin(uploadOf(half))).toMatchObject({ received: 5 })
        await store.append(uploadOf(half), { offset: 5, bytes: half.bytes.subarray(5), at: 1 })
        expect(await readAll(store, uploadOf(half))).toBe('half of a photo')
      },
    )

    test('[BLOB-1] what is no hash is the name of nothing', async () => {
      for (const hash of ['../../fulqrun.sqlite', '..', '', 'AB'.repeat(32), `${file.hash}/..`, '\0']) {
        const opened = await store.open({ organizationId: 'meridian', hash }).catch(() => undefined)
        expect(opened).toBeUndefined()
      }
    })
  })
}
