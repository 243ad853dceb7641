import { fieldSpec } from '@fulqrun/schema'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { usePersonName } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { DiamondIcon, HourglassIcon, InfoIcon } from '../../ui/icons.ts'
import { markWords, replacedSentence } from './conflict-words.ts'
import { type FieldMark, marksAt, ownLosers } from './marks.ts'
import { useRecordMarks } from './record-marks.tsx'
import { useCardContext } from './use-card-context.ts'
import { useDeciding } from './use-deciding.ts'
import { useValueWords } from './use-value-words.ts'

// Few fields ever carry a mark; what opens from it comes when it is asked for.
const ReviewDialog = lazy(async () => {
  const { ReviewDialog: component } = await import('./ReviewDialog.tsx')
  return { default: component }
})

export interface FieldMarksProps {
  readonly path: string
  readonly className?: string | undefined
}

/** Under a field: that somebody has to choose, that a proposal waits, that a value of this person was replaced. */
export function FieldMarks({ path, className }: FieldMarksProps) {
  const { marks } = useRecordMarks()
  const here = marksAt(marks, path)
  if (here.length === 0) return null
  return (
    <ul className={cx('mt-0.5 flex flex-col', className)}>
      {here.map((mark) => (
        <li key={mark.type === 'proposal' ? mark.proposal.id : mark.conflict.id}>
          <Mark mark={mark} path={path} />
        </li>
      ))}
    </ul>
  )
}

function Mark({ mark, path }: { readonly mark: FieldMark; readonly path: string }) {
  const { open, currency } = useRecordScope()
  const context = useCardContext()
  const format = useValueWords(open.kind, currency)
  const words = (value: unknown) => format(path, value)
  const label = fieldSpec(open.kind, path)?.label ?? ''
  switch (mark.type) {
    case 'conflict':
      return (
        <Opener
          conflictId={mark.conflict.id}
          label={label}
          tone="text-conflict"
          icon={<DiamondIcon aria-hidden className="size-3 shrink-0 fill-current" />}
        >
          {markWords(mark.conflict, context, words)}. <span className="underline">Decide</span>
        </Opener>
      )
    case 'decided':
      return (
        <Opener
          conflictId={mark.conflict.id}
          label={label}
          tone="text-attention"
          icon={<HourglassIcon aria-hidden className="size-3 shrink-0" />}
        >
          Decided, waiting to send
        </Opener>
      )
    case 'proposal':
      return <WaitingProposal mark={mark} words={words} />
    case 'replaced':
      return <Replaced mark={mark} label={label} words={replacedSentence(mark.conflict, context, words)} />
  }
}

const lineClass = 'flex items-center gap-1.5 px-2 text-start text-xs'

function Opener({
  conflictId,
  label,
  tone,
  icon,
  children,
}: {
  readonly conflictId: string
  readonly label: string
  readonly tone: string
  readonly icon: ReactNode
  readonly children: ReactNode
}) {
  const { open } = useRecordScope()
  const { facts } = useRecordMarks()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <AriaButton
        className={cx(lineClass, tone, 'min-h-6 rounded-sm font-medium hover:bg-hover touch:min-h-11')}
        onPress={() => {
          setOpen(true)
        }}
      >
        {icon}
        <span>
          <span className="sr-only">{label}: </span>
          {children}
        </span>
      </AriaButton>
      {isOpen && (
        <Suspense fallback={null}>
          <ReviewDialog
            open={open}
            facts={facts}
            conflictIds={[conflictId]}
            onClose={() => {
              setOpen(false)
            }}
          />
        </Suspense>
      )}
    </>
  )
}

function WaitingProposal({
  mark,
  words,
}: {
  readonly mark: FieldMark & { readonly type: 'proposal' }
  readonly words: (value: unknown) => string
}) {
  const personName = usePersonName()
  const { value, author } = mark.proposal
  return (
    <p className={cx(lineClass, 'min-h-6 font-medium text-attention')}>
      <HourglassIcon aria-hidden className="size-3 shrink-0" />
      {words(value)} proposed by {personName(author)}, waits for approval
    </p>
  )
}

/** Quiet: nothing has to be done. The value that was replaced is one press away. */
function Replaced({
  mark,
  label,
  words,
}: {
  readonly mark: FieldMark & { readonly type: 'replaced' }
  readonly label: string
  readonly words: string
}) {
  const { conflict } = mark
  const { open, canWrite } = useRecordScope()
  const { userId } = useCardContext()
  const deciding = useDeciding(open.name)
  const mine = ownLosers(conflict, userId)[0]
  return (
    <p className={cx(lineClass, 'flex-wrap text-ink-2')}>
      <span className="flex min-w-0 items-start gap-1.5">
        <InfoIcon aria-hidden className="mt-0.5 size-3 shrink-0 text-ink-3" />
        <span className="min-w-0 wrap-anywhere">
          <span className="sr-only">{label}: </span>
          {words}
        </span>
      </span>
      {canWrite && (
        <span className="flex gap-1">
          {mine !== undefined && (
            <Button
              size="sm"
              variant="quiet"
              className="h-6 px-1.5 text-xs text-accent-ink"
              aria-label={`Use mine for ${label}`}
              onPress={() => {
                deciding.choose(conflict, mine.id, `${label}: yours is back`)
              }}
            >
              Use mine
            </Button>
          )}
          <Button
            size="sm"
            variant="quiet"
            className="h-6 px-1.5 text-xs"
            aria-label={`OK, leave ${label}`}
            onPress={() => {
              deciding.accept(conflict.id)
            }}
          >
            OK
          </Button>
        </span>
      )}
    </p>
  )
}
