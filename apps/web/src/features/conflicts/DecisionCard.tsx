import { conflictLabel } from './conflict-label.ts'
import type { Conflict, DocumentView } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { Badge } from '../../ui/Badge.tsx'
import { CheckIcon, HourglassIcon, InfoIcon } from '../../ui/icons.ts'
import { buildCard, type CardContext } from './card.ts'
import { type CardState, stateOf } from './card-state.ts'
import { CardColumns } from './CardColumns.tsx'
import { settledWords, whyWords } from './conflict-words.ts'
import type { RecordFacts } from './marks.ts'
import { useCardContext } from './use-card-context.ts'
import { useCanWrite } from './use-can-write.ts'
import { currencyOf, useValueWords } from './use-value-words.ts'

export interface DecisionCardProps {
  readonly open: OpenDocument
  readonly view: DocumentView
  readonly conflict: Conflict
  readonly decisions: RecordFacts['decisions']
  /** Told when this person has decided or read it, so that a review can go on. */
  readonly onDecided?: (() => void) | undefined
  /** Shows which keys choose; where they work. */
  readonly hasKeys?: boolean | undefined
}

/**
 * One field that people changed apart from each other: every value with who wrote it and when, what was there before,
 * what comes out, and why. A press decides; nothing else is asked.
 */
export function DecisionCard({
  open,
  view,
  conflict,
  decisions,
  onDecided,
  hasKeys = false,
}: DecisionCardProps) {
  const context = useCardContext()
  const canWrite = useCanWrite(open)
  const words = useValueWords(view.kind, currencyOf(view))
  const label = conflictLabel(view, conflict)
  const card = buildCard(conflict, context)
  const state = stateOf(conflict, decisions)
  const standing = card.kind === 'field' ? card.columns.find(({ stands }) => stands) : undefined
  return (
    <article aria-label={`Decision about ${label}`} className="flex flex-col gap-3">
      <div>
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="text-lg font-semibold text-ink">{label}</h3>
          <StateBadge state={state} context={context} />
        </div>
        <p className="text-base text-ink-2">{card.headline}</p>
      </div>
      <CardColumns
        open={open}
        view={view}
        card={card}
        state={state}
        canWrite={canWrite}
        hasKeys={hasKeys}
        decisions={decisions}
        onDecided={onDecided}
      />
      <p className="flex items-start gap-1.5 text-sm text-ink-2">
        <InfoIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-3" />
        <span>
          {whyWords(conflict, state, {
            label,
            stands: standing && words(conflict.path, standing.value),
            context,
          })}{' '}
          <span className="whitespace-nowrap text-ink-3">Rule {conflict.rule}</span>
        </span>
      </p>
      {wasLate(conflict, context.userId) && (
        <p className="text-sm font-medium text-attention">
          Somebody had decided before your choice arrived, so it was not applied. It is in the history.
        </p>
      )}
      {!canWrite && state.type === 'open' && (
        <p className="text-sm text-ink-3">You read this record; somebody who writes in it decides.</p>
      )}
    </article>
  )
}

/** This person decided as well, and not as the first one. */
function wasLate({ late = [], decision }: Conflict, userId: string): boolean {
  return decision?.by !== userId && late.some(({ by }) => by === userId)
}

function StateBadge({ state, context }: { readonly state: CardState; readonly context: CardContext }) {
  if (state.type === 'open') return null
  if (state.type === 'waiting') {
    return (
      <Badge tone="attention" icon={<HourglassIcon aria-hidden />}>
        Decided, waiting to send
      </Badge>
    )
  }
  return (
    <Badge tone="good" icon={<CheckIcon aria-hidden />}>
      {settledWords(state, context)}
    </Badge>
  )
}
