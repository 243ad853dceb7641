import {
  type Candidate,
  type ConflictDecision,
  type StoredConflict,
  type StoredDecision,
  textPrefix,
} from '@fulqrun/schema'
import * as Y from 'yjs'
import { type ConflictBook, itemId } from './conflict-book.ts'
import { type AnyType, type Judgement, reportLoss } from './judgement.ts'

/**
 * Decisions about near-duplicate blocks (RES-9). The device removes the block that was not chosen as an edit of the
 * text. When that was chosen by somebody else before, the two would take both away: the block is put back (CON-4).
 */

type TextDecision = Extract<StoredDecision, { type: 'choose' | 'edit' | 'keep-both' | 'undo' }>

export function isText(path: string): boolean {
  return path === 'notes' || path.startsWith(textPrefix)
}

/** Carries out a decision about a text; `id` is the conflict's. */
export function decideText(
  judgement: Judgement,
  book: ConflictBook,
  {
    id,
    conflict,
    decision,
  }: { readonly id: string; readonly conflict: StoredConflict; readonly decision: TextDecision },
): void {
  const { author, receivedAt } = judgement.request
  const { decision: first, candidates } = conflict
  if (decision.type === 'undo') {
    takeBack(judgement, book, { id, conflict })
    return
  }
  const candidate = decision.type === 'choose' ? decision.candidate : undefined
  if (candidate !== undefined && !candidates.some((each) => each.id === candidate)) return
  const taken: ConflictDecision = {
    by: author.id,
    at: Math.min(decision.at, receivedAt),
    ...(candidate === undefined ? { keepBoth: true } : { candidate }),
  }
  if (conflict.status !== 'resolved' || first === undefined) {
    const { stands: _stands, ...rest } = conflict
    book.set(id, {
      ...rest,
      status: 'resolved',
      ...(candidate === undefined ? {} : { stands: candidate }),
      decision: taken,
    })
    recordChoice(judgement, conflict, taken)
    return
  }
  if (first.candidate === candidate) return
  const restored = candidates.map((each) =>
    first.candidate === undefined || first.candidate === each.id ? restore(judgement, conflict, each) : each,
  )
  book.set(id, {
    ...conflict,
    candidates: restored,
    late: [...(conflict.late ?? []), taken].slice(-20),
  })
  const words = (chosen: string | undefined) => candidates.find((each) => each.id === chosen)?.value
  const [before, after] = [words(first.candidate), words(candidate)]
  reportLoss(judgement, {
    path: conflict.path,
    stands: before,
    lost: after,
    editedAt: taken.at,
    rule: 'CON-4',
    conflictId: id,
  })
}

/** For the history: the words that were chosen and those that made way; both, when both were kept. */
function recordChoice(
  { changes }: Judgement,
  { path, rule, candidates }: StoredConflict,
  { at, candidate }: ConflictDecision,
): void {
  const wordsOf = (chosen: boolean) =>
    candidates
      .filter(({ id }) => (candidate === undefined || id === candidate) === chosen)
      .flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
      .join('\n')
  const [before, after] = [wordsOf(false), wordsOf(true)]
  changes.push({ path, action: 'decide', ...(before === '' ? {} : { before }), after, editedAt: at, rule })
}

/**
 * The question is asked again; what was removed comes back by undoing it in the text. Whoever had decided too late
 * takes that back first, and not what stands.
 */
function takeBack(
  { request: { author } }: Judgement,
  book: ConflictBook,
  { id, conflict }: { readonly id: string; readonly conflict: StoredConflict },
): void {
  const { decision: first, late = [], ...rest } = conflict
  if (first === undefined || conflict.status !== 'resolved') return
  const own = late.findLast(({ by }) => by === author.id)
  if (own !== undefined && first.by !== author.id) {
    const others = late.filter((each) => each !== own)
    book.set(id, { ...conflict, late: others.length === 0 ? undefined : others })
    return
  }
  book.set(id, { ...rest, ...(late.length === 0 ? {} : { late }), status: 'open' })
}

/** Puts a block back that this change has removed; the candidate as it is when it still stands or went before. */
function restore(
  { transaction, request }: Judgement,
  { path }: StoredConflict,
  candidate: Candidate,
): Candidate {
  const removed = Y.mergeDeleteSets([transaction.deleteSet])
  const item = itemOf(request.document, candidate.block ?? candidate.id)
  if (item === undefined || !Y.isDeleted(removed, item.id)) return candidate
  const words = typeof candidate.value === 'string' ? candidate.value : ''
  const index = liveLengthBefore(item)
  if (path !== 'notes') {
    const text = request.document.getText(path)
    const isLineStart = index === 0 || text.toJSON()[index - 1] === '\n'
    text.insert(index, isLineStart ? `${words}\n` : `\n${words}`)
    return candidate
  }
  const block = new RemovedBlocks(removed).copy(item) ?? paragraphOf(words)
  request.document.getXmlFragment('notes').insert(index, [block])
  const { _item: placed } = block
  return placed === null ? candidate : { ...candidate, block: itemId(placed.id) }
}

function itemOf({ store }: Y.Doc, id: string): Y.Item | undefined {
  const [client = Number.NaN, clock = Number.NaN] = id.split('-').map(Number)
  const structs = store.clients.get(client)
  if (structs === undefined || !(clock < Y.getState(store, client))) return undefined
  const struct = structs[Y.findIndexSS(structs, clock)]
  return struct instanceof Y.Item ? struct : undefined
}

function liveLengthBefore({ left }: Y.Item): number {
  let length = 0
  for (let item = left; item !== null; item = item.left)
    if (!item.deleted && item.countable) length += item.length
  return length
}

function paragraphOf(words: string): Y.XmlElement {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(words)])
  return paragraph
}

/** Blocks that the open transaction has removed: what they held can be read until it ends. */
class RemovedBlocks {
  readonly #removed: ReturnType<typeof Y.mergeDeleteSets>

  constructor(removed: ReturnType<typeof Y.mergeDeleteSets>) {
    this.#removed = removed
  }

  /** A block with its marks; undefined for what is none. */
  copy({ content }: Y.Item): Y.XmlElement | undefined {
    if (!(content instanceof Y.ContentType) || !(content.type instanceof Y.XmlElement)) return undefined
    const { nodeName } = content.type as Y.XmlElement
    const copy = new Y.XmlElement(nodeName)
    const type = content.type as unknown as AnyType
    for (const [key, { content: attribute }] of type._map) {
      const value: unknown = attribute.getContent().at(-1)
      // Editors keep numbers there as well, as the level of a heading.
      if (value !== undefined) copy.setAttribute(key, value as string)
    }
    const children = this.#itemsOf(type).flatMap((item): (Y.XmlElement | Y.XmlText)[] => {
      const child = item.content instanceof Y.ContentType ? item.content.type : undefined
      if (child instanceof Y.XmlText) return [this.#text(child as unknown as AnyType)]
      const element = this.copy(item)
      return element === undefined ? [] : [element]
    })
    if (children.length > 0) copy.insert(0, children)
    return copy
  }

  #text(type: AnyType): Y.XmlText {
    const marks = new Map<string, unknown>()
    const delta = this.#itemsOf(type).flatMap(({ content }) => {
      if (content instanceof Y.ContentFormat) marks.set(content.key, content.value)
      const attributes = Object.fromEntries(marks)
      if (content instanceof Y.ContentString) return [{ insert: content.str, attributes }]
      return content instanceof Y.ContentEmbed ? [{ insert: content.embed, attributes }] : []
    })
    const text = new Y.XmlText()
    text.applyDelta(delta)
    return text
  }

  #itemsOf(type: AnyType): readonly Y.Item[] {
    const items: Y.Item[] = []
    for (let item = type._start; item !== null; item = item.right)
      if (Y.isDeleted(this.#removed, item.id)) items.push(item)
    return items
  }
}
