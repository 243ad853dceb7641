import { getText, setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { limits } from '@fulqrun/protocol'
import { makeDevice, type TestDevice, turns, until, untilLater } from './test-device.ts'
import { changeAtServer, listed, nameIn, recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

let device: TestDevice

beforeEach(() => {
  device = makeDevice()
})

afterEach(async () => {
  vi.restoreAllMocks()
  await device.closeAll()
})

const isDone = (tab: Workspace): boolean => tab.catchUp.get().phase === 'done'
const held = (tab: Workspace): number => tab.replica.get().onDevice

async function goOffline(): Promise<void> {
  device.api.tokenStatus = 0
  device.server.behaviour.accepts = false
  device.server.closeAll()
  await until(() => device.server.network.waiting === 0)
}

/** Unsent work on the disk of documents that nobody has open, as after a restart; the device is offline. */
async function leaveUnsent(...edits: readonly (readonly [index: number, value: string])[]): Promise<void> {
  const tab = await device.openTab()
  await untilLater(device, () => tab.session.get().phase === 'live' && isDone(tab))
  const opened = edits.map(([index, value]) => ({ open: tab.open(recordName(index)), value }))
  await until(() => opened.every(({ open }) => open.state.get().remote === 'synced'))
  await goOffline()
  for (const { open, value } of opened) setField(open.doc, 'fields.name', value, { now: 3 })
  await until(() => opened.every(({ open }) => open.state.get().local === 'saved'))
  await tab.close()
  device.api.exchange.pushed.length = 0
  device.api.exchange.pulls = 0
}

function comeOnline(): void {
  device.api.tokenStatus = 200
  device.server.behaviour.accepts = true
}

const serverName = (index: number): unknown =>
  device.server.doc(recordName(index)).getMap('fields').get('name')

describe('catching up: fetching', () => {
  it('[CUP-1] brings every listed record to the device, counts it, and asks for nothing twice', async () => {
    seedTerritory(device, 250)
    const tab = await device.openTab(undefined, { pullDocuments: 100 })
    const totals: number[] = []
    tab.catchUp.subscribe(() => totals.push(tab.catchUp.get().done))
    await untilLater(device, () => held(tab) === 250 && isDone(tab))
    expect(device.api.exchange.pulls).toBe(3)
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
    expect(tab.catchUp.get()).toMatchObject({ phase: 'done', done: 250, total: 250 })
    expect(tab.catchUp.get().bytes).toBeGreaterThan(250 * 50)
    expect(nameIn((await tab.readSnapshot(recordName(7)))?.update)).toBe('Record 7')
    await tab.close()
    const again = await device.openTab()
    await untilLater(device, () => isDone(again))
    expect(device.api.exchange.pulled).toHaveLength(250)
    expect(held(again)).toBe(250)
  })

  it('[CUP-1] a record that changed comes as what is missing, and is merged without being opened', async () => {
    const [name = recordName(1)] = seedTerritory(device, 3)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    changeAtServer(device, name, 'Renamed')
    device.api.exchange.pulled.length = 0
    await tab.catchUpNow()
    expect(device.api.exchange.pulled.map((want) => want.name)).toEqual([name])
    expect(device.api.exchange.pulled[0]?.stateVector.length).toBeGreaterThan(0)
    const snapshot = await tab.readSnapshot(name)
    expect(snapshot?.head).toBe(2)
    expect(nameIn(snapshot?.update)).toBe('Renamed')
    expect(device.server.count('step1', name)).toBe(0)
  })

  it('[CUP-2] what came before the line was cut stays; the rest is asked for again', async () => {
    seedTerritory(device, 20)
    device.api.exchange.perBatch = 5
    device.api.exchange.cutAfter = 2
    const tab = await device.openTab()
    await until(() => tab.catchUp.get().phase === 'failed')
    expect(tab.catchUp.get()).toMatchObject({ problem: 'api/unreachable', done: 10 })
    device.api.exchange.cutAfter = undefined
    device.api.exchange.pulled.length = 0
    await untilLater(device, () => isDone(tab))
    expect(new Set(device.api.exchange.pulled.map(({ name }) => name)).size).toBe(10)
    expect(device.api.exchange.pulled).toHaveLength(10)
    await untilLater(device, () => held(tab) === 20)
  })

  it('[CUP-3] is tried again, later and later, and never given up', async () => {
    seedTerritory(device, 1)
    device.api.exchange.status = 503
    const tab = await device.openTab(undefined, { retryBaseMs: 1_000, retryCapMs: 8_000 })
    let rounds = 0
    tab.catchUp.subscribe(() => {
      if (tab.catchUp.get().phase === 'failed') rounds += 1
    })
    await untilLater(device, () => rounds >= 8)
    device.api.exchange.status = undefined
    await untilLater(device, () => isDone(tab))
    await untilLater(device, () => held(tab) === 1)
    expect(rounds).toBeGreaterThanOrEqual(8)
  })

  it('[CUP-4] pinned and open records come first, then those that were open before, then the rest', async () => {
    seedTerritory(device, 4)
    device.api.exchange.status = 0
    const tab = await device.openTab()
    await until(() => tab.catchUp.get().phase === 'failed')
    await tab.pin(recordName(1), true)
    const mine = tab.open(recordName(2))
    await until(() => mine.state.get().remote === 'synced')
    mine.release()
    // Its last screen goes, and it is closed.
    await untilLater(device, () => device.server.count('close', recordName(2)) > 0)
    device.api.exchange.status = undefined
    await untilLater(device, () => isDone(tab))
    expect(device.api.exchange.pulled.map(({ name }) => name).slice(0, 2)).toEqual([
      recordName(1),
      recordName(2),
    ])
    expect(device.api.exchange.pulled.map(({ name }) => name)).toHaveLength(4)
  })

  it('[CUP-5] a record that is not to be had any more leaves the device, and is not asked for again', async () => {
    const [name = recordName(1)] = seedTerritory(device, 2)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    changeAtServer(device, name, 'Renamed')
    device.api.exchange.gone.set(name, 'access/denied')
    await tab.catchUpNow()
    expect(await tab.readSnapshot(name)).toBeUndefined()
    device.api.exchange.pulled.length = 0
    await tab.catchUpNow()
    expect(device.api.exchange.pulled).toEqual([])
  })

  it('[CUP-5] the copy of a record that leaves the list leaves the device', async () => {
    const [name = recordName(1)] = seedTerritory(device, 2)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    device.api.catalogue = device.api.catalogue.filter((entry) => entry.name !== name)
    await tab.catchUpNow()
    expect(await tab.readSnapshot(name)).toBeUndefined()
    expect(await tab.readSnapshot(recordName(2))).toBeDefined()
  })

  it('[CUP-6] leaving does not wait for an answer that does not come', async () => {
    seedTerritory(device, 3)
    const { fetch } = device.ports
    let asked = 0
    device.ports.fetch = (url, init) => {
      if (!url.includes('/api/sync/pull')) return fetch(url, init)
      asked += 1
      return new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')))
      })
    }
    const tab = await device.openTab()
    await untilLater(device, () => asked === 1)
    await tab.signedOut()
    expect(await device.ports.indexedDB?.databases()).toEqual([])
  })

  it('[CUP-6] an answer that goes silent is given up and asked for again', async () => {
    seedTerritory(device, 2)
    const { fetch } = device.ports
    let silent = true
    device.ports.fetch = (url, init) =>
      silent && url.includes('/api/sync/pull')
        ? new Promise((_, reject) => {
            init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
          })
        : fetch(url, init)
    const tab = await device.openTab()
    await untilLater(device, () => tab.catchUp.get().phase === 'failed')
    expect(tab.catchUp.get().problem).toBe('api/unreachable')
    silent = false
    await untilLater(device, () => held(tab) === 2)
  })

  it('[CUP-7] a list of several pages is taken page by page; a line that breaks between them goes on where it was', async () => {
    seedTerritory(device, 25)
    device.api.exchange.pageRows = 10
    const { fetch } = device.ports
    const asked: string[] = []
    device.ports.fetch = (url, init) => {
      if (url.includes('/api/catalogue')) asked.push(url)
      return asked.length === 2 && url.includes('page-10')
        ? Promise.reject(new TypeError('Failed to fetch'))
        : fetch(url, init)
    }
    const tab = await device.openTab()
    await until(() => tab.catalogue.get().length === 10)
    await untilLater(device, () => tab.catalogue.get().length === 25)
    await untilLater(device, () => isDone(tab))
    expect(asked.slice(0, 4).map((url) => new URL(url).searchParams.get('cursor'))).toEqual([
      null,
      '0.page-10',
      '0.page-10',
      '0.page-20',
    ])
  })
})

describe('catching up: sending', () => {
  it('[CUP-8] what waits of documents that nobody has open is pushed in one exchange, without opening them', async () => {
    seedTerritory(device, 3)
    await leaveUnsent([1, 'one'], [2, 'two'])
    comeOnline()
    const attached = device.server.count('auth', recordName(1))
    const tab = await device.openTab()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect([serverName(1), serverName(2)]).toEqual(['one', 'two'])
    expect(device.api.exchange.pushes).toBe(1)
    expect(device.server.count('auth', recordName(1))).toBe(attached)
    await tab.close()
    await goOffline()
    expect((await device.openTab()).sync.get().pending).toBe(0)
  })

  it('[CUP-9] exactly what was accepted leaves; what was refused goes the way that keeps its draft', async () => {
    seedTerritory(device, 2)
    await leaveUnsent([1, 'taken'], [2, 'not taken'])
    device.server.behaviour.refusing.set(recordName(2), 'update/too-large')
    comeOnline()
    const tab = await device.openTab()
    await untilLater(device, () => tab.refused.get().length === 1)
    expect(serverName(1)).toBe('taken')
    expect(serverName(2)).toBe('Record 2')
    expect(tab.refused.get()).toMatchObject([
      { document: recordName(2), values: [{ path: 'fields.name', draft: 'not taken', server: 'Record 2' }] },
    ])
    await until(() => tab.sync.get().pending === 0)
  })

  it('[CUP-9] a verdict that passes keeps the edit, says so, and sends it again', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'later'])
    device.api.exchange.refusing.set(recordName(1), 'server/storage')
    comeOnline()
    const tab = await device.openTab()
    await untilLater(device, () => tab.waiting.get()[0]?.state === 'failed')
    expect(tab.waiting.get()).toMatchObject([
      {
        name: recordName(1),
        title: 'Record 1',
        changes: 1,
        paths: ['fields.name'],
        problem: 'server/storage',
      },
    ])
    device.api.exchange.refusing.clear()
    await untilLater(device, () => tab.waiting.get().length === 0)
    expect(serverName(1)).toBe('later')
  })

  it('[CUP-9] what rules put back is told when the record is opened the next time', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'put back'])
    const paths = [{ path: 'fields.name', rule: 'STR-1' }]
    device.api.exchange.putBack.set(recordName(1), paths)
    comeOnline()
    const first = await device.openTab()
    await untilLater(device, () => first.sync.get().pending === 0)
    await first.close()
    const tab = await device.openTab()
    expect(tab.open(recordName(1)).state.get().putBack?.paths).toEqual(paths)
    await tab.close()
    const later = await device.openTab()
    expect(later.open(recordName(1)).state.get().putBack).toBeUndefined()
  })

  it('[CUP-10] an answer that was lost costs a repetition, and nothing is there twice', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'once'])
    comeOnline()
    const { fetch } = device.ports
    let lost = 0
    device.ports.fetch = async (url, init) => {
      const answer = await fetch(url, init)
      if (!url.includes('/api/sync/push') || lost > 0) return answer
      lost += 1
      throw new TypeError('network error')
    }
    const tab = await device.openTab()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect(device.api.exchange.pushed).toEqual([recordName(1), recordName(1)])
    expect(serverName(1)).toBe('once')
  })

  it('[CUP-11] a session of somebody else sends nothing', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'mine'])
    comeOnline()
    device.api.exchange.otherPerson = 'user-9'
    const tab = await device.openTab()
    await untilLater(device, () => tab.catchUp.get().problem === 'api/signed-out')
    expect(serverName(1)).toBe('Record 1')
    expect(tab.sync.get().pending).toBe(1)
  })

  it('[CUP-12] pushes are bounded by updates and bytes, in the order of each document', async () => {
    seedTerritory(device, 1)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await goOffline()
    for (let step = 1; step <= 7; step++) {
      setField(open.doc, 'fields.name', `step ${step}`, { now: 10 + step })
      await until(() => open.state.get().local === 'saved')
    }
    await tab.close()
    comeOnline()
    const next = await device.openTab(undefined, { pushUpdates: 3 })
    await untilLater(device, () => next.sync.get().pending === 0)
    expect(device.api.exchange.pushes).toBe(3)
    expect(serverName(1)).toBe('step 7')
  })

  it('[CUP-12] an edit that no push takes goes the way that tells its author', async () => {
    seedTerritory(device, 1)
    const first = await device.openTab()
    await untilLater(device, () => isDone(first))
    await goOffline()
    const text = getText(first.open(recordName(1)).doc, 'description')
    text.insert(0, 'x'.repeat(limits.maxFrameBytes + 10))
    await first.close()
    comeOnline()
    const tab = await device.openTab()
    await untilLater(device, () => device.server.isAttached(recordName(1)))
    expect(device.api.exchange.pushed).toEqual([])
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect(getText(device.server.doc(recordName(1)), 'description')).toHaveLength(limits.maxFrameBytes + 10)
  })

  it('[CUP-13] a server without this exchange gets everything over the socket', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'by socket'])
    device.api.exchange.status = 404
    comeOnline()
    const tab = await device.openTab()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect(serverName(1)).toBe('by socket')
  })

  it('[CUP-14] giving up what waits of a record returns it first, and the record is the server`s again', async () => {
    seedTerritory(device, 2)
    await leaveUnsent([1, 'given up'], [2, 'kept'])
    const tab = await device.openTab()
    const exported = await tab.discard(recordName(1))
    expect(exported.documents).toMatchObject([
      { name: recordName(1), values: [{ path: 'fields.name', draft: 'given up' }] },
    ])
    expect(tab.open(recordName(1)).doc.getMap('fields').get('name')).toBe('Record 1')
    await until(() => tab.waiting.get().length === 1)
    expect(tab.waiting.get()).toMatchObject([{ name: recordName(2) }])
    await tab.close()
    comeOnline()
    const online = await device.openTab()
    await untilLater(device, () => online.sync.get().pending === 0 && serverName(2) === 'kept')
    const open = online.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    await turns()
    expect(serverName(1)).toBe('Record 1')
    expect(open.doc.getMap('fields').get('name')).toBe('Record 1')
  })
})

describe('catching up: an answer that is older than the copy', () => {
  it('[CUP-17] does not undo what was folded into the copy meanwhile', async () => {
    seedTerritory(device, 2)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    const { fetch } = device.ports
    const answered = Promise.withResolvers<undefined>()
    let isHeld = false
    device.ports.fetch = async (url, init) => {
      const answer = await fetch(url, init)
      if (!url.includes('/api/sync/pull') || isHeld) return answer
      isHeld = true
      await answered.promise
      return answer
    }
    changeAtServer(device, recordName(1), 'by a colleague')
    void tab.catchUpNow()
    await untilLater(device, () => isHeld)
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    setField(open.doc, 'fields.name', 'mine', { now: 3 })
    await until(() => open.state.get().pending === 0)
    open.release()
    const nameOnDevice = async () => {
      const { update = new Uint8Array([0, 0]) } = (await tab.readSnapshot(recordName(1))) ?? {}
      const doc = new Y.Doc()
      Y.applyUpdate(doc, update)
      return doc.getMap('fields').get('name')
    }
    device.clock.advance(10_000)
    while ((await nameOnDevice()) !== 'mine') {
      device.clock.advance(50)
      await turns()
    }
    answered.resolve(undefined)
    await untilLater(device, () => isDone(tab))
    expect(await nameOnDevice()).toBe('mine')
  })
})

describe('catching up: giving up', () => {
  it('[CUP-14] what is typed while the file is written is in another file, or still waits; never in none', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'before'])
    const tab = await device.openTab()
    const open = tab.open(recordName(1))
    await open.ready
    const saved: unknown[] = []
    await tab.discard(recordName(1), ({ documents }) => {
      saved.push(documents.flatMap(({ values }) => values.map(({ draft }) => draft)))
      if (saved.length === 1) setField(open.doc, 'fields.name', 'meanwhile', { now: 4 })
    })
    expect(saved).toEqual([['before'], ['meanwhile']])
    expect(open.doc.getMap('fields').get('name')).toBe('Record 1')
    setField(open.doc, 'fields.name', 'after', { now: 5 })
    expect(tab.sync.get().pending).toBe(1)
    comeOnline()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect(serverName(1)).toBe('after')
  })
})

describe('catching up: a copy of another lineage', () => {
  it('[CUP-15] (SYNC 15) a server that was restored from a backup: never both copies, the old one is a draft', async () => {
    seedTerritory(device, 1)
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    const open = tab.open(recordName(1))
    await until(() => open.state.get().remote === 'synced')
    setField(open.doc, 'fields.name', 'Of the old lineage', { now: 3 })
    await until(() => open.state.get().pending === 0)
    await goOffline()
    const seen = new Set<number>()
    const fresh = new Y.Doc()
    seedOther(fresh)
    replaceAtServer(recordName(1), fresh)
    // As the real one does with another record under the same name.
    device.server.behaviour.refusing.set(recordName(1), 'document/outdated')
    comeOnline()
    open.doc.on('update', () => seen.add(creations(open.doc)))
    device.signal('online')
    await untilLater(device, () => open.state.get().refused.length === 1)
    await untilLater(device, () => open.state.get().remote === 'synced')
    expect(open.doc.getMap('fields').get('name')).toBe('Of the backup')
    expect(open.state.get().refused[0]).toMatchObject({
      code: 'document/outdated',
      values: [{ path: 'fields.name', draft: 'Of the old lineage', server: 'Of the backup' }],
    })
    expect(creations(open.doc)).toBe(1)
    expect([...seen].filter((count) => count > 1)).toEqual([])
  })

  it('[CUP-18] a server that was restored from a backup of the same record gets back what only devices have', async () => {
    seedTerritory(device, 1)
    const backup = Y.encodeStateAsUpdate(device.server.doc(recordName(1)))
    changeAtServer(device, recordName(1), 'Acknowledged after the backup')
    const first = await device.openTab()
    await untilLater(device, () => isDone(first))
    expect(nameIn((await first.readSnapshot(recordName(1)))?.update)).toBe('Acknowledged after the backup')
    await first.close()
    const restored = new Y.Doc()
    Y.applyUpdate(restored, backup)
    replaceAtServer(recordName(1), restored)
    expect(serverName(1)).not.toBe('Acknowledged after the backup')
    device.api.catalogue = device.api.catalogue.map((entry) => ({ ...entry, head: 9 }))
    const tab = await device.openTab()
    await untilLater(device, () => serverName(1) === 'Acknowledged after the backup')
    expect(nameIn((await tab.readSnapshot(recordName(1)))?.update)).toBe('Acknowledged after the backup')
  })

  it('[CUP-19] (SYNC 15) after a restore a copy is renewed although its sequence is beyond that of the list', async () => {
    seedTerritory(device, 2)
    device.api.exchange.log = 'one'
    const backup = Y.encodeStateAsUpdate(device.server.doc(recordName(1)))
    for (const name of ['First', 'Second', 'Third']) changeAtServer(device, recordName(1), name)
    const first = await device.openTab()
    await untilLater(device, () => isDone(first))
    await first.close()
    const restored = new Y.Doc()
    Y.applyUpdate(restored, backup)
    replaceAtServer(recordName(1), restored)
    setField(device.server.doc(recordName(1)), 'fields.nextStep', 'Edited since', { now: 6 })
    device.api.catalogue = [listed(1, 2), listed(2)]
    device.api.exchange.log = 'two'
    const tab = await device.openTab()
    await untilLater(device, () => isDone(tab))
    const doc = new Y.Doc()
    Y.applyUpdate(doc, (await tab.readSnapshot(recordName(1)))?.update ?? new Uint8Array())
    // What the server has had since, and what it has lost.
    expect(doc.getMap('fields').toJSON()).toMatchObject({ name: 'Third', nextStep: 'Edited since' })
    await tab.close()
    // Once: from now on heads are those of the other log.
    const asked = device.api.exchange.pulls
    const again = await device.openTab()
    await untilLater(device, () => isDone(again))
    expect(device.api.exchange.pulls).toBe(asked)
  })

  it('[CUP-15] (SYNC 15) a copy that catching up replaced takes the place of the old one when it is opened offline', async () => {
    seedTerritory(device, 1)
    await leaveUnsent([1, 'Typed offline'])
    const fresh = new Y.Doc()
    seedOther(fresh)
    replaceAtServer(recordName(1), fresh)
    device.api.catalogue = device.api.catalogue.map((entry) => ({ ...entry, head: 9 }))
    device.api.exchange.refusing.set(recordName(1), 'server/storage')
    device.server.behaviour.denied.set(recordName(1), 'server/overloaded')
    comeOnline()
    const online = await device.openTab()
    await until(() => online.catchUp.get().phase === 'failed')
    expect(nameIn((await online.readSnapshot(recordName(1)))?.update)).toBe('Of the backup')
    await online.close()
    await goOffline()
    const tab = await device.openTab()
    const open = tab.open(recordName(1))
    await open.ready
    expect(open.doc.getMap('fields').get('name')).toBe('Of the backup')
    expect(creations(open.doc)).toBe(1)
    expect(open.state.get().refused[0]).toMatchObject({
      code: 'document/outdated',
      values: [{ path: 'fields.name', draft: 'Typed offline', server: 'Of the backup' }],
    })
    expect(tab.sync.get().pending).toBe(0)
  })
})

function seedOther(doc: Y.Doc): void {
  const meta = doc.getMap('meta')
  const fields = doc.getMap('fields')
  doc.transact(() => {
    for (const [key, value] of device.server.doc(recordName(1)).getMap('meta')) meta.set(key, value)
    fields.set('name', 'Of the backup')
  })
}

/** The server comes back with another document under the same name. */
function replaceAtServer(name: string, doc: Y.Doc): void {
  device.server.forget(name)
  Y.applyUpdate(device.server.doc(name), Y.encodeStateAsUpdate(doc))
}

/** How many records stand in one document: items that began it. */
function creations(doc: Y.Doc): number {
  return [...doc.store.clients.values()]
    .flat()
    .filter((struct) => struct instanceof Y.Item && struct.parentSub === 'kind').length
}
