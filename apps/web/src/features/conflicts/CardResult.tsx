import { conflictLabel } from './conflict-label.ts'
import { type Conflict, type DocumentView, fieldSpec } from '@fulqrun/schema'
import { type ReactNode, useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import type { Card, CardColumn } from './card.ts'
import type { CardState } from './card-state.ts'
import type { CardColumnsProps } from './CardColumns.tsx'
import { Key } from './Key.tsx'
import { ResultEditor } from './ResultEditor.tsx'
import { useDeciding } from './use-deciding.ts'
import { currencyOf, useValueWords } from './use-value-words.ts'

export interface CardResultProps extends CardColumnsProps {
  /** A value of this person was replaced and they have not read it yet. */
  readonly unread: boolean
  readonly isChoosing: boolean
  /** Candidate under the pointer or the focus. */
  readonly preview: string | undefined
}

/** What stands in the record after the choice that is under the finger, or now; and what else can be done. */
export function CardResult(props: CardResultProps) {
  const { open, view, card, state, canWrite, hasKeys, unread, isChoosing, onDecided } = props
  const { conflict } = card
  const me = useMe()
  const words = useValueWords(view.kind, currencyOf(view))
  const deciding = useDeciding(open.name)
  const [isEditing, setEditing] = useState(false)
  const label = conflictLabel(view, conflict)
  const canEdit = isChoosing && card.canEdit && fieldSpec(view.kind, conflict.path) !== undefined
  const mayUndo = canWrite && (state.type === 'waiting' || isMyDecision(state, me.user.id))
  const shown = shownColumn(props)
  return (
    <section className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-accent-ink/40 bg-accent-soft/40 p-3">
      <div className="min-w-0 flex-1 basis-40">
        <h4 className="text-sm font-semibold text-ink">Result</h4>
        {isEditing && canEdit ? (
          <EditResult
            view={view}
            conflict={conflict}
            start={shown?.value}
            onSave={(value) => {
              setEditing(false)
              deciding.edit(conflict, value, `${label}: ${words(conflict.path, value)}`)
              onDecided?.()
            }}
            onCancel={() => {
              setEditing(false)
            }}
          />
        ) : (
          <Value>{resultWords(card, state, { shown, words })}</Value>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {canEdit && !isEditing && (
          <Button
            size="sm"
            onPress={() => {
              setEditing(true)
            }}
          >
            Edit result
          </Button>
        )}
        {card.canKeepBoth && isChoosing && state.type === 'open' && (
          <Button
            size="sm"
            onPress={() => {
              deciding.both(conflict, `${label}: kept both`)
              onDecided?.()
            }}
          >
            Keep both
            {hasKeys && <Key name={String(card.columns.length + 1)} />}
          </Button>
        )}
        {unread && canWrite && (
          <Button
            size="sm"
            variant="primary"
            onPress={() => {
              deciding.accept(conflict.id)
              onDecided?.()
            }}
          >
            OK, leave it
          </Button>
        )}
        {mayUndo && (
          <Button
            size="sm"
            onPress={() => {
              deciding.undo(conflict.id)
            }}
          >
            Undo
            {hasKeys && <Key name="U" />}
          </Button>
        )}
      </div>
    </section>
  )
}

function isMyDecision(state: CardState, userId: string): boolean {
  return state.type === 'decided' && state.by === userId
}

/** The column whose value the record has, or would have. Both blocks of a text stand until one is chosen. */
function shownColumn({ card, state, preview }: CardResultProps): CardColumn | undefined {
  const chosen =
    state.type === 'waiting' && state.decision.type === 'choose' ? state.decision.candidate : undefined
  const standing = card.kind === 'text' ? card.conflict.decision?.candidate : card.conflict.stands
  const id = preview ?? chosen ?? standing
  return card.columns.find((column) => column.id === id)
}

function resultWords(
  { kind, conflict }: Card,
  state: CardState,
  {
    shown,
    words,
  }: {
    readonly shown: CardColumn | undefined
    readonly words: (path: string, value: unknown) => string
  },
): string {
  if (state.type === 'waiting' && state.decision.type === 'edit')
    return words(conflict.path, state.decision.value)
  if (kind === 'entry') return shown?.value === undefined ? 'Removed' : 'In the record'
  if (kind === 'text' && shown === undefined) return 'Both are in the text'
  return words(conflict.path, shown === undefined ? conflict.decision?.value : shown.value)
}

function Value({ children }: { readonly children: ReactNode }) {
  return <p className="num text-base font-medium wrap-anywhere whitespace-pre-wrap text-ink">{children}</p>
}

function EditResult({
  view,
  conflict,
  ...editor
}: {
  readonly view: DocumentView
  readonly conflict: Conflict
  readonly start: unknown
  readonly onSave: (value: unknown) => void
  readonly onCancel: () => void
}) {
  const spec = fieldSpec(view.kind, conflict.path)
  if (spec === undefined) return null
  return (
    <ResultEditor
      kind={view.kind}
      // The field of an entry is described once for all entries; its path is this one's.
      spec={{ ...spec, path: conflict.path }}
      value={editor.start}
      onSave={editor.onSave}
      onCancel={editor.onCancel}
    />
  )
}
