import * as Y from 'yjs'
import type { DecodedUpdate, Struct } from './decoded-update.ts'
import { depthOf } from './transaction-reader.ts'

/**
 * Looks at an update before anything is applied. This is not about what it changes, which bytes do not tell (SYNC
 * E23), but about whether it can be applied at all without harm:
 *
 * - `malformed`: nobody's editor can have written it. Its items stand on themselves, or count further than a device can,
 *   or it brings roots or client ids by the hundred, each of which costs every later edit of the document a little.
 *   (Bytes that are no update at all do not come this far: they cannot be decoded.)
 * - `foreign`: it creates a record that the document already is: another record under the same name, from before a backup
 *   was restored or the record made anew. Merged, both would stand there, every text and entry twice (SYNC A15).
 * - `incomplete`: it builds on something that neither the document nor the update holds. Yjs would keep it aside
 *   inside the document and apply it during somebody else's update, in their name (SYNC E17, 26).
 * - `too-deep`: it nests shared types deeper than any editor; Yjs deletes and collects nested types recursively, and
 *   whoever receives them runs out of stack.
 * - `fit`: everything else.
 *
 * Costs one pass over the structs of the update.
 */
export type Inspection = 'fit' | 'malformed' | 'foreign' | 'incomplete' | 'too-deep'

type AnyType = Y.AbstractType<unknown>

/** Levels of shared types below a root. A list in a list in a quotation is six or so. */
const maxDepth = 50
/** Far above what anybody types, far below where doubles stop counting and two edits would be taken for one. */
const maxClock = 2 ** 40
/** A kind has some forty roots. Those that it does not have are emptied, but Yjs never forgets a name. */
const maxRoots = 500
/** A device writes under a new id each time it opens the document; it comes back from a field trip with dozens. */
const maxNewClients = 1000

export function inspectUpdate(document: Y.Doc, { structs, deletions }: DecodedUpdate): Inspection {
  // Said first: what else is missing of another record does not matter.
  if (createsAnother(document, structs)) return 'foreign'
  if (bringsTooMuch(document, structs)) return 'malformed'
  const known = knownAfter(document, structs)
  if (known === undefined) return 'incomplete'
  const isKnown = (id: Y.ID | null) =>
    id === null || id.clock < (known.get(id.client) ?? Y.getState(document.store, id.client))
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue
    if (standsOnItself(struct)) return 'malformed'
    if (!isKnown(struct.origin) || !isKnown(struct.rightOrigin)) return 'incomplete'
    if (struct.parent instanceof Y.ID && !isKnown(struct.parent)) return 'incomplete'
  }
  for (const [client, ranges] of deletions.clients) {
    const end = known.get(client) ?? Y.getState(document.store, client)
    if (ranges.some((range) => range.clock + range.len > end)) return 'incomplete'
  }
  return nestsTooDeep(document, structs) ? 'too-deep' : 'fit'
}

/**
 * Every record begins with `meta.kind`, written by somebody who had nothing: an item without an origin. When the document
 * has such an item and the update brings another one, they are two records.
 */
function createsAnother(document: Y.Doc, structs: readonly Struct[]): boolean {
  return structs.some(
    (struct) =>
      struct instanceof Y.Item &&
      struct.parentSub === 'kind' &&
      (struct.parent as unknown) === 'meta' &&
      struct.id.clock >= Y.getState(document.store, struct.id.client) &&
      document.getMap('meta').has('kind'),
  )
}

function bringsTooMuch(document: Y.Doc, structs: readonly Struct[]): boolean {
  const roots = new Set<string>()
  const clients = new Set<number>()
  for (const struct of structs) {
    const { client, clock } = struct.id
    if (clock + struct.length > maxClock) return true
    if (!document.store.clients.has(client)) clients.add(client)
    const root = struct instanceof Y.Item ? (struct.parent as unknown) : undefined
    if (typeof root === 'string' && !document.share.has(root)) roots.add(root)
  }
  const isFlooded = roots.size > 0 && document.share.size + roots.size > maxRoots
  return isFlooded || clients.size > maxNewClients
}

/** An author's item can only build on what that author had: never on the item itself or a later one. */
function standsOnItself({ id, origin, rightOrigin, parent }: Y.Item): boolean {
  return (
    notBefore(id, origin) || notBefore(id, rightOrigin) || (parent instanceof Y.ID && notBefore(id, parent))
  )
}

function notBefore(id: Y.ID, base: Y.ID | null): boolean {
  return base !== null && base.client === id.client && base.clock >= id.clock
}

/** Clock per client of the update that is known once it is applied; undefined when it leaves a gap. */
function knownAfter(document: Y.Doc, structs: readonly Struct[]): Map<number, number> | undefined {
  const known = new Map<number, number>()
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue
    const { client, clock } = struct.id
    const end = known.get(client) ?? Y.getState(document.store, client)
    if (clock > end) return undefined
    known.set(client, Math.max(end, clock + struct.length))
  }
  return known
}

function nestsTooDeep(document: Y.Doc, structs: readonly Struct[]): boolean {
  // Most updates hold no shared type.
  if (!structs.some(holdsType)) return false
  const items = structs.filter((struct) => struct instanceof Y.Item)
  const levels = new Levels(document, items)
  return items.some((item) => holdsType(item) && levels.of(item) > maxDepth)
}

function holdsType(struct: Struct): boolean {
  return struct instanceof Y.Item && struct.content instanceof Y.ContentType
}

/** How many shared types stand above an item of an update, itself not counted. Each way up is walked once. */
class Levels {
  readonly #document: Y.Doc
  readonly #byClient = new Map<number, Y.Item[]>()
  readonly #known = new Map<Y.Item, number>()

  constructor(document: Y.Doc, items: readonly Y.Item[]) {
    this.#document = document
    for (const item of items) {
      const list = this.#byClient.get(item.id.client)
      if (list === undefined) this.#byClient.set(item.id.client, [item])
      else list.push(item)
    }
  }

  of(item: Y.Item): number {
    const way: { readonly item: Y.Item; readonly step: number }[] = []
    let current: Y.Item | undefined = item
    let level = 0
    const passed = new Set<Y.Item>()
    while (current !== undefined) {
      const known = this.#known.get(current)
      if (known !== undefined) {
        level = known
        break
      }
      // Items that name each other: there is no root above them, and no end to the way up.
      if (passed.has(current)) {
        level = Infinity
        break
      }
      passed.add(current)
      const parent: Y.Item['parent'] = current.parent
      if (parent instanceof Y.AbstractType) {
        level = depthOf(parent as AnyType)
        break
      }
      const next: Y.ID | null =
        parent instanceof Y.ID ? parent : parent === null ? (current.origin ?? current.rightOrigin) : null
      way.push({ item: current, step: parent instanceof Y.ID ? 1 : 0 })
      current = next === null ? undefined : this.#find(next)
    }
    for (const { item: below, step } of way.toReversed()) {
      level += step
      this.#known.set(below, level)
    }
    return level
  }

  #find({ client, clock }: Y.ID): Y.Item | undefined {
    return (
      within(this.#byClient.get(client), clock) ?? within(this.#document.store.clients.get(client), clock)
    )
  }
}

/** The item that holds a clock, in a list sorted by clock; undefined for collected content. */
function within(structs: readonly (Y.Item | Y.GC | Y.Skip)[] | undefined, clock: number): Y.Item | undefined {
  let low = 0
  let high = (structs?.length ?? 0) - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const struct = structs?.[middle]
    if (struct === undefined) return undefined
    if (clock < struct.id.clock) high = middle - 1
    else if (clock >= struct.id.clock + struct.length) low = middle + 1
    else return struct instanceof Y.Item ? struct : undefined
  }
  return undefined
}
