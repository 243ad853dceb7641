import * as Y from 'yjs'
import type { DecodedUpdate } from './decoded-update.ts'
import { isNewIn } from './transaction-reader.ts'

/**
 * What was written below something that somebody else has removed meanwhile: a field of an activity that is gone, words
 * in a paragraph that is gone. Yjs takes such a write and drops its content in the same breath, in the document and in
 * the update that it hands on, so it can be read from the bytes that came in and from nowhere else.
 */
export interface BuriedWrites {
  /** Values with the key under which the same change noted the time of the edit: the path, if an honest device wrote it. */
  readonly values: readonly { readonly path: string; readonly value: unknown }[]
  /** Words, a line per place. */
  readonly text: string
}

type AnyType = Y.AbstractType<unknown>

const nothing: BuriedWrites = { values: [], text: '' }

/** A command notes the time of an edit right behind it. */
const stampWithin = 4

/** Call while the transaction that applied the update is open. */
export function findBuriedWrites(transaction: Y.Transaction, update: DecodedUpdate): BuriedWrites {
  if (!buriedSomething(transaction)) return nothing
  const { structs, deletions } = update
  const ownDeletions = Y.mergeDeleteSets([deletions])
  const values: { path: string; value: unknown }[] = []
  const lines: string[] = []
  let end: Y.ID | undefined
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || !isNewIn(transaction, struct.id)) continue
    if (Y.isDeleted(ownDeletions, struct.id) || !isBuried(integrated(transaction, struct.id))) continue
    const { content, id } = struct
    if (content instanceof Y.ContentAny) {
      const path = stampBehind(transaction, id)
      if (path !== undefined) values.push({ path, value: content.arr.at(-1) })
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
  const stamp = structs
    .slice(index + 1, index + 1 + stampWithin)
    .find((struct) => struct instanceof Y.Item && struct.parent === edited && !isOfDecision(struct))
  return stamp instanceof Y.Item ? (stamp.parentSub ?? undefined) : undefined
}

/** The time of a decision stands between a value that it puts in place and the time of that. */
function isOfDecision({ parentSub }: Y.Item): boolean {
  return parentSub?.startsWith('decisions.') === true
}
