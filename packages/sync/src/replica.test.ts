import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { type DocumentName, personHeader } from '@fulqrun/protocol'
import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import type { PackRecord, SnapshotRecord } from './device-store.ts'
import { makeDevice, type TestDevice, turns, until, untilLater } from './test-device.ts'
import { changeAtServer, listed, nameIn, recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

let device: TestDevice
const others: TestDevice[] = []

beforeEach(() => {
  device = makeDevice()
})

afterEach(async () => {
  vi.restoreAllMocks()
  for (const each of [device, ...others.splice(0)]) await each.closeAll()
})

const isDone = (tab: Workspace): boolean => tab.catchUp.get().phase === 'done'
const serverName = (index: number): unknown =>
  device.server.doc(recordName(index)).getMap('fields').get('name')

async function goOffline(on: TestDevice = device): Promise<void> {
  on.api.tokenStatus = 0
  on.server.behaviour.accepts = false
  on.server.closeAll()
  await until(() => on.server.network.waiting === 0)
}

async function caughtUp(on: TestDevice = device): Promise<Workspace> {
  const tab = await on.openTab()
  await untilLater(on, () => isDone(tab) && tab.replica.get().onDevice === on.api.catalogue.length)
  return tab
}

/** Databases of documents, beside the device's own. */
async function documentDatabases(): Promise<readonly string[]> {
  const databases = (await device.ports.indexedDB?.databases()) ?? []
  return databases.flatMap(({ name }) => (name?.includes('/') === true ? [name] : []))
}

/** While the clock goes on, until this many databases of documents are left. */
async function untilNoDatabase(left = 0): Promise<void> {
  while ((await documentDatabases()).length > left) {
    device.clock.advance(50)
    await turns(5)
  }
}

/** Runs `body` on the device's database, beside the app. */
async function onDisk<T>(
  store: string,
  body: (store: IDBObjectStoreLike) => IDBRequest<T>,
  on: TestDevice = device,
): Promise<T> {
  const request = on.ports.indexedDB?.open('fulqrun-user-1')
  if (request === undefined) throw new Error('no database')
  await until(() => request.readyState === 'done')
  const transaction = request.result.transaction(store, 'readwrite')
  const answer = body(transaction.objectStore(store))
  await new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve()
  })
  request.result.close()
  return answer.result
}
type IDBObjectStoreLike = ReturnType<IDBTransaction['objectStore']>

/** Bytes of a stored copy turn into others. */
async function damageCopy(damaged: DocumentName): Promise<void> {
  const key = await onDisk('packs', (store) => store.index('name').getKey(damaged))
  if (key === undefined) throw new Error('not here')
  const pack = (await onDisk('packs', (store) => store.get(key))) as PackRecord<SnapshotRecord>
  const items = pack.items.map((copy) =>
    copy.name === damaged ? { ...copy, update: copy.update.map(() => 7) } : copy,
  )
  await onDisk('packs', (store) => store.put({ ...pack, items }, key))
}

/** The disk takes nothing into a store. */
function fillDisk(store: string): { free(): void } {
  const { put } = IDBObjectStore.prototype
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...values: Parameters<IDBObjectStore['put']>
  ) {
    if (this.name === store) throw new DOMException('no room', 'QuotaExceededError')
    return put.apply(this, values)
  })
  return { free: () => spy.mockRestore() }
}

describe('replica: the database', () => {
  it('[REP-1] a database of the first version keeps everything and gets what is new', async () => {
    const request = (device.ports.indexedDB ?? new IDBFactory()).open('fulqrun-user-1', 1)
    request.onupgradeneeded = () => {
      const old = request.result
      old.createObjectStore('outbox', { keyPath: 'id' })
      old.createObjectStore('catalogue', { keyPath: 'name' })
      old.createObjectStore('refused', { keyPath: 'id' })
      old.createObjectStore('setAside', { autoIncrement: true })
      old.createObjectStore('metadata')
    }
    await new Promise<void>((resolve) => {
      request.onsuccess = () => resolve()
    })
    const doc = new Y.Doc()
    doc.getMap('fields').set('name', 'Typed before the update')
    const transaction = request.result.transaction(['outbox', 'catalogue', 'metadata'], 'readwrite')
    const update = Y.encodeStateAsUpdate(doc)
    const name = recordName(1)
    transaction
      .objectStore('outbox')
      .put({ id: 'old-1', document: name, update, at: 1, paths: ['fields.name'] })
    transaction.objectStore('catalogue').put(listed(1))
    transaction.objectStore('metadata').put({ theme: 'dark' }, 'note:look')
    await new Promise<void>((resolve) => {
      transaction.oncomplete = () => resolve()
    })
    request.result.close()
    await goOffline()
    const tab = await device.openTab()
    expect(tab.catalogue.get()).toMatchObject([{ title: 'Record 1' }])
    expect(tab.recall('look')).toEqual({ theme: 'dark' })
    expect(tab.sync.get()).toMatchObject({ pending: 1, storage: 'persistent' })
    await until(() => tab.waiting.get().length === 1)
    expect(tab.waiting.get()).toMatchObject([{ name, paths: ['fields.name'], state: 'waiting' }])
    await tab.close()
    expect(await onDisk('snapshots', (store) => store.count())).toBe(0)
  })

  it('[REP-2] what is here is known again after a restart, and its sizes, without reading the copies', async () => {
    seedTerritory(device, 30)
    const tab = await caughtUp()
    const { bytes, areas } = tab.replica.get()
    expect(areas).toMatchObject([{ kind: 'opportunity', documents: 30, onDevice: 30, bytes, pending: 0 }])
    expect(bytes).toBeGreaterThan(30 * 50)
    await tab.close()
    await goOffline()
    const reads = vi.spyOn(IDBObjectStore.prototype, 'get')
    const again = await device.openTab()
    await until(() => again.replica.get().onDevice === 30)
    expect(again.replica.get()).toMatchObject({ documents: 30, bytes, mode: 'persistent' })
    expect(again.onDevice.get().has(recordName(12))).toBe(true)
    const copyStores = ['packs', 'snapshots']
    const read = reads.mock.contexts.filter((store) => copyStores.includes((store as IDBObjectStore).name))
    expect(read).toEqual([])
  })

  it('[CAT-2] an empty device asks for the list at once, as its person, and waits for no connection', async () => {
    seedTerritory(device, 2)
    device.server.behaviour.accepts = false
    const asked: unknown[] = []
    const { fetch } = device.ports
    device.ports.fetch = (url, init) => {
      if (url.includes('/api/catalogue')) asked.push(init?.headers)
      return fetch(url, init)
    }
    const tab = await device.openTab()
    await until(() => tab.catalogue.get().length === 2)
    expect(tab.session.get().phase).not.toBe('live')
    expect(asked).toEqual([expect.objectContaining({ [personHeader]: 'user-1' })])
  })

  it('[REP-2] whoever hears that everything is here is told in the same moment what that is', async () => {
    const names = seedTerritory(device, 5)
    const tab = await device.openTab()
    const heard: number[] = []
    tab.catchUp.subscribe(() => {
      if (isDone(tab)) heard.push(tab.onDevice.get().size)
    })
    await until(() => heard.length > 0)
    expect(heard).toEqual([names.length])
  })

  it('[REP-2] a damaged line in the log of what is here costs one question, not the copies', async () => {
    seedTerritory(device, 3)
    const tab = await caughtUp()
    await tab.close()
    await onDisk('holdings', (store) => store.clear())
    await onDisk('holdings', (store) => store.add('damaged'))
    device.api.exchange.pulled.length = 0
    const again = await device.openTab()
    await untilLater(device, () => isDone(again))
    expect(device.api.exchange.pulled).toHaveLength(3)
    expect(device.api.exchange.pulled.every(({ stateVector }) => stateVector.length > 0)).toBe(true)
    await again.catchUpNow()
    expect(device.api.exchange.pulled).toHaveLength(3)
  })

  it('[REP-3] [SYNC 19] a damaged copy is set aside, not shown, and fetched again', async () => {
    const [name = recordName(1)] = seedTerritory(device, 2)
    const tab = await caughtUp()
    await tab.close()
    await damageCopy(name)
    await goOffline()
    const offline = await device.openTab()
    const open = offline.open(name)
    await open.ready
    expect(open.state.get()).toMatchObject({ loaded: true, hasContent: false, onDevice: false })
    await untilLater(device, () => offline.replica.get().setAside === 1)
    await until(() => !offline.onDevice.get().has(name))
    open.release()
    await offline.close()
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    const tabAgain = await device.openTab()
    await untilLater(device, () => isDone(tabAgain) && tabAgain.onDevice.get().has(name))
    expect(nameIn((await tabAgain.readSnapshot(name))?.update)).toBe('Record 1')
    const aside = await onDisk('setAside', (store) => store.getAll())
    expect(aside).toMatchObject([{ document: name, reason: 'damaged snapshot' }])
  })

  it('[REP-4] [SYNC 20] a full disk stops caching, keeps what is typed, says so, and goes on when there is room', async () => {
    seedTerritory(device, 3)
    const disk = fillDisk('packs')
    const tab = await device.openTab()
    await untilLater(device, () => tab.replica.get().mode === 'full')
    expect(tab.replica.get().onDevice).toBe(0)
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await goOffline()
    setField(open.doc, 'fields.name', 'Typed on a full disk', { now: 3 })
    await until(() => open.state.get().local === 'saved')
    expect(tab.sync.get().pending).toBe(1)
    disk.free()
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    device.signal('online')
    await untilLater(device, () => tab.replica.get().mode === 'persistent')
    await untilLater(device, () => tab.replica.get().onDevice === 3)
    expect(serverName(1)).toBe('Typed on a full disk')
  })

  it('[REP-4] [SYNC 20] when the disk has no room for what is typed, copies make room', async () => {
    seedTerritory(device, 20)
    const tab = await caughtUp()
    const { bytes } = tab.replica.get()
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await goOffline()
    const disk = fillDisk('outbox')
    setField(open.doc, 'fields.name', 'No room', { now: 3 })
    await until(() => open.state.get().local === 'memory')
    await untilLater(device, () => tab.replica.get().bytes < bytes)
    expect(tab.replica.get().bytes).toBeGreaterThan(bytes * 0.5)
    disk.free()
    await untilLater(device, () => open.state.get().local === 'saved')
  })

  it('[REP-4] [SYNC 20] copies make room on a disk that takes no write at all, only removals', async () => {
    seedTerritory(device, 100)
    const tab = await caughtUp()
    const { bytes } = tab.replica.get()
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await goOffline()
    const spies = (['put', 'add'] as const).map((method) =>
      vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(() => {
        throw new DOMException('no room', 'QuotaExceededError')
      }),
    )
    setField(open.doc, 'fields.name', 'No room', { now: 3 })
    await until(() => open.state.get().local === 'memory')
    await untilLater(device, () => tab.replica.get().bytes < bytes)
    await turns()
    const left = await onDisk('packs', (store) => store.getAll())
    for (const spy of spies) spy.mockRestore()
    expect(
      (left as { readonly names: readonly string[] }[]).flatMap(({ names }) => names).length,
    ).toBeLessThan(100)
    await untilLater(device, () => open.state.get().local === 'saved')
  })

  it('[REP-5] [SYNC 20] a handle that the browser closed is opened again, and the round goes on', async () => {
    seedTerritory(device, 10)
    device.api.exchange.perBatch = 2
    const { transaction } = IDBDatabase.prototype
    let closed = 0
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      ...options: Parameters<IDBDatabase['transaction']>
    ) {
      if (closed === 0 && [options[0]].flat().includes('packs') && options[1] === 'readwrite') {
        closed += 1
        this.close()
        throw new DOMException('The connection is closing', 'InvalidStateError')
      }
      return transaction.apply(this, options)
    })
    const tab = await caughtUp()
    expect(closed).toBe(1)
    spy.mockRestore()
    expect(tab.replica.get()).toMatchObject({ onDevice: 10, mode: 'persistent' })
  })

  it('[REP-6] without a database the territory is in memory, and it is said', async () => {
    const [name = recordName(1)] = seedTerritory(device, 3)
    Object.defineProperty(device.ports, 'indexedDB', { value: undefined })
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    expect(tab.sync.get().storage).toBe('memory')
    await untilLater(device, () => tab.replica.get().onDevice === 3)
    expect(tab.replica.get().mode).toBe('memory')
    await goOffline()
    const open = tab.open(name)
    await open.ready
    expect(open.doc.getMap('fields').get('name')).toBe('Record 1')
  })

  it('[REP-7] [SYNC 23] a device that the browser emptied is filled again by the server, and it is said', async () => {
    seedTerritory(device, 3)
    const tab = await caughtUp()
    expect(tab.replica.get()).toMatchObject({ wasCleared: false, isPersisted: false })
    await tab.close()
    // The browser clears the storage of the site; cookies stay.
    const emptied = makeDevice({ server: device.server, clock: device.clock, marks: device.marks })
    others.push(emptied)
    emptied.api.catalogue = device.api.catalogue
    const after = await emptied.openTab()
    await untilLater(emptied, () => after.replica.get().onDevice === 3)
    expect(after.replica.get()).toMatchObject({ wasCleared: true, isPersisted: false })
    expect(nameIn((await after.readSnapshot(recordName(2)))?.update)).toBe('Record 2')
    await after.signedOut()
    expect(device.marks.size).toBe(0)
  })

  it('[REP-8] a clock that is set back or far ahead breaks neither the exchange nor what is said about it', async () => {
    seedTerritory(device, 2)
    let jump = 0
    const { now } = device.ports
    device.ports.now = () => now() + jump
    const tab = await caughtUp()
    jump = -40 * 24 * 3_600_000
    changeAtServer(device, recordName(1), 'After the jump')
    await tab.catchUpNow()
    await untilLater(device, () => isDone(tab))
    expect((await tab.readSnapshot(recordName(1)))?.head).toBe(2)
    await tab.close()
    const again = await device.openTab()
    await untilLater(device, () => isDone(again))
    expect(again.replica.get().lastCaughtUpAt).toBeLessThanOrEqual(again.now())
  })
})

describe('replica: when it was checked', () => {
  const checkedAt = (tab: Workspace) => tab.replica.get().areas[0]?.oldestAt ?? 0

  it('[REP-12] what the server last answered counts as checked, while nothing is left to get', async () => {
    const names = seedTerritory(device, 2)
    const tab = await caughtUp()
    await until(() => tab.session.get().phase === 'live')
    const caughtUpAt = device.clock.now()
    while (device.clock.now() < caughtUpAt + 25 * 60_000) {
      device.clock.advance(10_000)
      await turns(3)
    }
    const now = device.clock.now()
    // The chip and the table say the same, to a heartbeat.
    expect(now - (tab.sync.get().lastSyncedAt ?? 0)).toBeLessThan(60_000)
    expect(tab.now() - (tab.replica.get().lastCaughtUpAt ?? 0)).toBeLessThan(60_000)
    expect(tab.now() - checkedAt(tab)).toBeLessThan(60_000)
    // Without a network nothing is checked any more.
    await goOffline()
    device.clock.advance(1_000)
    const last = checkedAt(tab)
    device.clock.advance(10 * 60_000)
    await turns()
    expect(checkedAt(tab)).toBe(last)
    await tab.close()
    // Known after a restart as well, to the minute in which it is written down.
    const again = await device.openTab()
    await until(() => again.replica.get().documents === names.length)
    expect(now - checkedAt(again)).toBeLessThan(120_000)
  })

  it('[REP-12] a copy that is behind is as old as it is, whatever is heard', async () => {
    seedTerritory(device, 2)
    const tab = await caughtUp()
    const at = checkedAt(tab)
    device.api.exchange.status = 503
    changeAtServer(device, recordName(1), 'Changed meanwhile')
    await tab.refreshCatalogue()
    for (let beat = 0; beat < 30; beat++) {
      device.clock.advance(10_000)
      await turns(3)
    }
    expect(tab.replica.get().areas[0]).toMatchObject({ pending: 1 })
    expect(checkedAt(tab)).toBeLessThan(at + 60_000)
  })
})

describe('replica: the budget', () => {
  async function sizeOfOne(): Promise<number> {
    const probe = makeDevice()
    others.push(probe)
    seedTerritory(probe, 9)
    return Math.ceil((await caughtUp(probe)).replica.get().bytes / 9)
  }

  it('[REP-9] there are no more copies than the budget, the least recently used go first, pinned ones never', async () => {
    const size = await sizeOfOne()
    seedTerritory(device, 9)
    const tab = await caughtUp()
    await tab.pin(recordName(1), true)
    const open = tab.open(recordName(2))
    await open.ready
    await until(() => open.state.get().remote === 'synced')
    device.clock.advance(1_000)
    const recent = tab.open(recordName(3))
    await until(() => recent.state.get().remote === 'synced')
    recent.release()
    device.clock.advance(10_000)
    await untilNoDatabase(1)
    await tab.setBudget(size * 4)
    expect(tab.replica.get().bytes).toBeLessThanOrEqual(size * 4)
    expect(tab.replica.get().budgetBytes).toBe(size * 4)
    // Pinned, open, and opened a moment ago.
    for (const index of [1, 2, 3]) expect(await tab.readSnapshot(recordName(index))).toBeDefined()
    device.api.exchange.pulled.length = 0
    await tab.catchUpNow()
    // What does not fit is not fetched again and again.
    expect(device.api.exchange.pulled).toEqual([])
    await tab.close()
    const again = await device.openTab()
    await untilLater(device, () => isDone(again))
    expect(again.replica.get().budgetBytes).toBe(size * 4)
    expect(again.pinned.get()).toEqual(new Set([recordName(1)]))
  })

  it('[REP-9] what has unsent work stays', async () => {
    seedTerritory(device, 3)
    const tab = await caughtUp()
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await goOffline()
    setField(open.doc, 'fields.name', 'Unsent', { now: 3 })
    await until(() => open.state.get().local === 'saved')
    await tab.setBudget(1)
    expect(await tab.readSnapshot(recordName(1))).toBeDefined()
    expect(await tab.readSnapshot(recordName(2))).toBeUndefined()
  })

  it('[REP-9] copies take at most a share of what the browser gives', async () => {
    const small = makeDevice({ quota: 1_000_000 })
    others.push(small)
    const tab = await small.openTab()
    await until(() => tab.replica.get().documents === 0 && tab.replica.get().isPersisted === false)
    expect(tab.replica.get().budgetBytes).toBe(500_000)
  })
})

describe('replica: opening', () => {
  it('[REP-10] a record that was never opened opens without a network; one that is not here says so', async () => {
    const [here = recordName(1)] = seedTerritory(device, 1)
    const tab = await caughtUp()
    device.api.catalogue = [...device.api.catalogue, listed(2)]
    device.api.exchange.status = 0
    await tab.refreshCatalogue()
    await tab.close()
    await goOffline()
    const offline = await device.openTab()
    const open = offline.open(here)
    await open.ready
    expect(open.doc.getMap('fields').get('name')).toBe('Record 1')
    expect(open.state.get()).toMatchObject({ hasContent: true, onDevice: true })
    const missing = offline.open(recordName(2))
    await missing.ready
    expect(missing.state.get()).toMatchObject({ loaded: true, hasContent: false, onDevice: false })
    await until(() => offline.onDevice.get().has(here))
    expect(offline.onDevice.get().has(recordName(2))).toBe(false)
  })

  it('[REP-10] it can be edited at once, and the edit arrives', async () => {
    const [name = recordName(1)] = seedTerritory(device, 1)
    await (await caughtUp()).close()
    await goOffline()
    const offline = await device.openTab()
    const open = offline.open(name)
    await open.ready
    setField(open.doc, 'fields.name', 'In the basement', { now: 3 })
    await until(() => open.state.get().local === 'saved')
    await offline.close()
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    const tab = await device.openTab()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect(serverName(1)).toBe('In the basement')
  })

  it('[REP-11] [SYNC 21] five hundred opened records do not leave five hundred databases, and nothing is lost', async () => {
    const count = 500
    seedTerritory(device, count)
    const tab = await device.openTab()
    await untilLater(device, () => tab.replica.get().onDevice === count && isDone(tab))
    const { bytes } = tab.replica.get()
    const most: number[] = []
    for (let at = 1; at <= count; at += 50) {
      const names = Array.from({ length: 50 }, (_, index) => recordName(at + index))
      const opened = names.map((name) => tab.open(name))
      await Promise.all(opened.map((open) => open.ready))
      for (const open of opened) open.release()
      most.push((await documentDatabases()).length)
      device.clock.advance(10_000)
      await untilNoDatabase()
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(50)
    await untilLater(device, () => isDone(tab))
    expect(tab.replica.get().onDevice).toBe(count)
    expect(tab.replica.get().bytes).toBeLessThan(bytes * 1.1)
    await goOffline()
    const open = tab.open(recordName(77))
    await open.ready
    expect(open.doc.getMap('fields').get('name')).toBe('Record 77')
  }, 60_000)

  it('[REP-11] [SYNC 21] what was edited and sent is in the copy that takes the place of the database', async () => {
    const [name = recordName(1)] = seedTerritory(device, 1)
    const tab = await caughtUp()
    const open = tab.open(name)
    await until(() => open.state.get().remote === 'synced')
    setField(open.doc, 'fields.name', 'Edited', { now: 3 })
    await until(() => open.state.get().pending === 0)
    open.release()
    device.clock.advance(10_000)
    await untilNoDatabase()
    expect(nameIn((await tab.readSnapshot(name))?.update)).toBe('Edited')
  })

  it('[REP-11] a database stays while another tab has its document open, or something of it is unsent', async () => {
    const [name = recordName(1), other = recordName(2)] = seedTerritory(device, 2)
    const left = await caughtUp()
    const right = await device.openTab()
    await until(() => right.session.get().phase === 'live')
    const [mine, theirs, unsent] = [left.open(name), right.open(name), left.open(other)]
    await until(() => [mine, theirs, unsent].every((open) => open.state.get().remote === 'synced'))
    mine.release()
    device.clock.advance(10_000)
    await turns(200)
    expect(await documentDatabases()).toContain(`fulqrun-user-1/${name}`)
    expect(theirs.state.get().local).toBe('saved')
    setField(theirs.doc, 'fields.name', 'Still written', { now: 4 })
    await until(() => serverName(1) === 'Still written')
    await goOffline()
    setField(unsent.doc, 'fields.name', 'Unsent', { now: 4 })
    await until(() => unsent.state.get().local === 'saved')
    await left.close()
    await right.close()
    const again = await device.openTab()
    for (let round = 0; round < 100; round++) {
      device.clock.advance(100)
      await turns(5)
    }
    expect(await documentDatabases()).toContain(`fulqrun-user-1/${other}`)
    expect(again.sync.get().pending).toBe(1)
  })

  it('[REP-11] databases that were open when the app went away are folded behind the next start', async () => {
    const [name = recordName(1)] = seedTerritory(device, 1)
    const tab = await device.openTab()
    const open = tab.open(name)
    await until(() => open.state.get().remote === 'synced')
    await tab.close()
    expect(await documentDatabases()).toHaveLength(1)
    await goOffline()
    const again = await device.openTab()
    await untilNoDatabase()
    expect(nameIn((await again.readSnapshot(name))?.update)).toBe('Record 1')
  })
})
