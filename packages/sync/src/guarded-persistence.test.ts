import 'fake-indexeddb/auto'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { createFakeClock, type FakeClock } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { erasePersistence, GuardedPersistence } from './guarded-persistence.ts'
import type { Ports } from './ports.ts'
import { turns, until } from './test-device.ts'

let clock: FakeClock
let indexedDB: IDBFactory
let setAside: { bytes: unknown; reason: string }[]
const name = 'fulqrun-user-1/org-1/opportunity/1'

beforeEach(() => {
  clock = createFakeClock()
  indexedDB = new IDBFactory()
  // y-indexeddb itself knows only the global one.
  vi.stubGlobal('indexedDB', indexedDB)
  setAside = []
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function open(doc: Y.Doc, ports: Partial<Ports> = {}): GuardedPersistence {
  return new GuardedPersistence({
    ports: { indexedDB, startTimer: clock.startTimer.bind(clock), ...ports },
    name,
    doc,
    setAside: (bytes, reason) => {
      setAside.push({ bytes, reason })
      return Promise.resolve()
    },
    onChange: () => undefined,
    onReplaced: () => undefined,
  })
}

/** The database as another program sees it. */
function openRaw(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('open failed'))
  })
}

async function readRecords(): Promise<unknown[]> {
  const database = await openRaw()
  const request = database.transaction('updates').objectStore('updates').getAll()
  await until(() => request.readyState === 'done')
  database.close()
  return request.result
}

async function addRecord(record: unknown): Promise<void> {
  const database = await openRaw()
  const transaction = database.transaction('updates', 'readwrite')
  transaction.objectStore('updates').add(record)
  await new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve()
  })
  database.close()
}

function totalBytes(records: readonly unknown[]): number {
  return records.reduce<number>(
    (sum, record) => sum + (record instanceof Uint8Array ? record.byteLength : 0),
    0,
  )
}

async function write(key: string, value: string): Promise<void> {
  const doc = new Y.Doc()
  const persistence = open(doc)
  await persistence.load()
  doc.getMap('fields').set(key, value)
  await persistence.close()
}

async function readBack(): Promise<Record<string, unknown>> {
  const doc = new Y.Doc()
  const persistence = open(doc)
  await persistence.load()
  await persistence.close()
  return doc.getMap('fields').toJSON()
}

describe('guarded persistence', () => {
  it('[PER-1] brings back what was written, also edits from before it had loaded', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    doc.getMap('fields').set('early', 'yes')
    await persistence.load()
    doc.getMap('fields').set('late', 'yes')
    await persistence.close()
    expect(await readBack()).toEqual({ early: 'yes', late: 'yes' })
  })

  it('[PER-2] a stock y-indexeddb reads what we wrote, and we read what it wrote', async () => {
    await write('ours', '1')
    const doc = new Y.Doc()
    const stock = new IndexeddbPersistence(name, doc)
    await stock.whenSynced
    expect(doc.getMap('fields').toJSON()).toEqual({ ours: '1' })
    doc.getMap('fields').set('stock', '2')
    await stock.destroy()
    expect(await readBack()).toEqual({ ours: '1', stock: '2' })
  })

  it('[PER-3] a database that never opens costs a moment and a flag, not the app (SYNC 19)', async () => {
    const hanging = { open: () => ({}) } as unknown as IDBFactory
    const doc = new Y.Doc()
    const persistence = open(doc, { indexedDB: hanging })
    let isLoaded = false
    const loading = persistence.load().then(() => {
      isLoaded = true
    })
    await turns()
    expect(isLoaded).toBe(false)
    clock.advance(3_000)
    await loading
    expect(persistence.mode).toBe('memory')
    expect(() => doc.getMap('fields').set('name', 'Aster')).not.toThrow()
  })

  it('[PER-3] a platform without IndexedDB, or one that throws, is memory at once (SYNC 19)', async () => {
    const throwing = {
      open: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    } as unknown as IDBFactory
    for (const factory of [undefined, throwing]) {
      const persistence = open(new Y.Doc(), { indexedDB: factory })
      await persistence.load()
      expect(persistence.mode).toBe('memory')
    }
  })

  it('[PER-3] a database that opens later is read then, and gets what was typed meanwhile', async () => {
    await write('old', '1')
    let isBroken = true
    const flaky = {
      open: (...args: Parameters<IDBFactory['open']>) => {
        if (isBroken) throw new DOMException('busy', 'UnknownError')
        return indexedDB.open(...args)
      },
    } as unknown as IDBFactory
    const doc = new Y.Doc()
    const persistence = open(doc, { indexedDB: flaky })
    await persistence.load()
    doc.getMap('fields').set('typed', '2')
    await turns()
    expect(persistence.mode).toBe('memory')
    isBroken = false
    clock.advance(15_000)
    await until(() => persistence.mode === 'persistent')
    expect(doc.getMap('fields').toJSON()).toEqual({ old: '1', typed: '2' })
    await persistence.close()
    expect(await readBack()).toEqual({ old: '1', typed: '2' })
  })

  it('[PER-4] a record that cannot be read is set aside and the rest is loaded (SYNC 19)', async () => {
    await write('good', '1')
    const junk = Uint8Array.of(7, 255, 255, 255, 255, 1, 2, 3)
    await addRecord(junk)
    await addRecord('not bytes')
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    expect(doc.getMap('fields').toJSON()).toEqual({ good: '1' })
    expect(persistence.mode).toBe('persistent')
    expect(persistence.damaged).toBe(2)
    expect(setAside.map(({ bytes }) => bytes)).toEqual([junk, 'not bytes'])
    await persistence.close()
    // Gone from the database, so the next start is clean.
    setAside = []
    expect(await readBack()).toEqual({ good: '1' })
    expect(setAside).toEqual([])
  })

  it('[PER-4] a damaged record stays where it is when it cannot be kept elsewhere', async () => {
    await write('good', '1')
    await addRecord('not bytes')
    const doc = new Y.Doc()
    const persistence = new GuardedPersistence({
      ports: { indexedDB, startTimer: clock.startTimer.bind(clock) },
      name,
      doc,
      setAside: () => Promise.reject(new Error('full')),
      onChange: () => undefined,
      onReplaced: () => undefined,
    })
    await persistence.load()
    expect(persistence.mode).toBe('memory')
    expect(await readRecords()).toContain('not bytes')
  })

  it('[PER-5] a full disk never throws into the editing code, and the edit is stored later (SYNC 20)', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    expect(() => doc.getMap('fields').set('name', 'Aster')).not.toThrow()
    await persistence.settled()
    expect(persistence.mode).toBe('memory')
    vi.restoreAllMocks()
    doc.getMap('fields').set('account', 'Lakeside')
    clock.advance(15_000)
    await until(() => persistence.mode === 'persistent')
    await persistence.close()
    expect(await readBack()).toEqual({ name: 'Aster', account: 'Lakeside' })
  })

  it('[PER-5] a handle that the browser closed is opened again and the edit is stored (SYNC 20)', async () => {
    const handles: IDBDatabase[] = []
    const watched = {
      open: (...args: Parameters<IDBFactory['open']>) => {
        const request = indexedDB.open(...args)
        request.addEventListener('success', () => handles.push(request.result))
        return request
      },
    } as unknown as IDBFactory
    const doc = new Y.Doc()
    const persistence = open(doc, { indexedDB: watched })
    await persistence.load()
    // As iOS does after suspending a page: the handle is dead and nobody was told.
    for (const handle of handles) handle.close()
    expect(() => doc.getMap('fields').set('name', 'Aster')).not.toThrow()
    await persistence.settled()
    expect(persistence.mode).toBe('persistent')
    expect(handles).toHaveLength(2)
    await persistence.close()
    expect(await readBack()).toEqual({ name: 'Aster' })
  })

  it('[PER-5] another tab that erases the database ends writing, and nothing comes back (SYNC 20)', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    doc.getMap('fields').set('name', 'Aster')
    await persistence.settled()
    expect(await erasePersistence({ indexedDB, startTimer: clock.startTimer.bind(clock) }, name)).toEqual({
      erased: true,
      blocked: false,
    })
    expect(() => doc.getMap('fields').set('name', 'Birch')).not.toThrow()
    await persistence.settled()
    expect(persistence.mode).toBe('memory')
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name)
  })

  it('[PER-6] five hundred opens add nothing (SYNC 21)', async () => {
    await write('name', 'x'.repeat(10_000))
    const before = totalBytes(await readRecords())
    for (let turn = 0; turn < 500; turn++) {
      const persistence = open(new Y.Doc())
      await persistence.load()
      await persistence.close()
    }
    expect(totalBytes(await readRecords())).toBe(before)
  })

  it('[PER-6] three tabs that all store every edit stay flat (SYNC 21)', async () => {
    const tabs = [new Y.Doc(), new Y.Doc(), new Y.Doc()].map((doc) => ({ doc, persistence: open(doc) }))
    await Promise.all(tabs.map(({ persistence }) => persistence.load()))
    // As the server does: what one types, the others get, and each of them stores it.
    for (const { doc } of tabs) {
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin === 'server') return
        for (const other of tabs) if (other.doc !== doc) Y.applyUpdate(other.doc, update, 'server')
      })
    }
    for (let turn = 0; turn < 300; turn++) {
      tabs[turn % 3]?.doc.getMap('fields').set('name', `edit ${turn}`)
      await tabs[turn % 3]?.persistence.settled()
    }
    await Promise.all(tabs.map(({ persistence }) => persistence.close()))
    const records = await readRecords()
    expect(records.length).toBeLessThanOrEqual(64)
    expect(totalBytes(records)).toBeLessThan(10_000)
    expect(await readBack()).toEqual({ name: 'edit 299' })
  })

  it('[PER-6] compacting keeps what another tab wrote and this one has not seen', async () => {
    const [left, right] = [new Y.Doc(), new Y.Doc()].map((doc) => ({ doc, persistence: open(doc) }))
    if (left === undefined || right === undefined) throw new Error('unreachable')
    await left.persistence.load()
    await right.persistence.load()
    right.doc.getMap('fields').set('right', 'kept')
    await right.persistence.settled()
    for (let turn = 0; turn < 70; turn++) {
      left.doc.getMap('fields').set('left', String(turn))
      await left.persistence.settled()
    }
    expect((await readRecords()).length).toBeLessThan(64)
    await Promise.all([left.persistence.close(), right.persistence.close()])
    expect(await readBack()).toEqual({ left: '69', right: 'kept' })
  })

  it('[PER-7] closing waits until everything is stored', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    for (let turn = 0; turn < 100; turn++) doc.getMap('fields').set('turn', turn)
    await persistence.close()
    expect(await readBack()).toEqual({ turn: 99 })
  })

  it('[PER-7] erasing is said to be done when it is, and says when another tab is in the way', async () => {
    await write('name', 'Aster')
    const holding = await openRaw()
    const erasing = erasePersistence({ indexedDB, startTimer: clock.startTimer.bind(clock) }, name)
    await turns()
    clock.advance(3_000)
    expect(await erasing).toEqual({ erased: false, blocked: true })
    holding.close()
  })

  it('[PER-8] a replacement that the disk refuses is made up for before anything is read', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    doc.getMap('fields').set('poison', 'yes')
    await persistence.settled()
    const fresh = new Y.Doc()
    vi.spyOn(IDBObjectStore.prototype, 'clear').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await persistence.replace(fresh)
    expect(persistence.mode).toBe('memory')
    vi.restoreAllMocks()
    fresh.getMap('fields').set('name', 'Aster')
    clock.advance(15_000)
    await until(() => persistence.mode === 'persistent')
    expect(fresh.getMap('fields').toJSON()).toEqual({ name: 'Aster' })
    await persistence.close()
    expect(await readBack()).toEqual({ name: 'Aster' })
  })

  it('[PER-8] replacing leaves nothing of the old document', async () => {
    const doc = new Y.Doc()
    const persistence = open(doc)
    await persistence.load()
    doc.getMap('fields').set('poison', 'yes')
    const fresh = new Y.Doc()
    fresh.getMap('fields').set('name', 'Aster')
    await persistence.replace(fresh)
    doc.getMap('fields').set('more', 'poison')
    fresh.getMap('fields').set('account', 'Lakeside')
    await persistence.close()
    expect(await readBack()).toEqual({ name: 'Aster', account: 'Lakeside' })
  })
})
