import type { DocumentView } from '@fulqrun/schema'
import type { ReactNode } from 'react'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { cx } from '../../ui/cx.ts'
import type { Card, CardColumn } from './card.ts'
import { DiffText } from './DiffText.tsx'
import { entryLines } from './entry-lines.ts'
import { readableDiff } from './word-diff.ts'

const frames = {
  plain: 'border-line bg-surface',
  quiet: 'border-dashed border-line-strong bg-transparent',
  result: 'border-accent-ink/40 bg-accent-soft/40',
} as const

/** One column of a decision card. */
export function ColumnFrame({
  title,
  meta,
  tone,
  children,
}: {
  readonly title: ReactNode
  readonly meta?: ReactNode | undefined
  readonly tone: keyof typeof frames
  readonly children: ReactNode
}) {
  return (
    <section className={cx('flex min-w-0 flex-col gap-2 rounded-md border p-3', frames[tone])}>
      <header className="flex flex-col gap-0.5">
        <h4 className="flex min-h-5 flex-wrap items-center gap-1.5 text-sm font-semibold text-ink">
          {title}
        </h4>
        {meta !== undefined && <p className="num text-xs text-ink-3">{meta}</p>}
      </header>
      {children}
    </section>
  )
}

export interface CandidateColumnProps {
  readonly card: Card
  readonly column: CardColumn
  readonly view: DocumentView
  readonly words: (path: string, value: unknown) => string
  readonly action: ReactNode
}

/** What one person wrote, when, and the button that puts it in place. */
export function CandidateColumn({ card, column, view, words, action }: CandidateColumnProps) {
  const { author, authorName, title } = column
  const isRemoval = card.kind === 'entry' && column.value === undefined
  return (
    <ColumnFrame
      tone="plain"
      title={
        <>
          {author !== undefined && <Avatar person={{ id: author, name: authorName }} size="sm" />}
          {title}
        </>
      }
      meta={column.when}
    >
      <div className="min-h-6 flex-1">
        <ColumnValue card={card} column={column} view={view} words={words} />
      </div>
      <div className="mt-auto flex flex-wrap items-center gap-2">
        {action}
        {column.stands && card.kind !== 'text' && (
          <Badge>{isRemoval ? 'Removed now' : 'In the record'}</Badge>
        )}
      </div>
    </ColumnFrame>
  )
}

function ColumnValue({ card, column, view, words }: Omit<CandidateColumnProps, 'action'>) {
  const { conflict } = card
  if (card.kind === 'entry') {
    return column.value === undefined ? (
      <p className="text-base text-ink-2">Removed it</p>
    ) : (
      <EntryValue view={view} card={card} column={column} words={words} />
    )
  }
  // Of words written twice, each is read against the other one.
  const before = conflict.base ?? (card.kind === 'text' ? firstOther(card, column) : undefined)
  const parts = readableDiff(before, column.value)
  return (
    <p
      className={cx(
        'num text-base wrap-anywhere whitespace-pre-wrap text-ink',
        card.kind === 'field' && parts === undefined && 'font-medium',
      )}
    >
      {parts === undefined ? (
        words(conflict.path, column.value)
      ) : (
        <DiffText parts={parts} author={column.author} />
      )}
    </p>
  )
}

/** The first column is shown as it is; the others are compared with it. */
function firstOther(card: Card, column: CardColumn): unknown {
  const first = card.columns[0]
  return first?.id === column.id ? undefined : first?.value
}

function EntryValue({ card, column, view, words }: Omit<CandidateColumnProps, 'action'>) {
  const { path, base } = card.conflict
  return (
    <dl className="flex flex-col gap-1">
      {entryLines(view.kind, path, { value: column.value, base }).map((line) => (
        <div key={line.path}>
          <dt className="text-xs text-ink-3">
            {line.label}
            {line.isChanged && <span className="ms-1 font-medium text-attention">changed</span>}
          </dt>
          <dd className={cx('num text-base wrap-anywhere', line.isChanged && 'font-medium')}>
            {words(line.path, line.value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
