import * as fc from 'fast-check'
import { IDBFactory } from 'fake-indexeddb'
import { crc32, type DocumentName } from '@fulqrun/protocol'
import { describe, expect, it } from 'vitest'
import { type CachedEntry, DeviceStore, type SnapshotRecord } from './device-store.ts'
import { forgetCopies, Holdings, holdingStores, note } from './holdings.ts'
import { copies, lines } from './packs.ts'
import { readStoredSnapshot } from './read-snapshot.ts'
import { listed, recordName } from './test-territory.ts'

function openStore(indexedDB = new IDBFactory()): DeviceStore {
  return new DeviceStore({
    ports: { indexedDB, startTimer: () => () => undefined },
    userId: 'user-1',
    onErased: () => undefined,
  })
}

function copyOf(index: number, head = 1, bytes = 20): SnapshotRecord {
  const update = new Uint8Array(bytes).fill(head)
  return { name: recordName(index), head, update, checksum: crc32(update), at: head, usedAt: 0 }
}

async function put(
  store: DeviceStore,
  some: readonly SnapshotRecord[],
  isHere: (name: DocumentName) => boolean = () => false,
): Promise<void> {
  await store.writeRelaxed([...holdingStores], async (transaction) => {
    await copies.put(transaction, some, isHere)
    await note(
      transaction,
      some.map(({ name, head, update, at, usedAt }) => ({ name, head, bytes: update.length, at, usedAt })),
    )
  })
}

function forget(store: DeviceStore, names: readonly DocumentName[]): Promise<void> {
  return store.writeRelaxed([...holdingStores], (transaction) => forgetCopies(transaction, names))
}

function read(store: DeviceStore, names: readonly DocumentName[]): Promise<readonly SnapshotRecord[]> {
  return store.read([...copies.stores], (transaction) => copies.read(transaction, names))
}

/** As a device of before has them: one record each, and no log of what was removed. */
function putSingly(store: DeviceStore, some: readonly SnapshotRecord[]): Promise<unknown> {
  return store.write(['snapshots'], (transaction) =>
    Promise.all(some.map((copy) => transaction.objectStore('snapshots').put(copy))),
  )
}

const indexes = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const headsOf = (some: readonly SnapshotRecord[]): Record<string, number> =>
  Object.fromEntries(some.map(({ name, head }) => [name, head]))

describe('copies in packs', () => {
  it('[REP-13] whatever is stored, stored again and removed, each copy is there once, as it was last stored', async () => {
    const some = fc.uniqueArray(fc.nat(80), { maxLength: 60 })
    const step = fc.oneof(
      fc.record({
        type: fc.constant('put' as const),
        which: some,
        bytes: fc.constantFrom(20, 5_000, 70_000),
      }),
      fc.record({ type: fc.constant('remove' as const), which: some }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const store = openStore()
        const expected = new Map<DocumentName, number>()
        for (const [index, each] of steps.entries()) {
          const names = each.which.map(recordName)
          if (each.type === 'put') {
            const fresh = each.which.map((which) => copyOf(which, index + 1, each.bytes))
            await put(store, fresh, (name) => expected.has(name))
            for (const name of names) expected.set(name, index + 1)
          } else {
            await forget(store, names)
            for (const name of names) expected.delete(name)
          }
        }
        const all = indexes(81).map(recordName)
        expect(headsOf(await read(store, all))).toEqual(Object.fromEntries(expected))
        const counted = await store.read([...copies.stores], (transaction) => copies.count(transaction))
        expect(counted).toBe(expected.size)
        const holdings = new Holdings()
        await holdings.load(store)
        expect(holdings.names()).toEqual(new Set(expected.keys()))
        for (const [name, head] of expected) expect(holdings.get(name)?.head).toBe(head)
        await store.close()
      }),
      { numRuns: 40 },
    )
  })

  it('[REP-13] thousands of them are few records, and one that is large is alone', async () => {
    const store = openStore()
    await put(store, [...indexes(320).map((index) => copyOf(index)), copyOf(320, 1, 100_000), copyOf(321)])
    const packs = await store.readAll('packs')
    expect(packs.map(({ names }) => names.length)).toEqual([...Array.from({ length: 10 }, () => 32), 1, 1])
  })

  it('[REP-13] what two tabs have stored, not knowing of each other, is there as it was stored last', async () => {
    const store = openStore()
    await put(
      store,
      indexes(40).map((index) => copyOf(index, 1)),
    )
    await put(store, [copyOf(7, 2)])
    expect(headsOf(await read(store, [recordName(7)]))).toEqual({ [recordName(7)]: 2 })
    const holdings = new Holdings()
    await holdings.load(store)
    expect(holdings.size).toBe(40)
    expect(holdings.get(recordName(7))?.head).toBe(2)
    await forget(store, [recordName(7)])
    expect(await read(store, [recordName(7)])).toEqual([])
  })

  it('[REP-1] [REP-13] copies that a device of before has stored one by one are known, read, replaced and removed', async () => {
    const store = openStore()
    await putSingly(
      store,
      indexes(4).map((index) => copyOf(index, 1)),
    )
    const holdings = new Holdings()
    await holdings.load(store)
    expect(holdings.names()).toEqual(new Set(indexes(4).map(recordName)))
    await put(store, [copyOf(1, 2)], () => true)
    await forget(store, [recordName(2)])
    expect(headsOf(await read(store, indexes(4).map(recordName)))).toEqual({
      [recordName(0)]: 1,
      [recordName(1)]: 2,
      [recordName(3)]: 1,
    })
    expect((await store.readAll('snapshots')).map(({ name }) => name)).toEqual([recordName(0), recordName(3)])
  })

  it('[REP-2] a log that tells another number than there is is written anew, and keeps what it knew', async () => {
    const store = openStore()
    await put(
      store,
      indexes(3).map((index) => copyOf(index, 5)),
    )
    await store.write(['holdings'], async (transaction) => {
      await transaction.objectStore('holdings').clear()
      await note(transaction, [{ name: recordName(1), head: 5, bytes: 20, at: 5, usedAt: 9 }])
    })
    const holdings = new Holdings()
    await holdings.load(store)
    expect([...holdings.all()].map(({ name, head, usedAt }) => ({ name, head, usedAt }))).toEqual([
      { name: recordName(0), head: 0, usedAt: 0 },
      { name: recordName(1), head: 5, usedAt: 9 },
      { name: recordName(2), head: 0, usedAt: 0 },
    ])
    const names = await store.write([...copies.stores], (transaction) => copies.mend(transaction))
    expect(holdings.names()).toEqual(names)
    await holdings.load(store)
    expect(holdings.size).toBe(3)
  })
})

describe('copies that are damaged, or there twice', () => {
  it('[REP-16] a damaged item of a pack takes nothing with it, and is known to be lost', async () => {
    const store = openStore()
    await put(
      store,
      indexes(4).map((index) => copyOf(index)),
    )
    await store.write(['packs'], async (transaction) => {
      const packs = transaction.objectStore('packs')
      const [key] = await packs.getAllKeys()
      const [pack] = await packs.getAll()
      if (key === undefined || pack === undefined) throw new Error('no pack')
      const items: readonly unknown[] = pack.items.map((item, at) => (at === 1 ? null : item))
      await packs.put({ ...pack, items: items as typeof pack.items }, key)
    })
    expect(Object.keys(headsOf(await read(store, indexes(4).map(recordName))))).toHaveLength(3)
    expect(await readStoredSnapshot(store, recordName(1), 9)).toEqual({ isDamaged: true })
    const holdings = new Holdings()
    await holdings.load(store)
    expect(holdings.names()).toEqual(new Set([0, 2, 3].map(recordName)))
  })

  it('[REP-16] what is no pack is taken out, and what is there twice is once, as it was stored last', async () => {
    const store = openStore()
    await put(
      store,
      indexes(3).map((index) => copyOf(index, 1)),
    )
    await put(store, [copyOf(1, 2)])
    await store.write(['packs'], (transaction) => transaction.objectStore('packs').put('no pack' as never))
    await new Holdings().load(store)
    expect(headsOf(await read(store, indexes(3).map(recordName)))).toEqual({
      [recordName(0)]: 1,
      [recordName(1)]: 2,
      [recordName(2)]: 1,
    })
    const packs = await store.readAll('packs')
    expect(packs.map(({ names }) => names)).toEqual([[recordName(0), recordName(2)], [recordName(1)]])
  })
})

describe('lines of the list in packs', () => {
  const readAll = (store: DeviceStore): Promise<readonly CachedEntry[]> =>
    store.read([...lines.stores], async (transaction) => (await lines.readAll(transaction)).items)
  const heads = (rows: readonly CachedEntry[]): Record<string, number> =>
    Object.fromEntries(rows.map(({ title, head }) => [title, head]))

  it('[REP-13] all of them are read at once, each as it was last written', async () => {
    const store = openStore()
    await store.writeRelaxed([...lines.stores], async (transaction) => {
      await lines.put(
        transaction,
        indexes(200).map((index) => listed(index)),
        () => false,
      )
      await lines.put(transaction, [listed(7, 2)], () => true)
      await lines.remove(transaction, [recordName(8)])
    })
    const rows = heads(await readAll(store))
    expect(Object.keys(rows)).toHaveLength(199)
    expect(rows).toMatchObject({ 'Record 7': 2, 'Record 9': 1 })
    expect((await store.readAll('lists')).length).toBeLessThan(6)
  })

  it('[REP-1] [REP-13] rows that a device of before has stored one by one are read, replaced and removed', async () => {
    const store = openStore()
    await store.write(['catalogue'], (transaction) =>
      Promise.all([1, 2, 3].map((index) => transaction.objectStore('catalogue').put(listed(index)))),
    )
    expect(heads(await readAll(store))).toEqual({ 'Record 1': 1, 'Record 2': 1, 'Record 3': 1 })
    await store.writeRelaxed([...lines.stores], async (transaction) => {
      await lines.put(transaction, [listed(2, 7)], () => true)
      await lines.remove(transaction, [recordName(3)])
    })
    expect(heads(await readAll(store))).toEqual({ 'Record 1': 1, 'Record 2': 7 })
    expect((await store.readAll('catalogue')).map(({ title }) => title)).toEqual(['Record 1'])
  })
})
