import { IDBFactory as FakeIndexedDb, forceCloseDatabase } from 'fake-indexeddb'
import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDevice, type TestDevice, until, untilLater } from './test-device.ts'
import { respond } from './test-exchange.ts'
import { nameIn, recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

/** The site is cleared while tabs are open: by its person in the browser's settings, or by the browser itself. */

const opened = new Set<IDBDatabase>()
const real = { indexedDB: new FakeIndexedDb() }
let device: TestDevice

beforeEach(() => {
  opened.clear()
  real.indexedDB = new FakeIndexedDb()
  const watched = {
    open: (...args: Parameters<IDBFactory['open']>) => {
      const request = real.indexedDB.open(...args)
      request.addEventListener('success', () => opened.add(request.result))
      return request
    },
    deleteDatabase: (name: string) => real.indexedDB.deleteDatabase(name),
    databases: () => real.indexedDB.databases(),
  }
  device = makeDevice({ indexedDB: watched as unknown as IDBFactory })
})

afterEach(() => device.closeAll())

/** As the library types it, a handle of its own and not of the platform. */
const take = (handle: IDBDatabase): void =>
  forceCloseDatabase(handle as unknown as Parameters<typeof forceCloseDatabase>[0])

/** Handles are taken away, and what they led to is gone by then; nobody is asked. */
function clearSite(): void {
  real.indexedDB = new FakeIndexedDb()
  const taken = [...opened]
  opened.clear()
  for (const handle of taken) take(handle)
}

async function goOffline(): Promise<void> {
  device.api.tokenStatus = 0
  device.server.behaviour.accepts = false
  device.server.closeAll()
  await until(() => device.server.network.waiting === 0)
}

async function goOnline(): Promise<void> {
  device.api.tokenStatus = 200
  device.server.behaviour.accepts = true
  device.signal('online')
  device.clock.advance(500)
  await until(() => device.server.connections > 0)
}

async function caughtUp(count: number): Promise<Workspace> {
  const tab = await device.openTab()
  await untilLater(device, () => tab.replica.get().onDevice === count && tab.catchUp.get().phase === 'done')
  return tab
}

const serverName = (index: number): unknown =>
  device.server.doc(recordName(index)).getMap('fields').get('name')

describe('a site that is cleared under an open tab', () => {
  it('[REP-14] [SYNC 23] keeps what is unsent, from before and after, and a crash without a network loses none of it', async () => {
    seedTerritory(device, 2)
    const first = await caughtUp(2)
    await goOffline()
    const before = first.open(recordName(2))
    await before.ready
    setField(before.doc, 'fields.name', 'Of an earlier start', { now: 2 })
    await until(() => before.state.get().local === 'saved')
    await first.close()

    const tab = await device.openTab()
    const open = tab.open(recordName(1))
    await open.ready
    setField(open.doc, 'fields.name', 'Before', { now: 3 })
    await until(() => open.state.get().local === 'saved')
    clearSite()
    // Looks for what other tabs have done meanwhile, and finds nothing.
    device.signal('visible')
    setField(open.doc, 'fields.nextStep', 'After', { now: 4 })
    await untilLater(device, () => tab.replica.get().wasCleared)
    await until(() => open.state.get().local === 'saved')
    expect(tab.sync.get().pending).toBe(3)
    const after = await device.openTab()
    expect(after.sync.get().pending).toBe(3)
    const again = after.open(recordName(1))
    await again.ready
    expect(again.doc.getMap('fields').toJSON()).toMatchObject({ name: 'Before', nextStep: 'After' })
    await goOnline()
    await untilLater(device, () => tab.sync.get().pending === 0 && after.sync.get().pending === 0)
    expect([serverName(1), serverName(2)]).toEqual(['Before', 'Of an earlier start'])
  })

  it('[REP-14] is filled again by the server, list and copies, and says so; once more after a restart', async () => {
    seedTerritory(device, 3)
    // Who has a cursor is told what is new since, which is nothing.
    const { fetch } = device.ports
    device.ports.fetch = (url, init) =>
      new URL(url).searchParams.has('cursor')
        ? Promise.resolve(
            respond(200, {
              cursor: '9.m',
              entries: [],
              complete: false,
              first: false,
              more: false,
              removed: [],
            }),
          )
        : fetch(url, init)
    const tab = await caughtUp(3)
    clearSite()
    await untilLater(device, () => tab.replica.get().wasCleared && tab.replica.get().onDevice === 3)
    await tab.close()
    await goOffline()
    device.api.isReachable = false
    const after = await device.openTab()
    await until(() => after.replica.get().wasCleared)
    expect(after.catalogue.get()).toHaveLength(3)
    expect(nameIn((await after.readSnapshot(recordName(2)))?.update)).toBe('Record 2')
    await after.close()
    const later = await device.openTab()
    await until(() => later.replica.get().onDevice === 3)
    expect(later.replica.get().wasCleared).toBe(false)
  })

  it('[REP-14] a handle that is taken away with nothing cleared changes nothing', async () => {
    seedTerritory(device, 2)
    const tab = await caughtUp(2)
    const open = tab.open(recordName(1))
    await open.ready
    await goOffline()
    setField(open.doc, 'fields.name', 'Before', { now: 3 })
    for (const handle of opened) take(handle)
    setField(open.doc, 'fields.nextStep', 'After', { now: 4 })
    await until(() => open.state.get().local === 'saved')
    expect(tab.replica.get()).toMatchObject({ wasCleared: false, onDevice: 2 })
    const after = await device.openTab()
    expect(after.catalogue.get()).toHaveLength(2)
    expect(after.sync.get().pending).toBe(2)
  })
})
