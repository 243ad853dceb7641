import 'fake-indexeddb/auto'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { createFakeClock, type FakeClock } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeviceStore, type DeviceTransaction } from './device-store.ts'
import { Outbox } from './outbox.ts'
import { contact, opportunity, turns, until } from './test-device.ts'

let clock: FakeClock
let indexedDB: IDBFactory
const opened: { outbox: Outbox; store: DeviceStore }[] = []

beforeEach(() => {
  clock = createFakeClock()
  indexedDB = new IDBFactory()
})

afterEach(async () => {
  vi.restoreAllMocks()
  for (const { outbox, store } of opened.splice(0)) {
    await outbox.close()
    await store.close()
  }
})

function openTab(tabId: string): Outbox {
  const ports = { indexedDB, now: () => clock.now(), startTimer: clock.startTimer.bind(clock) }
  const store = new DeviceStore({ ports, userId: 'user-1', onErased: () => undefined })
  const outbox = new Outbox({ store, ports, tabId, onChange: () => undefined })
  opened.push({ outbox, store })
  return outbox
}

const bytes = Uint8Array.of(0, 0)

function failWrites(name: string): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('no room', name)
  })
}

describe('outbox', () => {
  it('[OUT-1] says saved when the transaction is complete, and survives a restart', async () => {
    const outbox = openTab('a')
    const { saved } = outbox.append(opportunity, bytes, ['fields.name'])
    expect(outbox.localState(opportunity)).toBe('saving')
    expect(await saved).toBe('disk')
    expect(outbox.localState(opportunity)).toBe('saved')
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity)).toMatchObject([{ update: bytes, paths: ['fields.name'] }])
  })

  it('[OUT-1] asks the disk for strict durability', async () => {
    const transactions = vi.spyOn(globalThis.IDBDatabase.prototype, 'transaction')
    await openTab('a').append(opportunity, bytes, []).saved
    const writes = transactions.mock.calls.filter(([, mode]) => mode === 'readwrite')
    expect(writes.length).toBeGreaterThan(0)
    for (const [, , options] of writes) expect(options).toEqual({ durability: 'strict' })
  })

  it('[OUT-2] a burst is one transaction', async () => {
    const outbox = openTab('a')
    await outbox.append(opportunity, bytes, []).saved
    const transactions = vi.spyOn(globalThis.IDBDatabase.prototype, 'transaction')
    const saved = Array.from({ length: 20 }, () => outbox.append(opportunity, bytes, []).saved)
    await Promise.all(saved)
    expect(transactions).toHaveBeenCalledTimes(1)
  })

  it('[OUT-3] a removal never overtakes the write it undoes', async () => {
    const outbox = openTab('a')
    const first = outbox.append(opportunity, bytes, [])
    await turns(1)
    // The write is on its way: the acknowledgement arrives before the disk has answered.
    await outbox.remove([first.entry.id])
    expect(await first.saved).toBe('disk')
    await outbox.settled()
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.documents()).toEqual([])
  })

  it('[OUT-4] removes exactly what was acknowledged', async () => {
    const outbox = openTab('a')
    const entries = [1, 2, 3].map(() => outbox.append(opportunity, bytes, []))
    await Promise.all(entries.map(({ saved }) => saved))
    await outbox.remove([entries[1]?.entry.id ?? ''])
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity).map(({ id }) => id)).toEqual([
      entries[0]?.entry.id,
      entries[2]?.entry.id,
    ])
  })

  it('[OUT-5] on a full disk the edit stays in memory, says so, and is written when there is room (SYNC 20)', async () => {
    const outbox = openTab('a')
    await outbox.append(contact, bytes, []).saved
    failWrites('QuotaExceededError')
    const { saved } = outbox.append(opportunity, bytes, [])
    expect(await saved).toBe('memory')
    expect(outbox.localState(opportunity)).toBe('memory')
    expect(outbox.memoryOnly).toBe(1)
    expect(outbox.entriesOf(opportunity)).toHaveLength(1)
    vi.restoreAllMocks()
    clock.advance(5_000)
    await until(() => outbox.memoryOnly === 0)
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity)).toHaveLength(1)
  })

  it('[OUT-5] a disk that keeps failing is not tried in a loop', async () => {
    const outbox = openTab('a')
    await outbox.append(contact, bytes, []).saved
    const first = outbox.entriesOf(contact)[0]
    failWrites('QuotaExceededError')
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    const transactions = vi.spyOn(globalThis.IDBDatabase.prototype, 'transaction')
    await outbox.append(opportunity, bytes, []).saved
    await outbox.remove([first?.id ?? ''])
    await turns()
    expect(transactions.mock.calls.length).toBeLessThanOrEqual(2)
  })

  it('[TAB-1] a tab learns what another one left, and what it has sent', async () => {
    const [left, right] = [openTab('left'), openTab('right')]
    const { entry, saved } = left.append(opportunity, bytes, [])
    await saved
    expect((await right.refresh()).map(({ id }) => id)).toEqual([entry.id])
    await right.remove([entry.id])
    expect(left.entriesOf(opportunity)).toHaveLength(1)
    // Its own entry the left tab sends once more: that the disk has lost it does not say that the server has it.
    await left.refresh()
    expect(left.entriesOf(opportunity)).toHaveLength(1)
    // What is another tab's and gone was acknowledged there.
    await right.append(contact, bytes, []).saved
    await left.refresh()
    const [theirs] = left.entriesOf(contact)
    await right.remove([theirs?.id ?? ''])
    await left.refresh()
    expect(left.entriesOf(contact)).toEqual([])
  })

  it('[TAB-1] a database that the browser has emptied does not make unsent work look sent', async () => {
    const outbox = openTab('a')
    await outbox.append(opportunity, bytes, []).saved
    const store = opened.at(-1)?.store
    await store?.write(['outbox'], (transaction) => transaction.objectStore('outbox').clear())
    await outbox.refresh()
    expect(outbox.entriesOf(opportunity)).toHaveLength(1)
  })

  it('[TAB-2] ids of two tabs never meet, and a removal touches only its own', async () => {
    const [left, right] = [openTab('left'), openTab('right')]
    const ids = [left, right].map((tab) => tab.append(opportunity, bytes, []))
    await Promise.all(ids.map(({ saved }) => saved))
    await left.remove([ids[0]?.entry.id ?? ''])
    const restarted = openTab('third')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity).map(({ id }) => id)).toEqual([ids[1]?.entry.id])
  })

  it('[TAB-1] a refresh never forgets an entry that is being written', async () => {
    const outbox = openTab('a')
    const { entry } = outbox.append(opportunity, bytes, [])
    const [, later] = await Promise.all([
      outbox.refresh(),
      turns(1).then(() => outbox.append(opportunity, bytes, []).entry),
    ])
    await outbox.settled()
    expect(outbox.entriesOf(opportunity).map(({ id }) => id)).toEqual([entry.id, later.id])
  })

  it('[OUT-4] entries of a refused edit stay on the disk until its draft is there', async () => {
    const outbox = openTab('a')
    const { entry, saved } = outbox.append(opportunity, bytes, ['fields.name'])
    await saved
    const draft = async (transaction: DeviceTransaction): Promise<void> => {
      await transaction.objectStore('metadata').put(true, 'draft')
    }
    failWrites('QuotaExceededError')
    await expect(outbox.remove([entry.id], draft)).rejects.toMatchObject({ code: 'storage/quota' })
    vi.restoreAllMocks()
    expect(outbox.entriesOf(opportunity)).toEqual([])
    await outbox.append(contact, bytes, []).saved
    await outbox.settled()
    expect(await outbox.refresh()).toEqual([])
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity)).toMatchObject([{ id: entry.id }])
    await restarted.remove([entry.id], draft)
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity)).toEqual([])
  })

  it('[OUT-5] a later edit is not saved without an earlier one that the disk refused', async () => {
    const outbox = openTab('a')
    failWrites('QuotaExceededError')
    expect(await outbox.append(opportunity, bytes, ['fields.name']).saved).toBe('memory')
    await outbox.settled()
    expect(await outbox.append(opportunity, bytes, ['fields.stage']).saved).toBe('memory')
    await outbox.settled()
    vi.restoreAllMocks()
    expect(await outbox.append(opportunity, bytes, ['fields.product']).saved).toBe('disk')
    expect(outbox.memoryOnly).toBe(0)
    const restarted = openTab('b')
    await restarted.refresh()
    expect(restarted.entriesOf(opportunity).map(({ paths }) => paths)).toEqual([
      ['fields.name'],
      ['fields.stage'],
      ['fields.product'],
    ])
  })
})
