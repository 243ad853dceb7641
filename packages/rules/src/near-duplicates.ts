import { textPrefix } from '@fulqrun/schema'
import * as Y from 'yjs'
import { ConflictBook, itemId } from './conflict-book.ts'
import { type AnyType, editedAt, type Judgement } from './judgement.ts'
import { findNearDuplicates, type TextBlock } from './similarity.ts'

/**
 * Text merges (POL-5). When two people wrote at the same time, apart from each other, the same thing may be there
 * twice: such blocks are flagged, and a person keeps both or one. Nothing is removed by a rule (RES-9).
 */

/** A paragraph of the notes or a line of a text. */
interface Block extends TextBlock {
  /** Item of the block, or of its first letter. */
  readonly item: Y.ID
  /** Clients that have written in it. */
  readonly writers: ReadonlySet<number>
  readonly isMine: boolean
}

/** Flagged in one change, and open in one document: more would be noise. */
const maxPairs = 5
const maxOpen = 30
/** Time stamps of unseen edits that are looked at. */
const maxStamps = 200

/** Looks for near-duplicates in a text that was written to, if others wrote to it unseen by the author. */
export function flagNearDuplicates(judgement: Judgement, root: AnyType, path: string): void {
  const others = unseenWriters(judgement, path)
  if (others.size === 0) return
  const stamp = judgement.stamps.get(path)
  const blocks = path.startsWith(textPrefix) ? linesOf(judgement, root) : paragraphsOf(judgement, root)
  const mine = blocks.filter(({ isMine }) => isMine)
  const theirs = blocks.filter(
    ({ isMine, writers }) => !isMine && [...writers].some((client) => others.has(client)),
  )
  const book = new ConflictBook(judgement)
  const { request } = judgement
  for (const pair of findNearDuplicates(mine, theirs).slice(0, maxPairs)) {
    if (book.openCount >= maxOpen) return
    const [writer] = pair.theirs.writers
    const side = { editedAt: editedAt(judgement, path), receivedAt: request.receivedAt }
    const blockOf = ({ item }: Block) => (path === 'notes' ? { block: itemId(item) } : {})
    book.enterPair({
      path,
      rule: 'RES-9',
      current: {
        ...side,
        value: pair.theirs.text,
        author: writer === undefined ? undefined : request.authorOfClient?.(writer),
        editedAt: typeof stamp?.before === 'number' ? stamp.before : request.receivedAt,
        item: pair.theirs.item,
        ...blockOf(pair.theirs),
      },
      incoming: {
        ...side,
        value: pair.mine.text,
        author: request.author.id,
        item: pair.mine.item,
        ...blockOf(pair.mine),
      },
      base: undefined,
      outcome: { stands: 'current', open: true },
    })
  }
}

/**
 * Clients that wrote to a text apart from the author: neither did the author build on their time stamp, nor they on the
 * author's. Typing is stamped now and then only, so what comes without a stamp is told by the device's last one.
 */
function unseenWriters({ edited, request, stamps, transaction }: Judgement, path: string): Set<number> {
  const structs = request.update?.structs ?? []
  const authors = new Set(structs.filter((struct) => isNewIn(transaction, struct)).map(({ id }) => id.client))
  const first = stamps.get(path)?.writes[0]?.id
  const isAuthors = (stamp: Y.Item) =>
    first === undefined ? authors.has(stamp.id.client) : covers(stamp, first)
  const unseen = new Set<number>()
  const newer: Y.Item[] = []
  let own = edited._map.get(path) ?? null
  for (; own !== null && !isAuthors(own); own = own.left) if (newer.push(own) > maxStamps) return unseen
  if (own === null) return unseen
  const knowing = [own]
  for (const stamp of newer.toReversed()) {
    const { origin } = stamp
    if (origin !== null && knowing.some((known) => covers(known, origin))) knowing.push(stamp)
    else unseen.add(stamp.id.client)
  }
  const { origin: seen } = own
  let stamp = own.left
  for (let count = 0; stamp !== null && count < maxStamps; count++, stamp = stamp.left) {
    if (seen !== null && covers(stamp, seen)) break
    unseen.add(stamp.id.client)
  }
  for (const client of authors) unseen.delete(client)
  return unseen
}

function covers({ id, length }: Y.Item, { client, clock }: Y.ID): boolean {
  return id.client === client && id.clock <= clock && clock < id.clock + length
}

function isNew({ transaction }: Judgement, item: Y.Item): boolean {
  return isNewIn(transaction, item)
}

function isNewIn({ beforeState }: Y.Transaction, { id, length }: Pick<Y.Item, 'id' | 'length'>): boolean {
  return id.clock + length > (beforeState.get(id.client) ?? 0)
}

function paragraphsOf(judgement: Judgement, root: AnyType): Block[] {
  const blocks: Block[] = []
  for (let item = root._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentType)) continue
    const gathered = { text: '', writers: new Set<number>(), isMine: false }
    gather(judgement, item.content.type as AnyType, gathered)
    if (gathered.text.trim() !== '') blocks.push({ ...gathered, item: item.id })
  }
  return blocks
}

function gather(
  judgement: Judgement,
  type: AnyType,
  into: { text: string; readonly writers: Set<number>; isMine: boolean },
): void {
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue
    if (item.content instanceof Y.ContentType) gather(judgement, item.content.type as AnyType, into)
    else if (item.content instanceof Y.ContentString) {
      into.text += item.content.str
      into.writers.add(item.id.client)
      if (isNew(judgement, item)) into.isMine = true
    }
  }
}

function linesOf(judgement: Judgement, root: AnyType): Block[] {
  const blocks: Block[] = []
  let line = { text: '', writers: new Set<number>(), isMine: false, item: undefined as Y.ID | undefined }
  const close = () => {
    if (line.item !== undefined && line.text.trim() !== '') blocks.push({ ...line, item: line.item })
    line = { text: '', writers: new Set(), isMine: false, item: undefined }
  }
  for (let item = root._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue
    const parts = item.content.str.split('\n')
    let offset = 0
    for (const [index, part] of parts.entries()) {
      if (index > 0) close()
      if (part !== '') {
        line.text += part
        line.item ??= Y.createID(item.id.client, item.id.clock + offset)
        line.writers.add(item.id.client)
        if (isNew(judgement, item)) line.isMine = true
      }
      offset += part.length + 1
    }
  }
  close()
  return blocks
}
