import { limits } from '@fulqrun/protocol'
import { readAttachments, removeEntry, setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deviceDatabaseName, DeviceStore } from '../device-store.ts'
import type { OpenDocument } from '../document-registry.ts'
import type { Ports } from '../ports.ts'
import { makeDevice, type TestDevice, turns, until, untilLater } from '../test-device.ts'
import { bytesOf, hashOf, openTabWithFiles, TestFileServer, withFiles } from '../test-files.ts'
import type { Workspace } from '../workspace-types.ts'
import { drainUploads } from './drain-uploads.ts'
import { hashFile } from './file-hash.ts'
import { FileShelf, type UploadRecord } from './file-shelf.ts'

let device: TestDevice
let files: TestFileServer
let ports: Ports
const tabs: Workspace[] = []
beforeEach(() => {
  device = makeDevice()
  files = new TestFileServer()
  ports = withFiles(device, files)
})
afterEach(async () => {
  await Promise.all(tabs.splice(0).map((tab) => tab.close()))
})

async function openTab(): Promise<Workspace> {
  const tab = await openTabWithFiles(ports)
  tabs.push(tab)
  return tab
}

/** A record made on this device, with an activity. */
async function newRecord(tab: Workspace): Promise<OpenDocument> {
  const open = tab.open(tab.create('opportunity', { territoryId: 'north', fields: { name: 'Formulary' } }))
  await open.ready
  return open
}

function photoOf(open: OpenDocument, bytes: Uint8Array<ArrayBuffer>, name = 'ward.jpg') {
  return { open, activityId: 'activity-1', name, type: 'image/jpeg', bytes }
}

function storeOf(): DeviceStore {
  return new DeviceStore({ ports, userId: 'user-1', onErased: () => undefined })
}

async function reading<T>(read: (store: DeviceStore) => Promise<T>): Promise<T> {
  const store = storeOf()
  try {
    return await read(store)
  } finally {
    await store.close()
  }
}

const uploadsOnDisk = () => reading((store) => store.readAll('uploads'))
const hasBlob = (bytes: Uint8Array) =>
  reading(async (store) => (await store.readAll('blobs')).some(({ hash }) => hash === hashOf(bytes)))

describe('attaching', () => {
  test('[FILE-1] the bytes are on the disk before the record names them; without a disk nothing changes', async () => {
    const tab = await openTab()
    const open = await newRecord(tab)
    const attachments = await tab.attachments()
    const seen: boolean[] = []
    open.doc.getMap('attachments').observe(() => seen.push(true))
    // The store of files is full; everything else of the disk works.
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (this.name === 'blobs') throw new DOMException('full', 'QuotaExceededError')
      return put.call(this, value, key)
    } as typeof put
    try {
      await expect(attachments.add(photoOf(open, bytesOf(100)))).rejects.toMatchObject({
        code: 'storage/quota',
      })
    } finally {
      IDBObjectStore.prototype.put = put
    }
    expect(seen).toEqual([])
    expect(readAttachments(open.doc)).toEqual([])
    await attachments.add(photoOf(open, bytesOf(100)))
    expect(seen).toEqual([true])
    open.release()
  })

  test('[FILE-5] a file attached offline is sent after a restart, and counts as waiting until then', async () => {
    files.isReachable = false
    const bytes = bytesOf(3000)
    const first = await openTab()
    const open = await newRecord(first)
    const id = await (await first.attachments()).add(photoOf(open, bytes))
    const { name } = open
    expect(readAttachments(open.doc)).toMatchObject([
      { id, name: 'ward.jpg', size: 3000, hash: hashOf(bytes), activityId: 'activity-1', addedBy: 'user-1' },
    ])
    await until(
      () => first.files.get()[0]?.state === 'waiting' && first.files.get()[0]?.problem !== undefined,
    )
    expect(first.sync.get().pending).toBeGreaterThan(0)
    await first.close()

    const second = await openTab()
    await until(() => second.files.get().length === 1)
    expect(second.files.get()).toMatchObject([{ id, document: name, name: 'ward.jpg', size: 3000 }])
    expect(
      await (await second.attachments()).read({ document: name, hash: hashOf(bytes), type: '' }),
    ).toEqual(bytes)
    files.isReachable = true
    device.signal('online')
    await until(() => second.files.get().length === 0)
    expect(files.has(bytes)).toBe(true)
    expect(files.senders).toContain('user-1')
    expect(await uploadsOnDisk()).toEqual([])
    expect(await hasBlob(bytes)).toBe(true)
    open.release()
  })

  test('[FILE-5] a crash between the bytes and the entry is made good at the next start, once', async () => {
    const tab = await openTab()
    const open = await newRecord(tab)
    const { name } = open
    await until(() => open.state.get().local === 'saved')
    await tab.close()
    const bytes = bytesOf(50)
    const upload: UploadRecord = {
      ...{ id: 'file-1', hash: hashOf(bytes), document: name, activityId: 'activity-1', name: 'ward.jpg' },
      ...{ type: 'image/jpeg', size: 50, at: 1, isEntered: false, isSent: false },
    }
    await reading((store) =>
      new FileShelf({ store, budgetBytes: () => 1e9, now: () => 1 }).put(upload, bytes),
    )
    const next = await openTab()
    const again = next.open(name)
    await again.ready
    await until(() => readAttachments(again.doc).length > 0)
    await untilLater(device, () => next.files.get().length === 0)
    await next.attachments()
    expect(readAttachments(again.doc)).toMatchObject([{ id: 'file-1', name: 'ward.jpg' }])
    expect(files.has(bytes)).toBe(true)
    removeEntry(again.doc, 'attachments', 'file-1', { now: 2 })
    await until(() => again.state.get().local === 'saved')
    await next.close()
    const third = await openTab()
    const last = third.open(name)
    await last.ready
    await turns()
    expect(readAttachments(last.doc)).toEqual([])
    expect(await uploadsOnDisk()).toEqual([])
  })
})

describe('sending', () => {
  test('[FILE-3] goes on where the network broke, and repeats nothing', async () => {
    const part = limits.maxAttachmentPartBytes
    const bytes = bytesOf(2 * part + 100)
    files.cutAfter = 1
    const tab = await openTab()
    const open = await newRecord(tab)
    await (await tab.attachments()).add(photoOf(open, bytes))
    await until(() => tab.files.get()[0]?.problem === 'api/unreachable')
    expect(tab.files.get()).toMatchObject([{ state: 'waiting', sent: part }])
    files.cutAfter = undefined
    await untilLater(device, () => tab.files.get().length === 0)
    expect(files.parts).toEqual([
      [0, part],
      [part, part],
      [2 * part, 100],
    ])
    expect(files.has(bytes)).toBe(true)
    open.release()
  })

  test('[FILE-3] what the server refuses is told, kept, and offered again for ever', async () => {
    files.refusal = 'attachment/quota'
    const bytes = bytesOf(10)
    const tab = await openTab()
    const open = await newRecord(tab)
    await (await tab.attachments()).add(photoOf(open, bytes))
    await until(() => tab.files.get()[0]?.state === 'failed')
    expect(tab.files.get()).toMatchObject([{ state: 'failed', problem: 'attachment/quota' }])
    for (let round = 0; round < 3; round += 1) {
      const before = files.announcements
      device.clock.advance(16 * 60_000)
      await until(() => files.announcements > before && tab.files.get()[0]?.state === 'failed')
    }
    expect(await uploadsOnDisk()).toHaveLength(1)
    files.refusal = undefined
    device.clock.advance(16 * 60_000)
    await until(() => tab.files.get().length === 0)
    expect(files.has(bytes)).toBe(true)
    open.release()
  })

  test('[FILE-3] one file that is refused does not keep the next one', async () => {
    const tab = await openTab()
    const open = await newRecord(tab)
    const attachments = await tab.attachments()
    files.isReachable = false
    await attachments.add(photoOf(open, bytesOf(10, 1)))
    await attachments.add(photoOf(open, bytesOf(10, 2)))
    // The bytes of the first are gone from the disk: it cannot be sent any more, and says so.
    await reading((store) =>
      store.write(['blobs'], (transaction) =>
        transaction.objectStore('blobs').delete(hashOf(bytesOf(10, 1))),
      ),
    )
    files.isReachable = true
    attachments.retry()
    await until(() => tab.files.get().length === 1 && tab.files.get()[0]?.state === 'failed')
    expect(tab.files.get()).toMatchObject([{ problem: 'attachment/damaged' }])
    expect(files.has(bytesOf(10, 2))).toBe(true)
    open.release()
  })

  test('[FILE-4] one tab of two sends, and the other one hears of it', async () => {
    files.isReachable = false
    const one = await openTab()
    const open = await newRecord(one)
    const bytes = bytesOf(100)
    await (await one.attachments()).add(photoOf(open, bytes))
    const two = await openTab()
    await until(() => two.files.get().length === 1)
    files.isReachable = true
    device.signal('online')
    await untilLater(device, () => one.files.get().length === 0 && two.files.get().length === 0)
    expect(files.parts).toEqual([[0, 100]])
    open.release()
  })

  test('[FILE-3] the service worker sends what waits, and the app finds it sent', async () => {
    files.isReachable = false
    const tab = await openTab()
    const open = await newRecord(tab)
    const bytes = bytesOf(700)
    await (await tab.attachments()).add(photoOf(open, bytes))
    await until(() => open.state.get().local === 'saved')
    await tab.close()
    const drain = () =>
      reading((store) => drainUploads({ ports, store, baseUrl: 'http://server.test', userId: 'user-1' }))
    expect(await drain()).toEqual({ sent: 0, left: 1 })
    files.isReachable = true
    expect(await drain()).toEqual({ sent: 1, left: 0 })
    expect(files.has(bytes)).toBe(true)
    expect(await drain()).toEqual({ sent: 0, left: 0 })
    const next = await openTab()
    await next.attachments()
    expect(next.files.get()).toEqual([])
  })

  test('[FILE-5] unsent files go into the export with their bytes', async () => {
    files.isReachable = false
    const tab = await openTab()
    const open = await newRecord(tab)
    const bytes = bytesOf(70_000)
    await (await tab.attachments()).add(photoOf(open, bytes))
    const [file] = (await tab.exportUnsent()).files
    expect(file).toMatchObject({
      document: open.name,
      name: 'ward.jpg',
      type: 'image/jpeg',
      hash: hashOf(bytes),
    })
    expect(new Uint8Array(Buffer.from(file?.content ?? '', 'base64'))).toEqual(bytes)
    open.release()
  })
})

describe('showing', () => {
  const reference = (open: OpenDocument, bytes: Uint8Array) => ({
    document: open.name,
    hash: hashOf(bytes),
    type: 'image/jpeg',
  })

  function serve(bytes: Uint8Array): void {
    files.files.set(hashOf(bytes), { size: bytes.byteLength, bytes, isComplete: true })
  }

  test('[FILE-6] a colleague’s file comes from the server, is kept, and is there offline', async () => {
    const tab = await openTab()
    const open = await newRecord(tab)
    const attachments = await tab.attachments()
    const bytes = bytesOf(500)
    await expect(attachments.read(reference(open, bytes))).rejects.toMatchObject({
      code: 'attachment/not-found',
    })
    serve(bytes)
    expect(await attachments.read(reference(open, bytes))).toEqual(bytes)
    files.isReachable = false
    expect(await attachments.read(reference(open, bytes))).toEqual(bytes)
    expect(files.downloads).toBe(1)
    await expect(attachments.read(reference(open, bytesOf(9)))).rejects.toMatchObject({
      code: 'api/unreachable',
    })
    open.release()
  })

  test('[FILE-6] other bytes than were attached are neither shown nor kept', async () => {
    const tab = await openTab()
    const open = await newRecord(tab)
    const attachments = await tab.attachments()
    const bytes = bytesOf(500)
    serve(bytes)
    files.swapped = bytesOf(500, 2)
    await expect(attachments.read(reference(open, bytes))).rejects.toMatchObject({
      code: 'attachment/damaged',
    })
    expect(await hasBlob(bytes)).toBe(false)
    files.swapped = undefined
    expect(await attachments.read(reference(open, bytes))).toEqual(bytes)
    open.release()
  })

  test('[FILE-6] a page without HTTPS says why nothing can be attached', async () => {
    const original = Object.getOwnPropertyDescriptor(globalThis, 'crypto')
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true })
    try {
      await expect(hashFile(bytesOf(3))).rejects.toMatchObject({ code: 'attachment/insecure' })
    } finally {
      if (original !== undefined) Object.defineProperty(globalThis, 'crypto', original)
    }
    expect(await hashFile(bytesOf(3))).toBe(hashOf(bytesOf(3)))
  })

  test('[FILE-2] beyond the budget the least recently used goes, never what waits', async () => {
    const store = storeOf()
    let now = 0
    const shelf = new FileShelf({ store, budgetBytes: () => 250, now: () => now })
    const cache = async (seed: number) => {
      now += 1
      const bytes = bytesOf(100, seed)
      await shelf.cache({ hash: hashOf(bytes), type: 'image/jpeg', size: 100, bytes, at: now })
    }
    const isHere = async (seed: number) => (await shelf.bytesOf(hashOf(bytesOf(100, seed)))) !== undefined
    const waits = bytesOf(400, 9)
    const upload: UploadRecord = {
      ...{ id: 'file-9', hash: hashOf(waits), document: 'org-1/contact/x' as UploadRecord['document'] },
      ...{
        activityId: 'a',
        name: 'x.jpg',
        type: 'image/jpeg',
        size: 400,
        at: 0,
        isEntered: true,
        isSent: false,
      },
    }
    await shelf.put(upload, waits)
    await cache(1)
    await cache(2)
    now += 1
    await shelf.used(hashOf(bytesOf(100, 1)))
    await cache(3)
    expect([await isHere(1), await isHere(2), await isHere(3)]).toEqual([true, false, true])
    expect(await shelf.bytesOf(hashOf(waits))).toMatchObject({ state: 'unsent' })
    // Attached here after it was only looked at: it waits now, and stays.
    const shown = bytesOf(100, 3)
    await shelf.put({ ...upload, id: 'file-3', hash: hashOf(shown), size: 100 }, shown)
    for (const seed of [4, 5, 6]) await cache(seed)
    expect([await isHere(3), await isHere(1)]).toEqual([true, false])
    // Sent, it is one of those that may go; a file larger than the budget is not kept besides them.
    await shelf.sent('file-3')
    expect(await shelf.bytesOf(hashOf(shown))).toMatchObject({ state: 'sent' })
    for (const seed of [7, 8]) await cache(seed)
    expect(await isHere(3)).toBe(false)
    await store.close()
  })
})

test('[FILE-5] the database of the device is the one that signing out erases', async () => {
  const tab = await openTab()
  const open = await newRecord(tab)
  await (await tab.attachments()).add(photoOf(open, bytesOf(10)))
  expect(await tab.signedOut()).toEqual({ blocked: [] })
  const names = (await ports.indexedDB?.databases())?.map(({ name }) => name)
  expect(names).not.toContain(deviceDatabaseName('user-1'))
})

test('[FILE-3] what waits is sent when the session is live again, without waiting for the next attempt', async () => {
  files.isReachable = false
  const tab = await openTab()
  const open = await newRecord(tab)
  await (await tab.attachments()).add(photoOf(open, bytesOf(10)))
  await until(() => tab.files.get()[0]?.problem !== undefined)
  device.server.closeAll()
  await until(() => tab.session.get().phase !== 'live')
  files.isReachable = true
  await untilLater(device, () => tab.session.get().phase === 'live')
  await until(() => tab.files.get().length === 0)
  expect(files.has(bytesOf(10))).toBe(true)
  open.release()
})

describe('giving up', () => {
  test('[FILE-7] files of what is given up go, after they were saved, and no start brings them back', async () => {
    files.isReachable = false
    device.api.tokenStatus = 0
    device.server.behaviour.accepts = false
    const bytes = bytesOf(3000)
    const tab = await openTab()
    const open = await newRecord(tab)
    const other = await newRecord(tab)
    const attachments = await tab.attachments()
    await attachments.add(photoOf(open, bytes))
    const kept = await attachments.add(photoOf(other, bytes, 'same.jpg'))
    await attachments.add(photoOf(open, bytesOf(100, 2), 'second.jpg'))
    await until(() => tab.files.get().length === 3)
    const saved: unknown[] = []
    await tab.discard(open.name, (unsent) => saved.push(...unsent.files))
    expect(saved).toMatchObject([
      { name: 'ward.jpg', document: open.name, hash: hashOf(bytes) },
      { name: 'second.jpg', document: open.name },
    ])
    // The other record's photo has the same bytes.
    expect(tab.files.get().map(({ id }) => id)).toEqual([kept])
    expect((await uploadsOnDisk()).map(({ id }) => id)).toEqual([kept])
    expect(await hasBlob(bytes)).toBe(true)
    expect(await hasBlob(bytesOf(100, 2))).toBe(false)
    const { name } = open
    open.release()
    await tab.close()
    const again = await openTab()
    await until(() => again.files.get().length === 1)
    await turns()
    const gone = again.open(name)
    await gone.ready
    expect(readAttachments(gone.doc)).toEqual([])
  })

  test('[FILE-7] a file that the record at the server names goes on waiting', async () => {
    files.isReachable = false
    const tab = await openTab()
    const open = await newRecord(tab)
    const id = await (await tab.attachments()).add(photoOf(open, bytesOf(100)))
    await until(() => open.state.get().pending === 0 && open.state.get().remote === 'synced')
    await until(() => uploadIs(tab, id, 'waiting'))
    device.server.behaviour.holdsStatuses = true
    setField(open.doc, 'fields.name', 'Given up', { now: device.clock.now() })
    await until(() => open.state.get().pending === 1)
    await tab.discard(open.name)
    expect(tab.files.get().map((file) => file.id)).toEqual([id])
    expect(readAttachments(open.doc)).toMatchObject([{ id }])
  })
})

function uploadIs(tab: Workspace, id: string, state: string): boolean {
  return tab.files.get().some((file) => file.id === id && file.state === state)
}
