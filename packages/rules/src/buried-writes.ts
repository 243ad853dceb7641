import * as Y from 'yjs'
import type { DecodedUpdate } from './decoded-update.ts'
import { type NotedFields, notedFields } from './given-way.ts'
import type { TakenAway } from './taken-away.ts'
import { isNewIn } from './transaction-reader.ts'

/**
 * What was written below something that somebody else has removed meanwhile: a field of an activity that is gone, words
 * in a paragraph that is gone. Yjs takes such a write and drops its content in the same breath, in the document and in
 * the update that it hands on, so it can be read from the bytes that came in and from nowhere else.
 */
export interface BuriedWrites {
  /**
   * Values with their paths: that of the field whose place it was, or under which the same change noted the time of the
   * edit; undefined where nothing says it any more.
   */
  readonly values: readonly BuriedValue[]
  /** Words, a line per place. */
  readonly text: string
}

export interface BuriedValue {
  readonly path: string | undefined
  readonly value: unknown
  /** Its item, where that is how the path was found: the next one in its place says no more than this one. */
  readonly item: Y.ID | undefined
}

type AnyType = Y.AbstractType<unknown>

/** Name of a root. */
type NameOf = (root: AnyType) => string | undefined

const nothing: BuriedWrites = { values: [], text: '' }

/** A command notes the time of an edit right behind it. */
const stampWithin = 4

/**
 * Call while the transaction that applied the update is open.
 *
 * @param takenAway what the update takes away itself
 */
export function findBuriedWrites(
  transaction: Y.Transaction,
  { structs }: DecodedUpdate,
  { takenAway, nameOf }: { readonly takenAway: TakenAway; readonly nameOf: NameOf },
): BuriedWrites {
  if (!buriedSomething(transaction)) return nothing
  const values: BuriedValue[] = []
  const lines: string[] = []
  const places = new Places(transaction, structs, nameOf)
  let end: Y.ID | undefined
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || !isNewIn(transaction, struct.id)) continue
    if (takenAway.includes(struct.id) || !isBuried(integrated(transaction, struct.id))) continue
    const { content, id } = struct
    if (content instanceof Y.ContentAny) {
      const place = places.of(struct)
      if (place !== 'whole') values.push({ ...place, value: content.arr.at(-1) })
    } else if (content instanceof Y.ContentString) {
      const goesOn = end?.client === id.client && end.clock === id.clock
      lines.push((goesOn ? (lines.pop() ?? '') : '') + content.str)
      end = Y.createID(id.client, id.clock + struct.length)
    }
  }
  return { values, text: lines.join('\n') }
}

/** Looks at new content only, from the newest back: nothing is decoded for the many changes that bury nothing. */
function buriedSomething({ doc, beforeState }: Y.Transaction): boolean {
  for (const [client, structs] of doc.store.clients) {
    const from = beforeState.get(client) ?? 0
    for (let index = structs.length - 1; index >= 0; index--) {
      const struct = structs[index]
      if (struct === undefined || struct.id.clock < from) break
      if (isBuried(struct)) return true
    }
  }
  return false
}

/** Collected on arrival, or deleted with the type that holds it. */
function isBuried(struct: Y.Item | Y.GC | Y.Skip | undefined): boolean {
  if (struct instanceof Y.GC) return true
  if (!(struct instanceof Y.Item) || !struct.deleted) return false
  const parent = struct.parent as AnyType | null
  return parent?._item?.deleted === true
}

function integrated({ doc }: Y.Transaction, { client, clock }: Y.ID): Y.Item | Y.GC | Y.Skip | undefined {
  const structs = doc.store.clients.get(client)
  return structs?.[Y.findIndexSS(structs, clock)]
}

function stampBehind(transaction: Y.Transaction, { client, clock }: Y.ID): string | undefined {
  const { doc } = transaction
  const structs = doc.store.clients.get(client) ?? []
  const edited: unknown = doc.getMap('edited')
  const index = Y.findIndexSS(structs, clock)
  for (const struct of structs.slice(index + 1, index + 1 + stampWithin)) {
    if (!(struct instanceof Y.Item) || isOfDecision(struct)) continue
    if (struct.parent === edited) return struct.parentSub ?? undefined
    // Another value is in its place: the time behind it is of that.
    if (!isBuried(struct)) return undefined
  }
  return undefined
}

/** Finds out where the values of an update were written whose place is gone. */
class Places {
  readonly #transaction: Y.Transaction
  readonly #nameOf: NameOf
  /** Items of the update by their last id: that is what the next value of a key names as its origin. */
  readonly #items: ReadonlyMap<string, Y.Item>
  #noted: NotedFields | undefined

  constructor(transaction: Y.Transaction, structs: DecodedUpdate['structs'], nameOf: NameOf) {
    this.#transaction = transaction
    this.#nameOf = nameOf
    this.#items = new Map(
      structs.flatMap((struct) => (struct instanceof Y.Item ? [[idText(struct.lastId), struct]] : [])),
    )
  }

  /** `whole` when it came as a part of something new, which is judged and told as a whole. */
  of(item: Y.Item): Pick<BuriedValue, 'path' | 'item'> | 'whole' {
    const first = this.#first(item)
    const parent: unknown = first.parent
    if (parent instanceof Y.ID && isNewIn(this.#transaction, parent)) return 'whole'
    const field = this.#fieldOf(first)
    if (field !== undefined) return { path: field, item: item.lastId }
    return { path: stampBehind(this.#transaction, item.id), item: undefined }
  }

  /** The first value that the update writes to the key of this one. */
  #first(item: Y.Item): Y.Item {
    let first = item
    for (let before: Y.Item | undefined = first; before !== undefined; before = this.#before(first))
      first = before
    return first
  }

  #before({ origin, rightOrigin }: Y.Item): Y.Item | undefined {
    const id = origin ?? rightOrigin
    return id === null ? undefined : this.#items.get(idText(id))
  }

  /** Also what says nothing of times was written below the item of an entry, or in place of a field's item. */
  #fieldOf({ parent, parentSub, origin, rightOrigin }: Y.Item): string | undefined {
    const replaced = origin ?? rightOrigin
    if (replaced !== null) {
      this.#noted ??= notedFields(this.#transaction.doc.getMap('edited'))
      return this.#noted.of(replaced)
    }
    const parentId: unknown = parent
    if (!(parentId instanceof Y.ID) || parentSub === null) return undefined
    const entry = integrated(this.#transaction, parentId)
    if (!(entry instanceof Y.Item) || entry.parentSub === null) return undefined
    const root = this.#nameOf(entry.parent as AnyType)
    return root === undefined ? undefined : `${root}.${entry.parentSub}.${parentSub}`
  }
}

function idText({ client, clock }: Y.ID): string {
  return `${client}-${clock}`
}

/** A decision and its time stand between a value that it puts in place and the time of that. */
function isOfDecision({ parent, parentSub }: Y.Item): boolean {
  const { doc } = parent as AnyType
  return parentSub?.startsWith('decisions.') === true || parent === doc?.getMap('decisions')
}
