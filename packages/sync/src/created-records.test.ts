import { setField } from '@fulqrun/schema'
import { FakeBrowser } from '@fulqrun/testkit'
import { IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DocumentName } from '@fulqrun/protocol'
import { makeDevice, makeMe, type TestDevice, turns, until } from './test-device.ts'
import { openWorkspace } from './workspace.ts'
import type { Workspace } from './workspace-types.ts'

/** The line of a record that was made on the device, in the list and on the disk, whatever becomes of the record. */

let device: TestDevice

beforeEach(() => {
  device = makeDevice()
  device.api.tokenStatus = 0
  device.server.behaviour.accepts = false
})

afterEach(async () => {
  vi.restoreAllMocks()
  await device.closeAll()
})

function create(tab: Workspace, name = 'Aster'): DocumentName {
  return tab.create('opportunity', { territoryId: 'north', fields: { name } })
}

async function createSaved(tab: Workspace): Promise<DocumentName> {
  const name = create(tab)
  await until(() => tab.sync.get().state === 'waiting')
  return name
}

/** Writes to this store fail; the result makes it whole again. */
function breakStore(store: string, method: 'put' | 'delete'): () => void {
  const whole = IDBObjectStore.prototype[method] as (...args: unknown[]) => IDBRequest
  const spy = vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
    this: IDBObjectStore,
    ...args: unknown[]
  ) {
    if (this.name === store) throw new DOMException('no room', 'QuotaExceededError')
    return whole.apply(this, args)
  } as never)
  return () => spy.mockRestore()
}

const titles = (tab: Workspace) => tab.catalogue.get().map(({ title }) => title)

describe('records that are created on the device', () => {
  it('[CAT-5] has no line on a disk that did not take its content, whatever is edited then', async () => {
    const tab = await device.openTab()
    const repair = breakStore('outbox', 'put')
    const open = tab.open(create(tab))
    await until(() => open.state.get().local === 'memory')
    setField(open.doc, 'fields.name', 'Aster again', { now: 1 })
    device.clock.advance(500)
    await turns()
    expect(titles(tab)).toEqual(['Aster again'])
    open.release()
    await turns()
    // Another tab, or this one after a crash: there is nothing on the disk, neither content nor line.
    const crashed = await device.openTab()
    expect(crashed.sync.get().pending).toBe(0)
    expect(titles(crashed)).toEqual([])
    repair()
    device.clock.advance(5_000)
    await until(() => tab.sync.get().state === 'waiting')
    await crashed.refreshOutbox()
    expect(titles(crashed)).toEqual(['Aster again'])
    expect(titles(await device.openTab())).toEqual(['Aster again'])
  })

  it('[CAT-5] what was created in another tab is listed when its unsent work is read', async () => {
    const [one, two] = [await device.openTab(), await device.openTab()]
    await createSaved(one)
    expect(titles(two)).toEqual([])
    await two.refreshOutbox()
    expect(titles(two)).toEqual(['Aster'])
    expect(two.sync.get().pending).toBe(1)
  })

  it('[CAT-5] given up, it leaves the list and the disk, in one transaction with its content', async () => {
    const tab = await device.openTab()
    const name = await createSaved(tab)
    const two = await device.openTab()
    const repair = breakStore('lists', 'delete')
    await tab.discard(name)
    repair()
    // As if the tab had died in between: both are there.
    const before = await device.openTab()
    expect(before.sync.get().pending).toBe(1)
    expect(titles(before)).toEqual(['Aster'])
    await before.discard(name)
    expect(titles(before)).toEqual([])
    const after = await device.openTab()
    expect(after.sync.get().pending).toBe(0)
    expect(titles(after)).toEqual([])
    expect(titles(two)).toEqual(['Aster'])
    await two.refreshOutbox()
    expect(titles(two)).toEqual([])
  })

  it('[CAT-5] a draft that is dismissed takes the line along, in one transaction', async () => {
    const tab = await device.openTab()
    const name = await createSaved(tab)
    device.server.behaviour.refusing.set(name, 'document/not-created')
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    device.signal('online')
    device.clock.advance(500)
    await until(() => tab.refused.get().length === 1)
    await until(() => tab.sync.get().pending === 0)
    await turns()
    const [draft] = tab.refused.get()
    const repair = breakStore('lists', 'delete')
    await tab.dismissRefused(name, draft?.id ?? '')
    repair()
    const before = await device.openTab()
    expect(before.refused.get()).toHaveLength(1)
    expect(titles(before)).toEqual(['Aster'])
    await before.dismissRefused(name, draft?.id ?? '')
    const after = await device.openTab()
    expect(after.refused.get()).toEqual([])
    expect(titles(after)).toEqual([])
  })

  it('[CAT-5] other tabs hear of it when it is on the disk, and when nothing is left of it', async () => {
    const browser = new FakeBrowser()
    const openTab = async (): Promise<Workspace> => {
      const { lock, openLine } = browser.openTab()
      const ports = { ...device.ports, lock, openLine }
      return await openWorkspace({ me: makeMe(), baseUrl: 'http://server.test', ports })
    }
    const [one, two] = [await openTab(), await openTab()]
    await until(() => two.tabs.get().others === 1 && one.tabs.get().others === 1)
    const repair = breakStore('outbox', 'put')
    const name = create(one)
    await until(() => one.sync.get().state === 'memory-only')
    device.clock.advance(500)
    await turns()
    expect(titles(two)).toEqual([])
    repair()
    device.clock.advance(5_000)
    await until(() => titles(two).length === 1)
    const open = two.open(name)
    await until(() => open.state.get().hasContent)
    await one.discard(name)
    await until(() => titles(two).length === 0)
    open.release()
    await two.close()
    await one.close()
    expect(titles(await device.openTab())).toEqual([])
  })
})
