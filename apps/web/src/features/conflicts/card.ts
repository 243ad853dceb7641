/** A conflict as a decision card shows it: whose values there are, which one stands, and what can be chosen. */
import { type Candidate, type Conflict, isCollectionRoot, parsePath, textPrefix } from '@fulqrun/schema'
import { formatMoment } from '../../fields/format.ts'
import { waitedOnDevice } from '../history/bursts.ts'

/** A scalar field; a whole entry that one removed while another edited it; a passage of text written twice. */
export type CardKind = 'field' | 'entry' | 'text'

export interface CardColumn {
  /** Of the candidate. */
  readonly id: string
  /** `Yours`, `Ben Okafor's`. */
  readonly title: string
  readonly author: string | undefined
  readonly authorName: string
  readonly isMine: boolean
  /** Its value is in the record now. */
  readonly stands: boolean
  /** Undefined: cleared, or for an entry removed. */
  readonly value: unknown
  /** When it was written, and that it waited on a device. */
  readonly when: string
  /** What the button says that puts it in place. */
  readonly choice: string
}

export interface Card {
  readonly conflict: Conflict
  readonly kind: CardKind
  /** Who wrote what: one sentence. */
  readonly headline: string
  /** Mine first, then in the order of receipt. */
  readonly columns: readonly CardColumn[]
  readonly isParty: boolean
  /** A value of one's own can be put in place. */
  readonly canEdit: boolean
  readonly canKeepBoth: boolean
}

export interface CardContext {
  readonly userId: string
  readonly nameOf: (id: string) => string
  /** Device time, for saying when. */
  readonly now: number
}

export function cardKindOf(path: string): CardKind {
  const { root, id, key } = parsePath(path)
  if (root === 'notes' || path.startsWith(textPrefix)) return 'text'
  return isCollectionRoot(root) && id !== undefined && key === undefined ? 'entry' : 'field'
}

/** What a person is called on a button: the first name, where nobody else of the card has it. */
export function shortName(name: string, all: readonly string[]): string {
  const first = name.split(' ', 1)[0] ?? name
  const isShared = all.some((other) => other !== name && other.split(' ', 1)[0] === first)
  return isShared ? name : first
}

/** `you`, `Ben Okafor`, `you and Ben Okafor`, `Ana, Ben and Mia`. */
export function listNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'somebody'
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Everybody who wrote a candidate, this person first as `you`. */
export function partiesOf(
  candidates: readonly Candidate[],
  { userId, nameOf }: CardContext,
): readonly string[] {
  const authors = [...new Set(candidates.map(({ author }) => author))]
  const others = authors
    .filter((author) => author !== userId)
    .map((author) => (author === undefined ? 'somebody' : nameOf(author)))
  return authors.includes(userId) ? ['you', ...others] : others
}

/** When a candidate was written, and when it came if it waited on a device. */
export function whenWords({ editedAt, receivedAt }: Candidate, now: number): string {
  const edited = formatMoment(editedAt, now)
  if (!waitedOnDevice({ editedAt, receivedAt })) return edited
  return `${edited}, offline, received ${formatMoment(receivedAt, now)}`
}

interface Naming extends CardContext {
  readonly kind: CardKind
  readonly candidates: readonly Candidate[]
  readonly names: readonly string[]
}

function whose({ author }: Candidate, { userId, nameOf }: CardContext): string {
  if (author === userId) return 'Yours'
  return author === undefined ? "Somebody's" : `${nameOf(author)}'s`
}

/** Two values of one person are told apart by their time. */
function titleOf(candidate: Candidate, naming: Naming): string {
  const isAlone = naming.candidates.filter(({ author }) => author === candidate.author).length === 1
  const owner = whose(candidate, naming)
  return isAlone ? owner : `${owner}, ${formatMoment(candidate.editedAt, naming.now)}`
}

function choiceOf(candidate: Candidate, naming: Naming): string {
  const { kind, userId, nameOf, names, candidates, now } = naming
  if (kind === 'entry' && candidate.value === undefined) return 'Remove'
  const { author } = candidate
  const owner =
    author === userId ? 'mine' : author === undefined ? 'theirs' : `${shortName(nameOf(author), names)}'s`
  if (kind === 'entry') return `Restore with ${author === userId ? 'your' : owner} edits`
  const isAlone = candidates.filter((other) => other.author === author).length === 1
  return isAlone ? `Keep ${owner}` : `Keep ${owner}, ${formatMoment(candidate.editedAt, now)}`
}

function headlineOf(conflict: Conflict, kind: CardKind, context: CardContext): string {
  const { candidates } = conflict
  if (kind === 'entry') return entryHeadline(candidates, context)
  const parties = sentence(listNames(partiesOf(candidates, context)))
  return kind === 'text' ? `${parties} wrote nearly the same` : `${parties} wrote different values`
}

function entryHeadline(candidates: readonly Candidate[], context: CardContext): string {
  const removers = candidates.filter(({ value }) => value === undefined)
  const editors = candidates.filter(({ value }) => value !== undefined)
  const remover = sentence(listNames(partiesOf(removers, context)))
  const editor = listNames(partiesOf(editors, context))
  return `${remover} removed this while ${editor} edited it`
}

export function buildCard(conflict: Conflict, context: CardContext): Card {
  const { path, candidates, stands } = conflict
  const kind = cardKindOf(path)
  const names = [
    ...new Set(candidates.flatMap(({ author }) => (author === undefined ? [] : context.nameOf(author)))),
  ]
  const naming: Naming = { ...context, kind, candidates, names }
  const columns = candidates.map((candidate): CardColumn => ({
    id: candidate.id,
    title: titleOf(candidate, naming),
    author: candidate.author,
    authorName: candidate.author === undefined ? 'Somebody' : context.nameOf(candidate.author),
    isMine: candidate.author === context.userId,
    stands: candidate.id === stands,
    value: candidate.value,
    when: whenWords(candidate, context.now),
    choice: choiceOf(candidate, naming),
  }))
  return {
    conflict,
    kind,
    headline: headlineOf(conflict, kind, context),
    columns: [...columns.filter(({ isMine }) => isMine), ...columns.filter(({ isMine }) => !isMine)],
    isParty: columns.some(({ isMine }) => isMine),
    canEdit: kind === 'field',
    canKeepBoth: kind === 'text',
  }
}

/** What a key does to a card: the number of a column, or the one after the last for keeping both. */
export function choiceOfKey(card: Card, digit: number): 'both' | CardColumn | undefined {
  const column = card.columns[digit - 1]
  if (column !== undefined) return column
  return card.canKeepBoth && digit === card.columns.length + 1 ? 'both' : undefined
}

/** The one value of somebody else, where this person wrote one too: what "theirs" means without a doubt. */
export function othersColumn(conflict: Conflict, context: CardContext): CardColumn | undefined {
  const { columns, isParty } = buildCard(conflict, context)
  const others = columns.filter(({ isMine }) => !isMine)
  return isParty && others.length === 1 ? others[0] : undefined
}
