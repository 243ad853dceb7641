/**
 * How copies and lines of the list lie on the disk: dozens in one record, found by name. A record costs the browser
 * nearly the same whatever is in it, and writing ten thousand of them was most of what filling a device took. What is
 * stored again, or removed, leaves its pack in the same transaction.
 *
 * What a device of before has stored one by one stays readable where it is until it is stored again.
 */
import type { DocumentName } from '@fulqrun/protocol'
import type {
  CachedEntry,
  DeviceStoreName,
  DeviceTransaction,
  PackRecord,
  SnapshotRecord,
} from './device-store.ts'

interface Packed {
  readonly name: DocumentName
}

interface PacksOptions<Item> {
  readonly packs: 'packs' | 'lists'
  /** Where a device of before has them, by name. */
  readonly singles: 'snapshots' | 'catalogue'
  readonly itemsPerPack: number
  readonly bytesPerPack: number
  readonly bytesOf: (item: Item) => number
}

const packsPerTurn = 8

class Packs<Item extends Packed> {
  /** What a transaction must cover. */
  readonly stores: readonly DeviceStoreName[]
  readonly #options: PacksOptions<Item>

  constructor(options: PacksOptions<Item>) {
    this.#options = options
    this.stores = [options.packs, options.singles]
  }

  /** Those of these records that are here, as they are, in no order. */
  async read(transaction: DeviceTransaction, names: readonly DocumentName[]): Promise<readonly Item[]> {
    const wanted = new Set(names)
    const found = new Map<DocumentName, Item>()
    for (const { pack } of await this.#packsWith(transaction, names)) {
      // In the order in which they were stored: should two tabs have stored a record, the later one is it.
      for (const item of this.#items(pack)) if (wanted.has(item.name)) found.set(item.name, item)
    }
    const missing = names.filter((name) => !found.has(name))
    const singles = this.#singles(transaction)
    for (const item of await Promise.all(missing.map((name) => singles.get(name))))
      if (item !== undefined) found.set(item.name, item)
    return [...found.values()]
  }

  async readOne(transaction: DeviceTransaction, name: DocumentName): Promise<Item | undefined> {
    const [item] = await this.read(transaction, [name])
    return item
  }

  /** A pack names it, and does not hold it: what was stored is damaged. */
  async isLost(transaction: DeviceTransaction, name: DocumentName): Promise<boolean> {
    const packs = await this.#packsWith(transaction, [name])
    return packs.length > 0 && !packs.some(({ pack }) => this.#items(pack).some((item) => item.name === name))
  }

  /** All that can be read, and whether there was something that cannot. */
  async readAll(transaction: DeviceTransaction): Promise<{
    readonly items: readonly Item[]
    readonly isDamaged: boolean
  }> {
    const [singles, packs] = await Promise.all([
      this.#singles(transaction).getAll(),
      this.#packs(transaction).getAll(),
    ])
    const latest = new Map(singles.map((item) => [item.name, item]))
    for (const pack of packs) for (const item of this.#items(pack)) latest.set(item.name, item)
    return { items: [...latest.values()], isDamaged: !packs.every(isWhole) }
  }

  /**
   * Takes out what is damaged, and what was stored again later by a tab that did not know of it; what lies beside it
   * stays. Answers whose there are. All packs are read for it.
   */
  async mend(transaction: DeviceTransaction): Promise<ReadonlySet<DocumentName>> {
    const packs = this.#packs(transaction)
    const seen = new Set<DocumentName>()
    for (const key of (await packs.getAllKeys()).toReversed()) {
      const pack: unknown = await packs.get(key)
      const items = this.#items(pack).filter(({ name }) => !seen.has(name))
      for (const { name } of items) seen.add(name)
      if (isWhole(pack) && items.length === pack.items.length) continue
      await (items.length === 0 ? packs.delete(key) : packs.put(packOf(items), key))
    }
    const singles = this.#singles(transaction)
    for (const name of (await singles.getAllKeys()) as DocumentName[]) {
      if (seen.has(name)) await singles.delete(name)
      seen.add(name)
    }
    return seen
  }

  /** `isHere` tells which of them may be stored already: only those are looked for. */
  async put(
    transaction: DeviceTransaction,
    items: readonly Item[],
    isHere: (name: DocumentName) => boolean,
  ): Promise<void> {
    await this.remove(
      transaction,
      items.flatMap(({ name }) => (isHere(name) ? [name] : [])),
    )
    const packs = this.#packs(transaction)
    const all = this.#pack(items)
    // A few at a time, one transaction all the same: ten thousand items at once would hold up the page.
    for (let at = 0; at < all.length; at += packsPerTurn)
      await Promise.all(all.slice(at, at + packsPerTurn).map((pack) => packs.put(pack)))
  }

  /** What is not here needs no removing. */
  async remove(transaction: DeviceTransaction, names: readonly DocumentName[]): Promise<void> {
    if (names.length === 0) return
    const packs = this.#packs(transaction)
    const singles = this.#singles(transaction)
    const removed = new Set(names)
    const found = await this.#packsWith(transaction, names)
    const hasSingles = (await singles.count()) > 0
    await Promise.all([
      ...(hasSingles ? names.map((name) => singles.delete(name)) : []),
      ...found.map(async ({ key, pack }) => {
        const items = this.#items(pack).filter(({ name }) => !removed.has(name))
        await (items.length === 0 ? packs.delete(key) : packs.put(packOf(items), key))
      }),
    ])
  }

  /** How many there are, without reading them. */
  async count(transaction: DeviceTransaction): Promise<number> {
    const [packed, single] = await Promise.all([
      this.#packs(transaction).index('name').count(),
      this.#singles(transaction).count(),
    ])
    return packed + single
  }

  /**
   * Removes what can be removed without writing anything, for a disk that takes no more: whole packs with `some` in
   * them, if all that is in them may go. Answers what went.
   */
  async removeWhole(
    transaction: DeviceTransaction,
    options: {
      readonly some: readonly DocumentName[]
      mayGo(name: DocumentName): boolean
      isEnough(gone: readonly DocumentName[]): boolean
    },
  ): Promise<readonly DocumentName[]> {
    const gone: DocumentName[] = []
    for (const { key, pack } of await this.#packsWith(transaction, options.some)) {
      if (options.isEnough(gone)) break
      if (!pack.names.every((name) => options.mayGo(name))) continue
      await this.#packs(transaction).delete(key)
      gone.push(...pack.names)
    }
    return gone
  }

  /** In the order in which they were stored. */
  async #packsWith(
    transaction: DeviceTransaction,
    names: readonly DocumentName[],
  ): Promise<readonly { readonly key: number; readonly pack: PackRecord }[]> {
    const packs = this.#packs(transaction)
    const index = packs.index('name')
    const keys = (await Promise.all(names.map((name) => index.getAllKeys(name)))).flat()
    const found = await Promise.all(
      [...new Set(keys)].toSorted((a, b) => a - b).map(async (key) => ({ key, pack: await packs.get(key) })),
    )
    return found.flatMap(({ key, pack }) => (pack === undefined ? [] : [{ key, pack }]))
  }

  #items(pack: unknown): readonly Item[] {
    return itemsOf(pack) as readonly Item[]
  }

  /** The types of both kinds of store are the same but for what lies in them. */
  #packs(transaction: DeviceTransaction) {
    return transaction.objectStore(this.#options.packs as 'packs')
  }

  #singles(transaction: DeviceTransaction) {
    const store = transaction.objectStore(this.#options.singles as 'snapshots')
    return {
      get: async (name: DocumentName) => (await store.get(name)) as Item | undefined,
      getAll: async () => (await store.getAll()) as unknown as Item[],
      getAllKeys: () => store.getAllKeys(),
      delete: (name: DocumentName) => store.delete(name),
      count: () => store.count(),
    }
  }

  #pack(items: readonly Item[]): readonly PackRecord[] {
    const { itemsPerPack, bytesPerPack, bytesOf } = this.#options
    const packs: PackRecord[] = []
    let open: Item[] = []
    let bytes = 0
    for (const item of items) {
      const isFull = open.length === itemsPerPack || bytes + bytesOf(item) > bytesPerPack
      if (isFull && open.length > 0) {
        packs.push(packOf(open))
        open = []
        bytes = 0
      }
      open.push(item)
      bytes += bytesOf(item)
    }
    return open.length === 0 ? packs : [...packs, packOf(open)]
  }
}

/** Copies of records. To open one, all of its pack are read: no more than a moment's work. */
export const copies = new Packs<SnapshotRecord>({
  packs: 'packs',
  singles: 'snapshots',
  itemsPerPack: 32,
  bytesPerPack: 64 * 1024,
  bytesOf: ({ update }) => update.byteLength,
})

/** Lines of the list. */
export const lines = new Packs<CachedEntry>({
  packs: 'lists',
  singles: 'catalogue',
  itemsPerPack: 64,
  bytesPerPack: Infinity,
  bytesOf: () => 0,
})

function packOf(items: readonly Packed[]): PackRecord {
  return { names: items.map(({ name }) => name), items }
}

/** What of a pack can be read: one item that is damaged does not take those beside it. */
function itemsOf(pack: unknown): readonly Packed[] {
  if (typeof pack !== 'object' || pack === null || !('items' in pack) || !Array.isArray(pack.items)) return []
  return (pack.items as unknown[]).filter(
    (item): item is Packed =>
      typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string',
  )
}

function isWhole(pack: unknown): pack is PackRecord {
  if (typeof pack !== 'object' || pack === null || !('names' in pack) || !Array.isArray(pack.names))
    return false
  const items = itemsOf(pack)
  const names: readonly unknown[] = pack.names
  return items.length === names.length && items.every(({ name }, at) => names[at] === name)
}
