/** What the screens say about conflicts, in one sentence each. Names come resolved, values come formatted. */
import { explainRule } from '@fulqrun/rules'
import type { Conflict } from '@fulqrun/schema'
import { formatMoment } from '../../fields/format.ts'
import { buildCard, cardKindOf, type CardColumn, type CardContext, listNames, partiesOf } from './card.ts'
import type { CardState } from './card-state.ts'
import { ownLosers } from './marks.ts'

/** How the other value came to stand, for the person whose value did not. */
const winReasons: Readonly<Record<string, string>> = {
  'RES-2': 'later edit',
  'RES-4': 'completion',
  'RES-5': 'more restrictive answer',
  'RES-6': 'more restrictive answer',
}

export interface ReplacedFacts {
  readonly rule: string
  /** Name of who wrote the value that stands; undefined when nobody can tell. */
  readonly winner: string | undefined
  /** Who decided, when a person did. */
  readonly decidedBy?: string | undefined
  /** The value of this person that does not stand, formatted. */
  readonly yours: string
}

/** `Ben's later edit stands; yours was 555-0101`. */
export function replacedWords({ rule, winner, decidedBy, yours }: ReplacedFacts): string {
  if (decidedBy !== undefined) return `${decidedBy} decided; yours was ${yours}`
  const whose = winner === undefined ? 'The other' : `${winner}'s`
  return `${whose} ${winReasons[rule] ?? 'value'} stands; yours was ${yours}`
}

function things(conflicts: readonly Conflict[]): string {
  const noun = conflicts.every(({ path }) => cardKindOf(path) === 'field') ? 'field' : 'thing'
  return conflicts.length === 1 ? `1 ${noun}` : `${conflicts.length} ${noun}s`
}

/** Whether somebody else's value was at the server already when the one of this person arrived. */
function wasAway({ candidates }: Conflict, userId: string): boolean {
  const mine = candidates.filter(({ author }) => author === userId).map(({ receivedAt }) => receivedAt)
  const others = candidates.filter(({ author }) => author !== userId).map(({ receivedAt }) => receivedAt)
  return mine.length > 0 && Math.max(...mine) >= Math.min(...others)
}

/** What the banner of a record says about what somebody has to choose. `conflicts` are all of it, at least one. */
export function bannerWords(
  conflicts: readonly Conflict[],
  context: CardContext,
  labelOf: (conflict: Conflict) => string,
): string {
  const [only] = conflicts
  if (conflicts.length === 1 && only !== undefined && cardKindOf(only.path) !== 'field')
    return `${labelOf(only)}: ${buildCard(only, context).headline}`
  const candidates = conflicts.flatMap((conflict) => conflict.candidates)
  const parties = partiesOf(candidates, context)
  const others = listNames(parties.filter((name) => name !== 'you'))
  const count = things(conflicts)
  if (!parties.includes('you')) return `${count} changed by ${others} apart from each other`
  return conflicts.every((conflict) => wasAway(conflict, context.userId))
    ? `${count} changed by ${others} while you were away`
    : `${count} changed by you and by ${others} apart from each other`
}

/** What the banner says about values of this person that were replaced. */
export function replacedBannerWords(labels: readonly string[]): string {
  const [first = ''] = labels
  return labels.length === 1
    ? `Your value of "${first}" was replaced`
    : `${labels.length} of your values were replaced`
}

/** Said once, when it happens while the person looks. */
export function replacedNews(label: string, words: string): string {
  return `${label}: ${words}.`
}

/** What the toast says after a choice. */
export function chosenWords(label: string, column: CardColumn, value: string): string {
  if (column.choice === 'Remove') return `${label}: removed`
  if (column.choice.startsWith('Restore')) return `${label}: restored`
  const whose = column.isMine ? 'yours' : column.title.split(',', 1)[0]
  return value === '' ? `${label}: kept ${whose}` : `${label}: kept ${whose}, ${value}`
}

/** Who settled a conflict and when, for the card of one that is closed. */
export function settledWords(
  state:
    { readonly type: 'settled' } | { readonly type: 'decided'; readonly by: string; readonly at: number },
  { userId, nameOf, now }: CardContext,
): string {
  if (state.type === 'settled') return 'Settled by the rule'
  return `Decided by ${state.by === userId ? 'you' : nameOf(state.by)}, ${formatMoment(state.at, now)}`
}

/** What stands at a field about which somebody has to choose: who wrote what else. */
export function markWords(
  conflict: Conflict,
  context: CardContext,
  words: (value: unknown) => string,
): string {
  const card = buildCard(conflict, context)
  if (card.kind !== 'field') return card.headline
  const other = card.columns.find(({ stands }) => !stands)
  if (card.columns.length > 2 || other === undefined) return `${card.columns.length} different values`
  return `${other.isMine ? 'You' : other.authorName} wrote ${words(other.value)}`
}

/** The words for a value of this person that was replaced; `words` formats. */
export function replacedSentence(
  conflict: Conflict,
  { userId, nameOf }: CardContext,
  words: (value: unknown) => string,
): string {
  const { candidates, stands, decision, rule } = conflict
  const winner = candidates.find(({ id }) => id === stands)?.author
  const lost = ownLosers(conflict, userId)[0]
  return replacedWords({
    rule,
    winner: winner === undefined ? undefined : nameOf(winner),
    decidedBy: decision === undefined ? undefined : nameOf(decision.by),
    yours: words(lost?.value),
  })
}

/** Why it is as it is, in one sentence: what the rule did, or that a person chose. */
export function whyWords(
  { rule }: Pick<Conflict, 'rule'>,
  state: CardState,
  {
    label,
    stands,
    context: { userId, nameOf },
  }: { readonly label: string; readonly stands: string | undefined; readonly context: CardContext },
): string {
  if (state.type === 'open' || state.type === 'settled') return explainRule(rule, { label, stands })
  const by = state.type === 'waiting' || state.by === userId ? 'you' : nameOf(state.by)
  return `${label} was changed by several people apart from each other; ${by} chose what stands.`
}
