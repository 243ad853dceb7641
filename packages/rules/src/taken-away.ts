import * as Y from 'yjs'
import type { DecodedUpdate } from './decoded-update.ts'
import { type NotedFields, notedFields } from './given-way.ts'
import type { AnyType } from './judgement.ts'

type Ranges = ReturnType<typeof Y.mergeDeleteSets>

/**
 * What the author of an update took away, which says what they had seen. Sorted once per admission, and only when
 * somebody asks: most updates are judged without.
 */
export class TakenAway {
  readonly #document: Y.Doc
  readonly #update: DecodedUpdate | undefined
  #sorted: Ranges | undefined
  #keys: Keys | undefined

  constructor(document: Y.Doc, update: DecodedUpdate | undefined) {
    this.#document = document
    this.#update = update
  }

  /** Whether the bytes are at hand: of a change without them nothing can be said. */
  get isKnown(): boolean {
    return this.#update !== undefined
  }

  includes(id: Y.ID): boolean {
    if (this.#update === undefined) return false
    this.#sorted ??= Y.mergeDeleteSets([this.#update.deletions])
    return Y.isDeleted(this.#sorted, id)
  }

  includesOneOf(ids: readonly Y.ID[]): boolean {
    return ids.some((id) => this.includes(id))
  }

  /** Whether a value of a key is among it, at its place now or where it was before its entry was put back. */
  hasValueOf({
    type,
    key,
    path,
  }: {
    readonly type: AnyType
    readonly key: string
    readonly path: string
  }): boolean {
    if (this.#update === undefined) return true
    this.#keys ??= readKeys(this.#document, this.#update.deletions)
    return this.#keys.live.get(type)?.has(key) === true || this.#keys.noted.has(path)
  }

  /** Whether something is among it whose place is gone, so that nothing says any more what it was. */
  get hasCollected(): boolean {
    if (this.#update === undefined) return false
    this.#keys ??= readKeys(this.#document, this.#update.deletions)
    return this.#keys.hasCollected
  }
}

interface Keys {
  readonly live: ReadonlyMap<AnyType, ReadonlySet<string>>
  /** Paths of fields whose entry gave way. */
  readonly noted: ReadonlySet<string>
  readonly hasCollected: boolean
}

function readKeys(document: Y.Doc, deletions: DecodedUpdate['deletions']): Keys {
  const live = new Map<AnyType, Set<string>>()
  const noted = new Set<string>()
  let notes: NotedFields | undefined
  let hasCollected = false
  for (const [client, ranges] of deletions.clients) {
    const structs = document.store.clients.get(client) ?? []
    const end = Y.getState(document.store, client)
    for (const { clock: from, len } of ranges) {
      for (let clock = from; clock < Math.min(from + len, end);) {
        const struct = structs[Y.findIndexSS(structs, clock)]
        if (struct === undefined) break
        if (struct instanceof Y.Item) {
          const type = struct.parent as AnyType
          if (struct.parentSub !== null) addTo(live, type, struct.parentSub)
        } else {
          hasCollected = true
          notes ??= notedFields(document.getMap('edited'))
          for (const path of notes.within(
            client,
            clock,
            Math.min(from + len, struct.id.clock + struct.length),
          ))
            noted.add(path)
        }
        clock = struct.id.clock + struct.length
      }
    }
  }
  return { live, noted, hasCollected }
}

function addTo(keys: Map<AnyType, Set<string>>, type: AnyType, key: string): void {
  const known = keys.get(type)
  if (known === undefined) keys.set(type, new Set([key]))
  else known.add(key)
}
