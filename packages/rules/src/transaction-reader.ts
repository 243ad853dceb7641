import * as Y from 'yjs'

/**
 * Reads what a Yjs transaction did, while it is still open.
 *
 * Changes are read from the transaction and never from the bytes of an update: an update that overwrites or deletes
 * carries no field name (SYNC E23). Everything here is proportional to the size of the change, never to the size or
 * the history of the document, with one exception that Yjs itself has per transaction: the number of clients.
 *
 * Facts are collected before anything is put back, because putting back adds to the same transaction.
 */

type AnyType = Y.AbstractType<unknown>

/** One key of a map type that a transaction wrote or deleted. */
export interface KeyChange {
  readonly type: AnyType
  readonly key: string
  /** Plain value before the transaction; `undefined` when there was none. */
  readonly before: unknown
  /** What stands there now: a plain value, a shared type, or `undefined`. */
  readonly after: unknown
  /**
   * Values written in this transaction that do not stand: overwritten within it, or lost to a value written
   * concurrently by somebody else. Nothing typed is dropped, so they are reported. The newest come first.
   */
  readonly overruled: readonly unknown[]
  /** The entry that was current before, live or deleted; `undefined` when the key had never been written. */
  readonly previous: Y.ID | undefined
  /**
   * What was written, without what its own authors replaced again: more than one when several wrote apart, or one device
   * before and after a restart. Those that build on the newest come first.
   */
  readonly writes: readonly KeyWrite[]
}

/** A value that was written to a key, and what its author had seen there. */
export interface KeyWrite {
  /** Of the item; of the entry that was deleted when there is none. */
  readonly id: Y.ID
  /** `undefined` when the key was cleared. */
  readonly value: unknown
  /**
   * It has made way for another entry, here or on its author's device already, and its value did not come along: it is
   * not known any more.
   */
  readonly isGone: boolean
  /**
   * Whether its author had seen the entry that was current before: their chain of origins reaches it. Exact, whatever
   * the clocks say. See standing.ts for what else they may have seen.
   */
  readonly knew: boolean
  /** The entry from before the transaction on which it builds, if any. */
  readonly base: Y.ID | undefined
}

/** Text that a transaction inserted below and deleted from one root. */
export interface TextChange {
  readonly inserted: string
  readonly deleted: string
  /** Elements, marks and embeds that were added or removed: a change without a letter. */
  readonly structural: boolean
}

/** Text by the type that holds it: each block of rich text is one. */
interface TextPieces {
  readonly inserted: Map<AnyType, string>
  readonly deleted: Map<AnyType, string>
  structural: boolean
}

/** Blocks become lines. New items are visited from the newest back, so what was written first comes last. */
function joinPieces({ inserted, deleted, structural }: TextPieces): TextChange {
  return {
    inserted: [...inserted.values()].toReversed().join('\n'),
    deleted: [...deleted.values()].join('\n'),
    structural,
  }
}

export interface TransactionFacts {
  readonly keys: readonly KeyChange[]
  /** By root type. */
  readonly text: ReadonlyMap<AnyType, TextChange>
  /** New list items by their parent type: content of texts and fragments, or of a root that should have none. */
  readonly listItems: ReadonlyMap<AnyType, readonly Y.Item[]>
  /** The root type above (or equal to) a type. A hostile update nests thousands deep, so each way is walked once. */
  readonly rootOf: (type: AnyType) => AnyType
}

/** Entries of a key that are looked at to tell which of several writes builds on the newest. */
const maxAge = 50

/** Stands for a key that is there but holds `undefined`, which no command writes: present, and never a valid value. */
const undefinedValue = Symbol('undefined')

/** Number of shared types from a type up to its root; 0 for a root. */
export function depthOf(type: AnyType): number {
  let depth = 0
  for (let current = type; current._item !== null; current = current._item.parent as AnyType) depth++
  return depth
}

function rememberedRoot(type: AnyType, known: Map<AnyType, AnyType>): AnyType {
  const path: AnyType[] = []
  let current = type
  let root = known.get(current)
  while (root === undefined) {
    path.push(current)
    if (current._item === null) root = current
    else {
      current = current._item.parent as AnyType
      root = known.get(current)
    }
  }
  for (const step of path) known.set(step, root)
  return root
}

function plain(content: Y.Item['content']): unknown {
  const values = content.getContent() as unknown[]
  const value = values[values.length - 1]
  return value === undefined ? undefinedValue : value
}

export function sameId(one: Y.ID | null | undefined, other: Y.ID | null | undefined): boolean {
  return one?.client === other?.client && one?.clock === other?.clock
}

function holds({ id, length }: Y.Item, at: Y.ID | undefined): boolean {
  return at?.client === id.client && at.clock >= id.clock && at.clock < id.clock + length
}

/** Whether an item came with a transaction. */
export function isNewIn({ beforeState }: Y.Transaction, { client, clock }: Y.ID): boolean {
  return clock >= (beforeState.get(client) ?? 0)
}

/** What a transaction added and deleted, asked item by item. */
class TransactionReader {
  readonly #transaction: Y.Transaction
  readonly #deleted: ReturnType<typeof Y.mergeDeleteSets>

  constructor(transaction: Y.Transaction) {
    this.#transaction = transaction
    // The set of an open transaction is unsorted; merging one set sorts a copy of it.
    this.#deleted = Y.mergeDeleteSets([transaction.deleteSet])
  }

  isNew(item: Y.Item): boolean {
    return isNewIn(this.#transaction, item.id)
  }

  wasLive(item: Y.Item): boolean {
    return !this.isNew(item) && (!item.deleted || Y.isDeleted(this.#deleted, item.id))
  }

  /** The value of a key before the transaction. Deleted content is still readable until the transaction ends. */
  before(type: AnyType, key: string): unknown {
    const item = this.#previous(type, key)
    return item !== undefined && this.wasLive(item) ? this.plainBefore(plain(item.content)) : undefined
  }

  /** The entry of a key that was current before the transaction: of all entries from before it is the last. */
  #previous(type: AnyType, key: string): Y.Item | undefined {
    let item = type._map.get(key) ?? null
    while (item !== null && this.isNew(item)) item = item.left
    return item ?? undefined
  }

  /**
   * What a transaction wrote to a key. `items` are the new entries of the key.
   *
   * The entries of a key are a list in which an entry stands right of everything that its author had seen. So a chain
   * of origins is followed through new entries only: the first one from before is the current one, or its author had
   * not seen the current one. The cost does not depend on how often the key was written before.
   */
  writes(type: AnyType, key: string, items: readonly Y.Item[]): Pick<KeyChange, 'previous' | 'writes'> {
    const current = this.#previous(type, key)
    const previous = current?.lastId
    const [only] = items
    if (only === undefined) {
      const cleared = current !== undefined && current.deleted && this.wasLive(current)
      return {
        previous,
        writes:
          cleared && previous !== undefined
            ? [{ id: previous, value: undefined, isGone: false, knew: true, base: previous }]
            : [],
      }
    }
    const replaced = new Set<Y.Item>()
    const bases = new Map<Y.Item, Y.ID | null>()
    for (const item of items) {
      const way: Y.Item[] = []
      let step: Y.Item = item
      let base = bases.get(step)
      while (base === undefined) {
        way.push(step)
        const before = this.#newItemAt(step.origin)
        if (before === undefined) base = step.origin
        else {
          replaced.add(before)
          step = before
          base = bases.get(step)
        }
      }
      for (const passed of way) bases.set(passed, base)
    }
    const head = type._map.get(key)
    const lastOf = new Map<number, number>()
    for (const { id } of items) lastOf.set(id.client, Math.max(id.clock, lastOf.get(id.client) ?? -1))
    const writes = items
      // What a device wrote later replaces what it wrote before, also where somebody else's entry stood in between.
      .filter((item) => !replaced.has(item) && lastOf.get(item.id.client) === item.id.clock)
      .map((item): KeyWrite => {
        const base = bases.get(item) ?? undefined
        return {
          id: item.lastId,
          ...this.#written(item, item === head),
          knew: sameId(base, previous),
          base,
        }
      })
    if (writes.length > 1) {
      const age = this.#ageOfBases(current, writes)
      // Deterministic, whatever the order in which the clients come: what builds on the newest comes first.
      writes.sort((a, b) => age(a) - age(b) || a.id.client - b.id.client)
    }
    return { previous, writes }
  }

  /** How many entries from before stand right of the one that a write builds on: its author had not seen those. */
  #ageOfBases(current: Y.Item | undefined, writes: readonly KeyWrite[]): (write: KeyWrite) => number {
    const ages = new Map<KeyWrite, number>()
    let item: Y.Item | null = current ?? null
    for (let age = 0; item !== null && age < maxAge && ages.size < writes.length; item = item.left) {
      if (this.isNew(item)) continue
      for (const write of writes) if (holds(item, write.base)) ages.set(write, age)
      age++
    }
    return (write) => ages.get(write) ?? maxAge
  }

  #newItemAt(id: Y.ID | null): Y.Item | undefined {
    if (id === null || !isNewIn(this.#transaction, id)) return undefined
    const structs = this.#transaction.doc.store.clients.get(id.client)
    const struct = structs?.[Y.findIndexSS(structs, id.clock)]
    return struct instanceof Y.Item ? struct : undefined
  }

  /**
   * The value of a new entry. The last entry of a key is deleted by whoever clears the key, any other one by being
   * followed by the next.
   */
  #written(item: Y.Item, isHead: boolean): { readonly value: unknown; readonly isGone: boolean } {
    if (isHead && item.deleted) return { value: undefined, isGone: false }
    if (item.content instanceof Y.ContentDeleted) return { value: undefined, isGone: true }
    return { value: plain(item.content), isGone: false }
  }

  /** A shared type as the plain object it was before the transaction; other values as they are. */
  plainBefore(value: unknown): unknown {
    if (value instanceof Y.Map) {
      const type = value as AnyType
      const entries = [...type._map.keys()].map((key) => [key, this.before(type, key)] as const)
      return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined))
    }
    return value instanceof Y.AbstractType ? null : value
  }

  eachNewItem(visit: (item: Y.Item) => void): void {
    const { doc, beforeState } = this.#transaction
    for (const [client, structs] of doc.store.clients) {
      const from = beforeState.get(client) ?? 0
      const last = structs[structs.length - 1]
      if (last === undefined || last.id.clock + last.length <= from) continue
      for (let index = structs.length - 1; index >= 0; index--) {
        const struct = structs[index]
        if (struct === undefined || struct.id.clock < from) break
        if (struct instanceof Y.Item) visit(struct)
      }
    }
  }

  eachDeletedItem(visit: (item: Y.Item) => void): void {
    const { store } = this.#transaction.doc
    for (const [client, ranges] of this.#deleted.clients) {
      const structs = store.clients.get(client)
      if (structs === undefined) continue
      for (const range of ranges) {
        for (let clock = range.clock; clock < range.clock + range.len;) {
          const struct = structs[Y.findIndexSS(structs, clock)]
          if (struct === undefined) break
          if (struct instanceof Y.Item && !this.isNew(struct)) visit(struct)
          clock = struct.id.clock + struct.length
        }
      }
    }
  }
}

/**
 * Collects what an open transaction did to a document.
 *
 * @param isText whether text below a root is to be reported (roots that hold text)
 */
export function readTransaction(
  transaction: Y.Transaction,
  isText: (root: AnyType) => boolean,
): TransactionFacts {
  const reader = new TransactionReader(transaction)
  const written = new Map<AnyType, Map<string, Y.Item[]>>()
  const listItems = new Map<AnyType, Y.Item[]>()
  const text = new Map<AnyType, TextPieces>()

  const roots = new Map<AnyType, AnyType>()
  const rootOf = (type: AnyType) => rememberedRoot(type, roots)
  const textOf = (type: AnyType): TextPieces | undefined => {
    const root = rootOf(type)
    if (!isText(root)) return undefined
    let change = text.get(root)
    if (change === undefined)
      text.set(root, (change = { inserted: new Map(), deleted: new Map(), structural: false }))
    return change
  }

  reader.eachNewItem((item) => {
    const parent = item.parent as AnyType
    if (item.parentSub !== null) {
      let keys = written.get(parent)
      if (keys === undefined) written.set(parent, (keys = new Map()))
      const items = keys.get(item.parentSub)
      if (items === undefined) keys.set(item.parentSub, [item])
      else items.push(item)
      const change = textOf(parent)
      if (change !== undefined) change.structural = true
      return
    }
    const siblings = listItems.get(parent)
    if (siblings === undefined) listItems.set(parent, [item])
    else siblings.push(item)
    const change = textOf(parent)
    if (change === undefined) return
    // Items are visited from the newest back, so earlier text goes in front.
    if (!(item.content instanceof Y.ContentString)) change.structural = true
    else if (!item.deleted)
      change.inserted.set(parent, item.content.str + (change.inserted.get(parent) ?? ''))
  })
  reader.eachDeletedItem((item) => {
    const change = textOf(item.parent as AnyType)
    if (change === undefined) return
    if (item.content instanceof Y.ContentString) {
      const parent = item.parent as AnyType
      change.deleted.set(parent, (change.deleted.get(parent) ?? '') + item.content.str)
    } else change.structural = true
  })

  const keys: KeyChange[] = []
  for (const [type, changedKeys] of transaction.changed as unknown as ReadonlyMap<
    AnyType,
    ReadonlySet<string | null>
  >) {
    for (const key of changedKeys) {
      if (key === null) continue
      const head = type._map.get(key)
      const after = head === undefined || head.deleted ? undefined : plain(head.content)
      const items = written.get(type)?.get(key) ?? []
      keys.push({
        type,
        key,
        before: reader.before(type, key),
        after,
        overruled: items
          .filter(({ content }) => content instanceof Y.ContentAny || content instanceof Y.ContentType)
          .map(({ content }) => plain(content))
          .filter((value) => value !== after),
        ...reader.writes(type, key, items),
      })
    }
  }
  const texts = new Map([...text].map(([root, pieces]) => [root, joinPieces(pieces)]))
  return { keys, text: texts, listItems, rootOf }
}
