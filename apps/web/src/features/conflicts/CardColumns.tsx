import type { DocumentView } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { conflictLabel } from './conflict-label.ts'
import { useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { Button } from '../../ui/Button.tsx'
import { useNow } from '../history/use-now.ts'
import { CandidateColumn, ColumnFrame } from './CandidateColumn.tsx'
import type { Card, CardColumn } from './card.ts'
import { type CardState, isUnread } from './card-state.ts'
import { CardResult } from './CardResult.tsx'
import { chosenWords } from './conflict-words.ts'
import { Key } from './Key.tsx'
import type { RecordFacts } from './marks.ts'
import { useBaseOrigin } from './use-base-origin.ts'
import { useDeciding } from './use-deciding.ts'
import { currencyOf, useValueWords } from './use-value-words.ts'

export interface CardColumnsProps {
  readonly open: OpenDocument
  readonly view: DocumentView
  readonly card: Card
  readonly state: CardState
  readonly decisions: RecordFacts['decisions']
  readonly canWrite: boolean
  readonly hasKeys: boolean
  readonly onDecided: (() => void) | undefined
}

/** The values beside each other, what was there before, and under them what comes out. */
export function CardColumns(props: CardColumnsProps) {
  const { open, view, card, state, decisions, canWrite, hasKeys } = props
  const { conflict, columns } = card
  const me = useMe()
  const words = useValueWords(view.kind, currencyOf(view))
  const deciding = useDeciding(open.name)
  const [preview, setPreview] = useState<string>()
  const origin = useBaseOrigin(open.name, conflict)
  const now = useNow()
  const baseWords = origin && `${origin.author.name}, ${formatMoment(origin.at, now)}`
  const unread = isUnread(conflict, me.user.id, decisions)
  const isChoosing = canWrite && (state.type === 'open' || unread)
  const choose = (column: CardColumn) => {
    const value = card.kind === 'field' ? words(conflict.path, column.value) : ''
    deciding.choose(conflict, column.id, chosenWords(conflictLabel(view, conflict), column, value))
    props.onDecided?.()
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-2 sm:grid-cols-[repeat(auto-fit,minmax(10.5rem,1fr))]">
        {columns.map((column, index) => (
          <CandidateColumn
            key={column.id}
            card={card}
            column={column}
            view={view}
            words={words}
            action={
              isChoosing &&
              !(unread && column.stands) && (
                <Button
                  size="sm"
                  onHoverChange={(isOver) => {
                    setPreview(isOver ? column.id : undefined)
                  }}
                  onFocusChange={(isFocused) => {
                    setPreview(isFocused ? column.id : undefined)
                  }}
                  onPress={() => {
                    choose(column)
                  }}
                >
                  {unread && column.isMine ? 'Use mine' : column.choice}
                  {hasKeys && <Key name={String(index + 1)} />}
                </Button>
              )
            }
          />
        ))}
        {card.kind === 'field' && conflict.base !== undefined && (
          <ColumnFrame title="Before" meta={baseWords} tone="quiet">
            <p className="num text-base wrap-anywhere text-ink-2">{words(conflict.path, conflict.base)}</p>
          </ColumnFrame>
        )}
      </div>
      <CardResult {...props} unread={unread} isChoosing={isChoosing} preview={preview} />
    </div>
  )
}
