import 'fake-indexeddb/auto'
import { FakeBrowser, type FakeTab } from '@fulqrun/testkit'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDocument, defineRoots, setField } from '@fulqrun/schema'
import { deviceDatabaseVersion, type OutboxEntry } from './device-store.ts'
import type { OpenDocument } from './document-registry.ts'
import { tellMs } from './measures.ts'
import type { ConnectionPort } from './ports.ts'
import { saveMeasuresMs, sendForOthersMs } from './tab-life.ts'
import type { CatchUpProgress } from './replica-types.ts'
import { makeDevice, makeMe, opportunity, type TestDevice, turns, until } from './test-device.ts'
import { seedTerritory } from './test-territory.ts'
import { openWorkspace } from './workspace.ts'
import type { Workspace } from './workspace-types.ts'

/** Two tabs of one browser: what one does, the other knows. */

let device: TestDevice
let browser: FakeBrowser
let indexedDB: IDBFactory
let open: Tab[]
let connection: ConnectionPort & { isSaving: boolean; changed: () => void }

interface Tab {
  readonly workspace: Workspace
  readonly tab: FakeTab
}

beforeEach(() => {
  indexedDB = new IDBFactory()
  device = makeDevice({ indexedDB })
  browser = new FakeBrowser()
  open = []
  connection = {
    isSaving: false,
    changed: () => undefined,
    isSlow: () => connection.isSaving,
    watch: (listener) => {
      connection.changed = listener
      return () => undefined
    },
  }
})

afterEach(async () => {
  await Promise.all(open.map(({ workspace }) => workspace.close()))
})

async function openTab(): Promise<Tab> {
  const tab = browser.openTab()
  const ports = {
    ...device.ports,
    lock: tab.lock,
    openLine: (name: string) => tab.openLine(name),
    connection,
  }
  const workspace = await openWorkspace({ me: makeMe(), baseUrl: 'http://server.test', ports })
  const opened = { workspace, tab }
  open.push(opened)
  return opened
}

async function openTwo(): Promise<[Tab, Tab]> {
  const tabs: [Tab, Tab] = [await openTab(), await openTab()]
  await until(() => tabs.every(({ workspace }) => workspace.tabs.get().others === 1))
  return tabs
}

function seedServer(): void {
  const doc = device.server.doc(opportunity)
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 'north',
    createdBy: 'user-2',
    createdAt: 0,
    fields: { name: 'Lakeside' },
  })
}

async function openSynced({ workspace }: Tab): Promise<OpenDocument> {
  const document = workspace.open(opportunity)
  await until(() => document.state.get().remote === 'synced')
  return document
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

function rename(document: OpenDocument, name: string): void {
  setField(document.doc, 'fields.name', name, { now: device.clock.now() })
}

const nameIn = (document: OpenDocument) => document.doc.getMap('fields').get('name')
const onServer = () => device.server.doc(opportunity).getMap('fields').get('name')

/** Rows of a store, read past the app. */
async function readRows<T>(store: string): Promise<T[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('fulqrun-user-1')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('no database'))
  })
  const rows = await new Promise<T[]>((resolve) => {
    const request = database.transaction([store]).objectStore(store).getAll() as IDBRequest<T[]>
    request.onsuccess = () => resolve(request.result)
  })
  database.close()
  return rows
}

describe('an edit in one tab', () => {
  it('[TAB-8] made offline shows in the other at once, without looking, and is sent once', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    await goOffline()
    rename(here, 'Aster')
    await until(() => nameIn(there) === 'Aster')
    expect(there.state.get().pending).toBe(1)
    const writes = () => device.server.seen.filter(({ type }) => type === 'update' || type === 'step2')
    expect(writes().some(({ payload }) => String(payload).includes('Aster'))).toBe(false)
    await goOnline()
    await until(() => onServer() === 'Aster')
    await until(() => here.state.get().pending === 0 && there.state.get().pending === 0)
    expect(await readRows('outbox')).toEqual([])
  })

  it('[TAB-8] made online is sent by its own tab alone', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    await turns()
    const before = device.server.count('update')
    device.server.behaviour.holdsStatuses = true
    rename(here, 'Aster')
    await until(() => nameIn(there) === 'Aster' && onServer() === 'Aster')
    await turns()
    expect(device.server.count('update')).toBe(before + 1)
    expect(there.state.get().pending).toBe(1)
    device.server.releaseStatuses()
    await until(() => there.state.get().pending === 0)
    expect(device.server.count('update')).toBe(before + 1)
  })

  it('[TAB-8] a record created offline is listed in the other at once', async () => {
    const [one, two] = await openTwo()
    await goOffline()
    const name = one.workspace.create('opportunity', { territoryId: 'north', fields: { name: 'New one' } })
    await until(() => two.workspace.catalogue.get().some((entry) => entry.name === name))
    expect(two.workspace.catalogue.get()).toMatchObject([{ title: 'New one', isLocal: true }])
    await until(() => two.workspace.sync.get().pending === 1)
    expect(one.workspace.sync.get().pending).toBe(1)
  })

  it('[TAB-8] the other sends it when the tab that made it is ended before it could', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    // Its own socket hangs; the edit is on the disk and on no way to the server.
    device.server.network.pause()
    rename(here, 'Aster')
    await until(() => nameIn(there) === 'Aster')
    device.server.network.cut()
    device.server.network.resume()
    one.tab.kill()
    expect(onServer()).toBe('Lakeside')
    device.clock.advance(sendForOthersMs)
    await until(() => onServer() === 'Aster')
  })

  it('[TAB-9] acknowledged through another tab is acknowledged in all, the own entries of a tab, too', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    await goOffline()
    rename(here, 'Aster')
    await until(() => nameIn(there) === 'Aster')
    // Only the other tab hears of the network.
    one.tab.freeze()
    await goOnline()
    await until(() => there.state.get().pending === 0)
    one.tab.thaw()
    await until(() => here.state.get().pending === 0)
    expect(await readRows('outbox')).toEqual([])
    expect(onServer()).toBe('Aster')
  })

  it('[TAB-10] refused in one tab: every copy becomes the server`s, with one draft, dismissed once for all', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    device.server.behaviour.refusing.set(opportunity, 'document/not-created')
    rename(here, 'Forbidden')
    await until(() => one.workspace.refused.get().length === 1)
    await until(() => nameIn(there) === 'Lakeside' && nameIn(here) === 'Lakeside')
    await until(() => two.workspace.refused.get().length === 1)
    expect(two.workspace.refused.get()).toEqual(one.workspace.refused.get())
    expect(await readRows('refused')).toHaveLength(1)
    expect(await readRows('outbox')).toEqual([])
    const [draft] = two.workspace.refused.get()
    await two.workspace.dismissRefused(opportunity, draft?.id ?? '')
    await until(() => one.workspace.refused.get().length === 0)
  })

  it('[TAB-10] what is typed on top of what the other tab gave up is not called saved, and becomes a draft', async () => {
    seedServer()
    const [one, two] = await openTwo()
    const [here, there] = [await openSynced(one), await openSynced(two)]
    await goOffline()
    rename(there, 'Given up')
    await until(() => nameIn(here) === 'Given up')
    await one.workspace.discard(opportunity)
    await until(() => there.state.get().pending === 0)
    // Without a network and a copy of it, this tab has nothing yet to put in its place.
    setField(there.doc, 'fields.nextStep', 'Call on Monday', { now: device.clock.now() })
    await until(() => there.state.get().local !== 'saving')
    expect(there.state.get().local).toBe('memory')
    await goOnline()
    await until(() => nameIn(there) === 'Lakeside' && nameIn(here) === 'Lakeside')
    await until(() => one.workspace.refused.get().length === 1)
    expect(two.workspace.refused.get()[0]?.values).toContainEqual({
      path: 'fields.nextStep',
      draft: 'Call on Monday',
    })
    expect(two.workspace.refused.get()).toEqual(one.workspace.refused.get())
    await until(() => there.state.get().local === 'saved')
  })

  it('[TAB-8] what the service worker has sent is noticed when it says so', async () => {
    seedServer()
    const [one] = await openTwo()
    const here = await openSynced(one)
    await goOffline()
    const left: OutboxEntry = {
      id: 'worker-1',
      document: opportunity,
      update: new Uint8Array([0, 0]),
      at: 1,
      paths: ['fields.name'],
    }
    const line = browser.openTab().openLine('fulqrun-user-1')
    line.post({ type: 'edited', entries: [left, { id: 7 }] })
    await until(() => one.workspace.sync.get().pending === 1)
    line.post({ type: 'outbox' })
    await until(() => one.workspace.sync.get().pending === 0)
    expect(here.state.get().pending).toBe(0)
  })
})

describe('the exchange of the tab that leads', () => {
  it('[TAB-14] shows in the other while it goes on, and what it brought is there a second later', async () => {
    const [one, two] = await openTwo()
    await until(() => one.workspace.tabs.get().isLeader)
    const seen: CatchUpProgress[] = []
    two.workspace.catchUp.subscribe(() => seen.push(two.workspace.catchUp.get()))
    seedTerritory(device, 30)
    device.api.exchange.perBatch = 10
    await one.workspace.catchUpNow()
    expect(two.workspace.tabs.get().isLeader).toBe(false)
    await until(
      () => two.workspace.catchUp.get().total === 30 && two.workspace.catchUp.get().phase === 'done',
    )
    expect(seen).toContainEqual(expect.objectContaining({ phase: 'fetching', done: 10, total: 30 }))
    await until(() => {
      device.clock.advance(50)
      return two.workspace.onDevice.get().size === 30
    })
    expect(two.workspace.replica.get().lastCaughtUpAt).toBeDefined()
    expect(one.workspace.catchUp.get()).toEqual(two.workspace.catchUp.get())
  })

  it('[TAB-14] is known in a tab that is opened after it', async () => {
    seedTerritory(device, 3)
    const one = await openTab()
    await until(() => one.workspace.tabs.get().isLeader && one.workspace.catalogue.get().length === 3)
    device.clock.advance(1_000)
    await until(() => one.workspace.catchUp.get().phase === 'done')
    const two = await openTab()
    await until(() => two.workspace.catchUp.get().phase === 'done')
    expect(two.workspace.tabs.get().isLeader).toBe(false)
  })

  it('[TAB-14] progress that makes no sense is nothing', async () => {
    const [one] = await openTwo()
    const before = one.workspace.catchUp.get()
    const line = browser.openTab().openLine('fulqrun-user-1')
    for (const progress of [undefined, { phase: 'flying', done: 0, total: 1, bytes: 0 }, { phase: 'done' }])
      line.post({ type: 'progress', progress })
    await turns()
    expect(one.workspace.catchUp.get()).toEqual(before)
  })
})

describe('versions that differ', () => {
  it('[TAB-12] a newer version upgrades the database: the older stops writing, keeps and sends what is typed, and says so', async () => {
    seedServer()
    const one = await openTab()
    const here = await openSynced(one)
    await goOffline()
    rename(here, 'Before')
    await until(() => here.state.get().local === 'saved')
    const upgraded = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('fulqrun-user-1', deviceDatabaseVersion + 1)
      request.onupgradeneeded = () => request.result.createObjectStore('of-the-new-version')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error('the older tab stood in the way'))
    })
    rename(here, 'After')
    await until(() => one.workspace.sync.get().state === 'update-needed')
    await until(() => here.state.get().local === 'memory')
    upgraded.close()
    // The new version finds what was unsent, whole, and nothing of what came after.
    expect(await readRows('outbox')).toHaveLength(1)
    expect(here.state.get().pending).toBeGreaterThan(0)
    await goOnline()
    await until(() => onServer() === 'After')
    // Removing is the new version's, too: sending it again is harmless, losing it is not.
    expect(await readRows('outbox')).toHaveLength(1)
    expect(one.workspace.sync.get().state).toBe('update-needed')
  })
})

describe('saver', () => {
  it('[SAV-1] follows the browser, until the person chooses; the choice holds in all tabs and after a restart', async () => {
    connection.isSaving = true
    const [one, two] = await openTwo()
    await until(() => one.workspace.saver.get() === 'saver')
    expect(one.workspace.session.get().saving).toBe(true)
    await one.workspace.setSaver('normal')
    await until(() => two.workspace.saver.get() === 'normal')
    expect(two.workspace.saverChoice.get()).toBe('normal')
    const again = await openTab()
    await until(() => again.workspace.saverChoice.get() === 'normal')
    expect(again.workspace.saver.get()).toBe('normal')
    await again.workspace.setSaver('auto')
    expect(again.workspace.saver.get()).toBe('saver')
    connection.isSaving = false
    connection.changed()
    expect(again.workspace.saver.get()).toBe('normal')
  })

  it('[SAV-4] catching up leaves the rest of the territory where it is, until somebody asks for it', async () => {
    seedServer()
    device.api.catalogue = [
      {
        name: opportunity,
        kind: 'opportunity',
        territoryId: 'north',
        title: 'Lakeside',
        head: 1,
        updatedAt: 1,
        summary: { ownerId: 'user-2' },
      },
    ]
    connection.isSaving = true
    const { workspace } = await openTab()
    await until(() => workspace.tabs.get().isLeader && workspace.catalogue.get().length === 1)
    // News settle before they are exchanged.
    device.clock.advance(1_000)
    await until(() => workspace.catchUp.get().phase === 'done')
    expect(workspace.saver.get()).toBe('saver')
    expect(workspace.onDevice.get().size).toBe(0)
    await workspace.catchUpNow()
    device.clock.advance(tellMs)
    await until(() => workspace.onDevice.get().has(opportunity))
    expect(workspace.measures.get().minutes[0]?.receivedBytes).toBeGreaterThan(100)
  })

  it('[SAV-2] presence goes out every ten seconds at most, the latest; leaving at once', async () => {
    seedServer()
    const { workspace } = await openTab()
    await workspace.setSaver('saver')
    const document = workspace.open(opportunity)
    await until(() => document.state.get().remote === 'synced')
    device.clock.advance(10_000)
    await turns()
    const sent = () => device.server.count('awareness', opportunity)
    const before = sent()
    for (let move = 0; move < 50; move++) document.setPresence({ location: { section: `s${move}` } })
    await turns()
    expect(sent()).toBe(before + 1)
    device.clock.advance(10_000)
    await until(() => sent() === before + 2)
    document.release()
    await until(() => sent() === before + 3)
  })
})

describe('measures and diagnostics', () => {
  it('[MEA-1] what went over the socket is counted, kept, and there after a restart', async () => {
    seedServer()
    const one = await openTab()
    const here = await openSynced(one)
    rename(here, 'Aster')
    await until(() => here.state.get().pending === 0)
    device.clock.advance(saveMeasuresMs)
    await until(() => one.workspace.measures.get().minutes.length > 0)
    const [minute] = one.workspace.measures.get().minutes
    expect(minute?.frames).toBeGreaterThan(5)
    expect(minute?.receivedBytes).toBeGreaterThan(100)
    expect(minute?.acknowledged).toBe(1)
    await one.workspace.close()
    const again = await openTab()
    await until(() => again.workspace.measures.get().minutes.length > 0)
    expect(again.workspace.measures.get().minutes[0]).toEqual(minute)
  })

  it('[DIA-1] the bundle is plain JSON, and holds no content, no title, no name and no token', async () => {
    seedServer()
    const one = await openTab()
    const here = await openSynced(one)
    await goOffline()
    rename(here, 'Secret Clinic')
    await until(() => here.state.get().local === 'saved')
    one.workspace.create('contact', { territoryId: 'north', fields: { lastName: 'Okafor' } })
    await until(() => one.workspace.sync.get().pending >= 2)
    const bundle = await one.workspace.diagnostics()
    expect(JSON.parse(JSON.stringify(bundle))).toMatchObject({
      format: 1,
      tabs: { isLeader: true },
      outbox: { entries: 2, documentsByKind: { opportunity: 1, contact: 1 } },
      stores: { outbox: 2 },
    })
    expect(bundle.history.length).toBeGreaterThan(1)
    const text = JSON.stringify(bundle)
    for (const secret of ['Secret', 'Lakeside', 'Okafor', 'Ana', 'token-', opportunity])
      expect(text).not.toContain(secret)
  })

  it('the device has one id, the same in all tabs and after a restart, and every request carries it', async () => {
    const asked: (string | undefined)[] = []
    const { fetch } = device.ports
    const ports = {
      ...device.ports,
      fetch: (...request: Parameters<typeof fetch>) => {
        asked.push(request[1]?.headers?.['fulqrun-device'])
        return fetch(...request)
      },
    }
    const [one, two] = await Promise.all(
      [0, 1].map(() => openWorkspace({ me: makeMe(), baseUrl: 'http://server.test', ports })),
    )
    await until(() => one?.session.get().phase === 'live' && two?.session.get().phase === 'live')
    expect(one?.deviceId).toBe(two?.deviceId)
    expect(new Set(asked)).toEqual(new Set([one?.deviceId]))
    await Promise.all([one?.close(), two?.close()])
    expect((await openTab()).workspace.deviceId).toBe(one?.deviceId)
  })

  it('[MEA-1] a page that goes writes down what it has measured', async () => {
    const one = await openTab()
    await until(() => one.workspace.session.get().phase === 'live' && one.workspace.tabs.get().isLeader)
    // A ping and its answer.
    device.signal('visible')
    await until(() => !one.workspace.session.get().probing)
    device.signal('pagehide')
    let rows: unknown[] = []
    while (rows.length === 0) rows = await readRows('traffic')
    expect(rows).toHaveLength(1)
  })
})
