import { IDBFactory as FakeIndexedDb, IDBObjectStore } from 'fake-indexeddb'
import { createDocument, defineRoots, getNotes, getText, setField } from '@fulqrun/schema'
import { FakeSocketServer } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { removeAwarenessStates } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type CatalogueEntry, type DocumentName, limits } from '@fulqrun/protocol'
import { channelTimings } from './channel.ts'
import type { OpenDocument } from './document-registry.ts'
import {
  contact,
  makeDevice,
  opportunity,
  organizationId,
  type TestDevice,
  turns,
  until,
  untilLater,
} from './test-device.ts'
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

/** Another device of another person, at the same server. */
function makeOther(): TestDevice {
  const other = makeDevice({ server: device.server, clock: device.clock })
  others.push(other)
  return other
}

async function goOffline(on: TestDevice = device): Promise<void> {
  on.api.tokenStatus = 0
  on.server.behaviour.accepts = false
  on.server.closeAll()
  // The device has heard of it.
  await until(() => on.server.network.waiting === 0)
}

/** Attempts keep a little distance, whatever the system says; and news settle before they are exchanged. */
function sayOnline(on: TestDevice = device): void {
  on.signal('online')
  on.clock.advance(500)
}

async function goOnline(on: TestDevice = device): Promise<void> {
  on.api.tokenStatus = 200
  on.server.behaviour.accepts = true
  sayOnline(on)
  await until(() => on.server.connections > 0)
}

/** A record that the server already has. */
function seedServer(name: DocumentName = opportunity): Y.Doc {
  const doc = device.server.doc(name)
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 'north',
    createdBy: 'user-2',
    createdAt: 1,
    fields: { name: 'Lakeside' },
  })
  return doc
}

function makeEntry(name: DocumentName, title: string, updatedAt = 1): CatalogueEntry {
  return { name, kind: 'opportunity', territoryId: 'north', title, head: 1, updatedAt, summary: {} }
}

async function openSynced(tab: Workspace, name: DocumentName = opportunity): Promise<OpenDocument> {
  const open = tab.open(name)
  await until(() => open.state.get().remote === 'synced')
  return open
}

const other = `${organizationId}/opportunity/0197f0a0-0000-7000-8000-00000000000a` as DocumentName
const nameIn = (doc: Y.Doc): unknown => doc.getMap('fields').get('name')
const serverName = (name: DocumentName = opportunity): unknown => nameIn(device.server.doc(name))
const edit = (open: OpenDocument, value: string): void => setField(open.doc, 'fields.name', value, { now: 2 })

describe('workspace: the way of an edit', () => {
  it('[WSP-1] an edit is saved, sent, and done when the server says that it is durable', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    device.server.behaviour.holdsStatuses = true
    edit(open, 'Aster')
    expect(open.state.get()).toMatchObject({ local: 'saving', pending: 1, remote: 'behind' })
    await until(() => serverName() === 'Aster')
    await turns()
    // At the server, but not durable there: still waiting, whatever the network did.
    expect(open.state.get()).toMatchObject({ local: 'saved', pending: 1, remote: 'behind' })
    device.server.releaseStatuses()
    await until(() => open.state.get().remote === 'synced')
    expect(open.state.get()).toMatchObject({ pending: 0, access: 'write' })
  })

  it('[WSP-2] the outbox has an edit on disk before its frame is sent', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    const puts = vi.spyOn(IDBObjectStore.prototype, 'put')
    device.server.network.pause()
    edit(open, 'Aster')
    // A frame is handed to the network, which stands still, only after the disk has the edit.
    await until(() => device.server.network.waiting > 0)
    const inOutbox = puts.mock.contexts.filter((store) => (store as IDBObjectStore).name === 'outbox')
    expect(inOutbox).toHaveLength(1)
    expect(open.state.get().local).toBe('saved')
    device.server.network.resume()
    await until(() => serverName() === 'Aster')
    expect(device.server.count('update')).toBe(1)
  })

  it('[ACK-1] one acknowledgement ends the waiting of its own edit and of no other, on the disk too', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    device.server.behaviour.holdsStatuses = true
    edit(open, 'first')
    await until(() => device.server.count('update') === 1)
    setField(open.doc, 'fields.account', 'second', { now: 3 })
    await until(() => device.server.count('update') === 2)
    expect(open.state.get().pending).toBe(2)
    device.server.releaseOneStatus()
    await until(() => open.state.get().pending < 2)
    expect(open.state.get().pending).toBe(1)
    await goOffline()
    await tab.close()
    expect((await device.openTab()).sync.get().pending).toBe(1)
  })

  it('[ACK-7] what was written offline and fits no single frame travels in several', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    await goOffline()
    const text = getText(open.doc, 'description')
    for (const letter of ['a', 'b', 'c', 'd']) text.insert(text.length, letter.repeat(400_000))
    const seen = device.server.seen.length
    await goOnline()
    await until(() => open.state.get().remote === 'synced')
    expect(open.state.get()).toMatchObject({ pending: 0, refused: [] })
    expect(getText(device.server.doc(opportunity), 'description').toJSON()).toBe(text.toJSON())
    const sizes = device.server.seen.slice(seen).map(({ payload }) => payload?.length ?? 0)
    expect(Math.max(...sizes)).toBeLessThan(limits.maxFrameBytes)
  })

  it('[ACK-7] an edit that would cost the socket is set aside on the device; other documents do not notice', async () => {
    seedServer()
    seedServer(other)
    const tab = await device.openTab()
    const [open, neighbour] = [await openSynced(tab), await openSynced(tab, other)]
    getText(open.doc, 'description').insert(0, 'x'.repeat(limits.maxSocketPayloadBytes))
    edit(neighbour, 'Next door')
    await until(() => serverName(other) === 'Next door' && open.state.get().refused.length === 1)
    expect(open.state.get().refused[0]).toMatchObject({ code: 'update/too-large' })
    await until(() => open.state.get().remote === 'synced')
    edit(open, 'after it')
    await until(() => serverName() === 'after it')
    for (const { payload } of device.server.seen)
      expect(payload?.length ?? 0).toBeLessThan(limits.maxFrameBytes)
  })

  it('[WSP-1] edits of one turn travel in one frame', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    for (const value of ['A', 'As', 'Ast', 'Aste', 'Aster']) edit(open, value)
    await until(() => open.state.get().remote === 'synced')
    expect(device.server.count('update')).toBe(1)
    expect(serverName()).toBe('Aster')
  })

  it('[WSP-3] work goes on offline, survives closing the app, and arrives after a restart without being opened', async () => {
    seedServer()
    const first = await device.openTab()
    const open = await openSynced(first)
    await goOffline()
    edit(open, 'typed offline')
    setField(open.doc, 'fields.account', 'Lakeside Clinic', { now: 3 })
    expect(open.state.get().pending).toBe(2)
    await until(() => open.state.get().local === 'saved')
    await first.close()

    const second = await device.openTab()
    expect(second.sync.get()).toMatchObject({ pending: 2, documents: 1 })
    await goOnline()
    await until(() => second.sync.get().state === 'up-to-date')
    expect(serverName()).toBe('typed offline')
    expect(second.sync.get().pending).toBe(0)
  })

  it('[WSP-3] a cold start without a network shows and edits what is here', async () => {
    seedServer()
    device.api.catalogue = [makeEntry(opportunity, 'Lakeside')]
    const first = await device.openTab()
    await openSynced(first)
    await until(() => first.catalogue.get().length === 1)
    await first.close()
    await goOffline()
    device.api.isReachable = false

    const second = await device.openTab()
    expect(second.catalogue.get()).toMatchObject([{ title: 'Lakeside' }])
    const open = second.open(opportunity)
    await open.ready
    expect(open.state.get()).toMatchObject({ loaded: true, hasContent: true, remote: 'behind' })
    expect(nameIn(open.doc)).toBe('Lakeside')
    edit(open, 'edited')
    await until(() => open.state.get().local === 'saved')
    expect(second.sync.get()).toMatchObject({ pending: 1, state: 'waiting' })
  })

  it('[WSP-4] what the document database lost is put back from the outbox', async () => {
    seedServer()
    const first = await device.openTab()
    const open = await openSynced(first)
    await goOffline()
    edit(open, 'only in the outbox')
    await until(() => open.state.get().local === 'saved')
    await first.close()
    await new Promise<void>((resolve) => {
      const request = device.ports.indexedDB?.deleteDatabase(`fulqrun-user-1/${opportunity}`)
      if (request !== undefined) request.onsuccess = () => resolve()
    })

    const second = await device.openTab()
    await goOnline()
    await until(() => second.sync.get().state === 'up-to-date')
    expect(serverName()).toBe('only in the outbox')
  })

  it('[WSP-5] two people apart see the same when they are back, notes and fields', async () => {
    seedServer()
    const other = makeOther()
    const [mine, theirs] = [
      await openSynced(await device.openTab()),
      await openSynced(await other.openTab('user-2')),
    ]
    await goOffline()
    await goOffline(other)
    const paragraph = new Y.XmlElement('paragraph')
    getNotes(mine.doc).insert(0, [paragraph])
    setField(theirs.doc, 'fields.account', 'Clinic', { now: 3 })
    await goOnline()
    other.api.tokenStatus = 200
    other.signal('online')
    await until(() => [mine, theirs].every((open) => open.state.get().remote === 'synced'))
    await turns()
    expect(mine.doc.getMap('fields').get('account')).toBe('Clinic')
    expect(getNotes(theirs.doc).toJSON()).toBe(getNotes(mine.doc).toJSON())
    expect(getNotes(theirs.doc).length).toBe(1)
  })

  it('[WSP-6] a server that is killed between the edits costs nothing', async () => {
    const before = Y.encodeStateAsUpdate(seedServer())
    const open = await openSynced(await device.openTab())
    device.server.behaviour.holdsStatuses = true
    edit(open, 'unanswered')
    await until(() => device.server.count('update') === 1)
    // Another server on the same address that never heard of the edit.
    const reborn = new FakeSocketServer()
    Y.applyUpdate(reborn.doc(opportunity), before)
    device.ports.openSocket = () => reborn.openSocket()
    device.server.closeAll()
    await until(() => device.server.network.waiting === 0)
    sayOnline()
    await until(() => open.state.get().remote === 'synced')
    expect(nameIn(reborn.doc(opportunity))).toBe('unanswered')
  })
})

describe('workspace: records and lists', () => {
  it('[WSP-1] says after a restart without a network when the server last had everything', async () => {
    const tab = await device.openTab()
    await until(() => tab.sync.get().state === 'up-to-date')
    const confirmedAt = tab.sync.get().lastSyncedAt
    expect(confirmedAt).toBeTypeOf('number')
    device.clock.advance(2_500)
    await turns()
    await goOffline()
    await tab.close()
    const again = await device.openTab()
    expect(again.sync.get().lastSyncedAt).toBeGreaterThanOrEqual(confirmedAt ?? Infinity)
  })

  it('[WSP-7] a record created offline is listed at once and becomes the server`s when it arrives', async () => {
    await goOffline()
    const tab = await device.openTab()
    const name = tab.create('opportunity', { territoryId: 'north', fields: { name: 'Aster' } })
    expect(tab.catalogue.get()).toMatchObject([{ name, title: 'Aster', isLocal: true }])
    await until(() => tab.sync.get().state === 'waiting')
    expect(tab.sync.get().pending).toBe(1)
    await tab.close()

    const again = await device.openTab()
    expect(again.catalogue.get()).toMatchObject([{ name, isLocal: true }])
    device.api.catalogue = [makeEntry(name, 'Aster')]
    await goOnline()
    await until(() => serverName(name) === 'Aster')
    await again.refreshCatalogue()
    expect(again.catalogue.get()).toHaveLength(1)
    expect(again.catalogue.get()[0]?.isLocal).toBeUndefined()
  })

  it('[WSP-7] values that the schema does not allow create nothing', async () => {
    const tab = await device.openTab()
    expect(() => tab.create('opportunity', { territoryId: 'north', fields: { name: 7 } })).toThrow(
      'fields.name',
    )
    expect(tab.catalogue.get()).toEqual([])
    expect(tab.sync.get().pending).toBe(0)
  })

  it('[CAT-1] lists what an open document says about itself, also after it was closed', async () => {
    seedServer()
    device.api.catalogue = [makeEntry(opportunity, 'Lakeside')]
    const tab = await device.openTab()
    await until(() => tab.catalogue.get().length === 1)
    const open = await openSynced(tab)
    edit(open, 'Aster')
    device.clock.advance(200)
    expect(tab.catalogue.get()).toMatchObject([{ title: 'Aster' }])
    await until(() => open.state.get().remote === 'synced')
    open.release()
    await tab.close()
    const again = await device.openTab()
    expect(again.catalogue.get()).toMatchObject([{ title: 'Aster' }])
  })

  it('[CAT-1] lists what was edited without a network after a crash too, when nothing was closed', async () => {
    seedServer()
    device.api.catalogue = [makeEntry(opportunity, 'Lakeside')]
    const tab = await device.openTab()
    await until(() => tab.catalogue.get().length === 1)
    const open = await openSynced(tab)
    await goOffline()
    edit(open, 'Aster')
    device.clock.advance(200)
    await until(() => open.state.get().local === 'saved')
    await turns()
    // The same disk, seen by somebody to whom the crashed tab can tell nothing.
    const restarted = makeDevice({ indexedDB: device.ports.indexedDB as IDBFactory, clock: device.clock })
    restarted.api.isReachable = false
    const again = await restarted.openTab()
    expect(again.catalogue.get()).toMatchObject([{ title: 'Aster' }])
    await restarted.closeAll()
  })

  it('[CAT-2] is asked for while somebody looks, and when they come back', async () => {
    const tab = await device.openTab()
    await until(() => tab.session.get().phase === 'live')
    await until(() => device.api.catalogueCalls > 0)
    await turns()
    const asked = device.api.catalogueCalls
    device.signal('visible')
    await until(() => device.api.catalogueCalls === asked + 1)
    await turns()
    for (let second = 0; second < 15; second++) {
      device.clock.advance(1_000)
      await turns(3)
    }
    expect(device.api.catalogueCalls).toBeGreaterThanOrEqual(asked + 2)
  })

  it('[CAT-3] what is out of reach disappears, unsent work and local records stay', async () => {
    const second = contact
    device.api.catalogue = [
      makeEntry(opportunity, 'Lakeside'),
      { ...makeEntry(second, 'Dana'), kind: 'contact' },
    ]
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await tab.refreshCatalogue()
    await goOffline()
    edit(open, 'unsent')
    const local = tab.create('opportunity', { territoryId: 'north', fields: { name: 'New' } })
    device.api.catalogue = []
    await tab.refreshCatalogue()
    const names = tab.catalogue.get().map(({ name }) => name)
    expect(new Set(names)).toEqual(new Set([opportunity, local]))
  })

  it('[CAT-4] the skew of the device clock is measured and corrected', async () => {
    device.api.skewMs = 90_000
    const tab = await device.openTab()
    await until(() => tab.session.get().phase === 'live')
    await until(() => tab.now() !== device.clock.now())
    expect(tab.now() - device.clock.now()).toBe(90_000)
  })
})

describe('workspace: refused edits', () => {
  it('[REF-1] a refused edit is kept readable, the local copy is the server`s again, later edits go through (SYNC 11)', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    const before = open.doc
    device.server.behaviour.refusing.set(opportunity, 'update/too-large')
    edit(open, 'too much')
    await until(() => open.state.get().refused.length === 1)
    device.server.behaviour.refusing.clear()
    expect(open.state.get()).toMatchObject({ generation: 1, pending: 0 })
    expect(open.state.get().refused[0]).toMatchObject({
      code: 'update/too-large',
      values: [{ path: 'fields.name', draft: 'too much', server: 'Lakeside' }],
    })
    expect(open.doc).not.toBe(before)
    expect(nameIn(open.doc)).toBe('Lakeside')
    expect(tab.sync.get()).toMatchObject({ state: 'refused', refused: 1 })
    edit(open, 'fine')
    await until(() => serverName() === 'fine')
    await until(() => open.state.get().remote === 'synced')
  })

  it('[REF-2] it is still there after a restart, the poison is not, and dismissing ends it', async () => {
    seedServer()
    const first = await device.openTab()
    const open = await openSynced(first)
    device.server.behaviour.refusing.set(opportunity, 'update/malformed')
    edit(open, 'poison')
    await until(() => open.state.get().refused.length === 1)
    await first.close()

    const second = await device.openTab()
    expect(second.sync.get().refused).toBe(1)
    expect(second.refused.get()).toMatchObject([{ document: opportunity, code: 'update/malformed' }])
    const again = await openSynced(second)
    expect(nameIn(again.doc)).toBe('Lakeside')
    const id = again.state.get().refused[0]?.id ?? ''
    await second.dismissRefused(opportunity, id)
    expect(again.state.get().refused).toEqual([])
    expect(second.sync.get().refused).toBe(0)
    await second.close()
    expect((await device.openTab()).sync.get().refused).toBe(0)
  })

  it('[REF-8] a note of a screen is there after a restart, and gone after signing out', async () => {
    const first = await device.openTab()
    first.remember('decided', [{ id: 'c-1' }])
    expect(first.recall('decided')).toEqual([{ id: 'c-1' }])
    await first.close()
    const second = await device.openTab()
    expect(second.recall('decided')).toEqual([{ id: 'c-1' }])
    await second.signedOut()
    expect((await device.openTab()).recall('decided')).toBeUndefined()
  })

  it('[REF-3] edits made offline that are refused together do not block what follows', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    edit(open, 'offline')
    setField(open.doc, 'fields.account', 'Clinic', { now: 3 })
    device.server.behaviour.refusing.set(opportunity, 'update/too-large')
    await goOnline()
    await until(() => open.state.get().refused.length === 1)
    device.server.behaviour.refusing.clear()
    expect(open.state.get().refused[0]?.values.map(({ path }) => path)).toEqual([
      'fields.account',
      'fields.name',
    ])
    edit(open, 'after')
    await until(() => serverName() === 'after')
  })

  it('[REF-4] a reader`s edit is told, kept and taken back (SYNC 11)', async () => {
    seedServer()
    device.server.behaviour.readOnly.add(opportunity)
    const open = await openSynced(await device.openTab())
    expect(open.state.get().access).toBe('read')
    edit(open, 'not mine to write')
    await until(() => open.state.get().refused.length === 1)
    expect(open.state.get().refused[0]).toMatchObject({ code: 'access/read-only' })
    expect(nameIn(open.doc)).toBe('Lakeside')
  })

  it('[REF-5] edits of a document that is denied are shown as refused, and sent when access returns (SYNC 9)', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    edit(open, 'mine')
    device.server.behaviour.denied.set(opportunity, 'access/denied')
    await goOnline()
    await until(() => open.state.get().access === 'none')
    expect(open.state.get()).toMatchObject({ accessCode: 'access/denied', pending: 1 })
    expect(open.state.get().refused).toMatchObject([{ values: [{ path: 'fields.name', draft: 'mine' }] }])
    expect(tab.sync.get()).toMatchObject({ state: 'refused', pending: 0 })
    device.server.behaviour.denied.clear()
    await goOffline()
    await goOnline()
    await until(() => serverName() === 'mine')
    await until(() => open.state.get().refused.length === 0)
  })

  it('[REF-5] a denied document that was closed meanwhile still sends its edits when access returns', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    edit(open, 'mine')
    device.server.behaviour.denied.set(opportunity, 'access/denied')
    await goOnline()
    await until(() => open.state.get().access === 'none')
    open.release()
    for (let second = 0; second < 11; second++) {
      device.clock.advance(1_000)
      await turns(5)
    }
    device.server.behaviour.denied.clear()
    const again = tab.open(opportunity)
    expect(again.state.get().loaded).toBe(false)
    await until(() => again.state.get().remote === 'synced')
    expect(serverName()).toBe('mine')
  })

  it('[REF-5] a refusal that ends access to the document keeps its edits', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    device.server.behaviour.refusing.set(opportunity, 'document/too-new')
    edit(open, 'from an old app')
    await until(() => open.state.get().access === 'none')
    expect(open.state.get()).toMatchObject({ accessCode: 'document/too-new', pending: 1, generation: 0 })
    expect(tab.sync.get().state).toBe('update-needed')
    expect(nameIn(open.doc)).toBe('from an old app')
  })

  it('[REF-7] a record that the server refused to create leaves the list with its draft', async () => {
    const tab = await device.openTab()
    await until(() => tab.session.get().phase === 'live')
    await goOffline()
    const name = tab.create('opportunity', { territoryId: 'south', fields: { name: 'Not mine' } })
    device.server.behaviour.refusing.set(name, 'document/not-created')
    await goOnline()
    await until(() => tab.sync.get().refused === 1)
    const open = tab.open(name)
    const [edit] = open.state.get().refused
    expect(edit?.values).toContainEqual({ path: 'fields.name', draft: 'Not mine' })
    expect(edit?.title).toBe('Not mine')
    expect(tab.catalogue.get()).toHaveLength(1)
    await tab.dismissRefused(name, edit?.id ?? '')
    expect(tab.catalogue.get()).toEqual([])
  })

  it('[REF-2] a stop between keeping the draft and replacing the database does not bring the poison back', async () => {
    seedServer()
    const first = await device.openTab()
    const open = await openSynced(first)
    device.server.behaviour.refusing.set(opportunity, 'update/malformed')
    // The document's own database takes no more writes: as if the page were gone in between.
    const clear = vi.spyOn(IDBObjectStore.prototype, 'clear').mockImplementation(() => {
      throw new DOMException('gone', 'AbortError')
    })
    edit(open, 'poison')
    await until(() => open.state.get().refused.length === 1)
    await until(() => clear.mock.calls.length > 0)
    await first.close()
    vi.restoreAllMocks()
    device.server.behaviour.refusing.clear()
    const again = await openSynced(await device.openTab())
    expect(nameIn(again.doc)).toBe('Lakeside')
    expect(serverName()).toBe('Lakeside')
    expect(again.state.get().refused).toHaveLength(1)
  })

  it('[REF-6] what rules put back is told', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    device.server.sendStateless(opportunity, {
      type: 'putBack',
      paths: [{ path: 'financials.amount', rule: 'RES-1' }],
    })
    await until(() => open.state.get().putBack !== undefined)
    expect(open.state.get().putBack?.paths).toEqual([{ path: 'financials.amount', rule: 'RES-1' }])
  })
})

describe('workspace: trouble', () => {
  it('[CHN-3] a document that the server dropped comes back and is not forgotten (SYNC 6)', async () => {
    seedServer()
    const open = await openSynced(await device.openTab())
    device.server.closeDocument(opportunity)
    edit(open, 'while it was gone')
    await until(() => open.state.get().local === 'saved')
    device.clock.advance(channelTimings.retryBaseMs)
    await until(() => open.state.get().remote === 'synced')
    expect(serverName()).toBe('while it was gone')
  })

  it('[WSP-8] opens in three seconds when the database hangs, works, and says that nothing is kept (SYNC 19)', async () => {
    seedServer()
    device = makeDevice({ indexedDB: { open: () => ({}) } as unknown as IDBFactory, server: device.server })
    let tab: Workspace | undefined
    const opening = device.openTab().then((opened) => {
      tab = opened
    })
    await turns()
    expect(tab).toBeUndefined()
    device.clock.advance(3_000)
    await opening
    if (tab === undefined) throw new Error('unreachable')
    // From here the clock stands: neither opening a document nor an edit waits for the disk a second time.
    const open = await openSynced(tab)
    edit(open, 'in memory')
    await until(() => serverName() === 'in memory')
    expect(tab.sync.get().storage).toBe('memory')
  })

  it('[WSP-8] a database that was only slow is used once it answers, and gets what was typed meanwhile', async () => {
    let isHanging = true
    const real = new FakeIndexedDb()
    const slow = {
      open: (...args: Parameters<IDBFactory['open']>) => (isHanging ? {} : real.open(...args)),
      databases: () => real.databases(),
    } as unknown as IDBFactory
    seedServer()
    device = makeDevice({ indexedDB: slow, server: device.server })
    const opening = device.openTab()
    await turns()
    device.clock.advance(3_000)
    const tab = await opening
    const open = tab.open(opportunity)
    await until(() => open.state.get().remote === 'synced')
    expect(tab.sync.get().storage).toBe('memory')
    await goOffline()
    edit(open, 'typed while it hung')
    isHanging = false
    for (let second = 0; second < 20; second++) {
      device.clock.advance(1_000)
      await turns(10)
    }
    await until(() => open.state.get().local === 'saved')
    open.release()
    await tab.close()
    const again = await device.openTab()
    expect(again.sync.get()).toMatchObject({ pending: 1, storage: 'persistent' })
  })

  it('[WSP-8] one damaged record in a document does not keep the app from opening it (SYNC 19)', async () => {
    seedServer()
    const first = await device.openTab()
    await openSynced(first)
    await first.close()
    await addRecord(device, opportunity, Uint8Array.of(9, 255, 255, 255, 7))
    await goOffline()
    const second = await device.openTab()
    const open = second.open(opportunity)
    await open.ready
    expect(nameIn(open.doc)).toBe('Lakeside')
    expect(open.state.get().damaged).toBe(1)
  })

  it('[WSP-9] a full disk never throws into an edit; it is sent from memory and the chip says so (SYNC 20)', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    for (const method of ['put', 'add'] as const) {
      vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(() => {
        throw new DOMException('no room', 'QuotaExceededError')
      })
    }
    expect(() => edit(open, 'no room')).not.toThrow()
    await until(() => open.state.get().local === 'memory')
    expect(tab.sync.get()).toMatchObject({ state: 'memory-only', storage: 'memory', pending: 1 })
    await goOnline()
    await until(() => serverName() === 'no room')
    await until(() => open.state.get().pending === 0)
    vi.restoreAllMocks()
  })

  it('[WSP-16] what is called saved after a full disk is in the document after a crash, without a network (SYNC 20)', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    const [ofDevice] = (['put', 'add'] as const).map((method) =>
      vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(() => {
        throw new DOMException('no room', 'QuotaExceededError')
      }),
    )
    edit(open, 'no room')
    await until(() => open.state.get().local === 'memory')
    await goOnline()
    await until(() => serverName() === 'no room' && open.state.get().pending === 0)
    await goOffline()
    edit(open, 'no room still')
    await until(() => open.state.get().local === 'memory')
    // The first edit, which the server has, is in no database here; the next ones build on it.
    ofDevice?.mockRestore()
    edit(open, 'room for the outbox')
    await turns()
    expect(open.state.get().local).toBe('memory')
    expect(tab.sync.get().state).toBe('memory-only')
    vi.restoreAllMocks()
    edit(open, 'room again')
    await until(() => open.state.get().local === 'saved')
    const after = await device.openTab()
    const again = after.open(opportunity)
    await again.ready
    expect(nameIn(again.doc)).toBe('room again')
  })

  it('[SUM-1] being offline is said after two seconds, not at a flicker', async () => {
    const tab = await device.openTab()
    await until(() => tab.sync.get().state === 'up-to-date')
    await goOffline()
    await until(() => tab.session.get().phase !== 'live')
    expect(tab.sync.get().state).toBe('connecting')
    device.clock.advance(2_000)
    await until(() => tab.sync.get().state === 'offline')
    await goOnline()
    await until(() => tab.sync.get().state === 'up-to-date')
  })

  it('[SUM-2] an ended session keeps the work, says so, and goes on after signing in again', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    device.api.tokenStatus = 401
    device.server.closeAll(4410, 'auth/revoked')
    await until(() => tab.sync.get().state === 'signed-out')
    edit(open, 'typed while signed out')
    expect(tab.sync.get()).toMatchObject({ state: 'signed-out', pending: 1 })
    device.api.tokenStatus = 200
    tab.signedInAgain()
    await until(() => serverName() === 'typed while signed out')
  })
})

async function addRecord(on: TestDevice, name: DocumentName, record: unknown): Promise<void> {
  const request = on.ports.indexedDB?.open(`fulqrun-user-1/${name}`)
  if (request === undefined) throw new Error('no database')
  await until(() => request.readyState === 'done')
  const transaction = request.result.transaction('updates', 'readwrite')
  transaction.objectStore('updates').add(record)
  await new Promise<void>((resolve) => {
    transaction.oncomplete = () => resolve()
  })
  request.result.close()
}

describe('workspace: tabs and leaving', () => {
  it('[TAB-3] two tabs edit one document offline; each sends its own, none is lost, none is left', async () => {
    seedServer()
    const [left, right] = [await device.openTab(), await device.openTab()]
    const [mine, theirs] = [await openSynced(left), await openSynced(right)]
    await goOffline()
    edit(mine, 'left')
    setField(theirs.doc, 'fields.account', 'right', { now: 3 })
    await until(() => [mine, theirs].every((open) => open.state.get().local === 'saved'))
    await goOnline()
    await until(() => [left, right].every((tab) => tab.sync.get().state === 'up-to-date'))
    expect(device.server.doc(opportunity).getMap('fields').toJSON()).toMatchObject({
      name: 'left',
      account: 'right',
    })
    await Promise.all([left.close(), right.close()])
    expect((await device.openTab()).sync.get().pending).toBe(0)
  })

  it('[TAB-4] a tab sends what a closed one left, and never clears what it does not hold', async () => {
    seedServer()
    const [left, right] = [await device.openTab(), await device.openTab()]
    const mine = await openSynced(left)
    await goOffline()
    edit(mine, 'left behind')
    await until(() => mine.state.get().local === 'saved')
    await left.close()
    await goOnline()
    await until(() => right.session.get().phase === 'live')
    device.signal('visible')
    await untilLater(device, () => serverName() === 'left behind')
    await until(() => right.sync.get().pending === 0)
    expect(right.sync.get().state).toBe('up-to-date')
  })

  it('[WSP-10] presence is seen by others and ends when the screen goes', async () => {
    seedServer()
    const other = makeOther()
    const mine = await openSynced(await device.openTab())
    const theirs = await openSynced(await other.openTab('user-2'))
    mine.setPresence({ location: { section: 'notes' } })
    const seen = (): unknown => theirs.awareness.getStates().get(mine.doc.clientID)
    await until(() => seen() !== undefined)
    await until(() => JSON.stringify(seen()).includes('notes'))
    expect(seen()).toMatchObject({ user: { id: 'user-1', name: 'Ana' } })
    mine.release()
    await until(() => seen() === undefined)
    expect(theirs.awareness.getStates().size).toBe(1)
  })

  it('[WSP-10] presence comes back with the connection, although others were told that it had gone', async () => {
    seedServer()
    const other = makeOther()
    const mine = await openSynced(await device.openTab())
    const theirs = await openSynced(await other.openTab('user-2'))
    const seen = (): unknown => theirs.awareness.getStates().get(mine.doc.clientID)
    mine.setPresence({ location: { section: 'notes' } })
    await until(() => seen() !== undefined)
    device.server.closeOldest()
    await until(() => device.server.network.waiting === 0)
    // What the server tells those who stay when a connection ends.
    removeAwarenessStates(theirs.awareness, [mine.doc.clientID], 'server')
    sayOnline()
    await until(() => seen() !== undefined)
    expect(seen()).toMatchObject({ user: { id: 'user-1' } })
  })

  it('[WSP-11] a document stays open for its last screen and until everything is sent', async () => {
    seedServer()
    const tab = await device.openTab()
    const first = await openSynced(tab)
    const second = tab.open(opportunity)
    first.release()
    first.release()
    device.clock.advance(9_000)
    await turns()
    edit(second, 'still here')
    await until(() => serverName() === 'still here')
    second.release()
    await until(() => second.state.get().remote === 'synced')
    for (let round = 0; round < 2; round++) {
      for (let second_ = 0; second_ < 11; second_++) {
        device.clock.advance(1_000)
        await turns(3)
      }
    }
    await until(() => !device.server.isAttached(opportunity))
    expect(tab.sync.get().state).toBe('up-to-date')
  })

  it('[WSP-12] unsent work can be exported, readable and complete', async () => {
    seedServer()
    const tab = await device.openTab()
    const open = await openSynced(tab)
    await goOffline()
    edit(open, 'unsent')
    const exported = await tab.exportUnsent()
    expect(exported.documents).toMatchObject([
      { name: opportunity, changes: 1, values: [{ path: 'fields.name', draft: 'unsent' }] },
    ])
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(device.server.doc(opportunity)))
    for (const update of exported.documents[0]?.updates ?? []) {
      Y.applyUpdate(
        doc,
        Uint8Array.from(atob(update), (character) => character.codePointAt(0) ?? 0),
      )
    }
    expect(nameIn(doc)).toBe('unsent')
    expect(JSON.parse(JSON.stringify(exported))).toEqual(exported)
  })

  it('[WSP-13] signing out erases everything of this person, with another tab open too', async () => {
    seedServer()
    const [left, right] = [await device.openTab(), await device.openTab()]
    await openSynced(left)
    const theirs = await openSynced(right)
    expect(await left.signedOut()).toEqual({ blocked: [] })
    expect(await device.ports.indexedDB?.databases()).toEqual([])
    expect(right.session.get().phase).toBe('signed-out')
    // The other tab may go on typing: nothing of it comes back to the disk.
    expect(() => edit(theirs, 'too late')).not.toThrow()
    await turns()
    expect(await device.ports.indexedDB?.databases()).toEqual([])
  })

  it('[WSP-13] another person on the same device sees nothing of the first', async () => {
    seedServer()
    const first = await device.openTab('user-1')
    await openSynced(first)
    first.create('opportunity', { territoryId: 'north', fields: { name: 'Mine' } })
    await until(() => first.sync.get().state === 'up-to-date')
    await first.close()
    await goOffline()
    const second = await device.openTab('user-2')
    expect(second.catalogue.get()).toEqual([])
    expect(second.sync.get().pending).toBe(0)
    const open = second.open(opportunity)
    await open.ready
    expect(open.state.get().hasContent).toBe(false)
    expect(organizationId).toBe('org-1')
  })
})
