import { unmetCriteria } from '@fulqrun/rules'
import { type OpportunityView, propose, type StageId } from '@fulqrun/schema'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ArrowRightIcon } from '../../ui/icons.ts'
import { Meter } from '../../ui/Meter.tsx'
import { TextArea } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { gateWords, type MissingWords, missingWords, stageAuthority, stageLabel } from './stage-gate-words.ts'
import { moveToStage } from './stage-move.ts'

export interface StageGateDialogProps {
  readonly view: OpportunityView
  /** The stage whose gate is not met. */
  readonly to: StageId
  readonly onClose: () => void
}

/**
 * Says what a stage still needs and where to fill it in. Whoever moves the deal without it gives a reason: a manager's
 * is recorded with the move, a rep's goes to the manager as a proposal. Both work offline.
 */
export function StageGateDialog({ view, to, onClose }: StageGateDialogProps) {
  const me = useMe()
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const from = view.fields.stage
  const missing = missingWords(unmetCriteria(view, from, to))
  // Colleagues go on working while the dialog is open: what was missing may be there by now.
  if (missing.length === 0) {
    return (
      <GateMet
        to={to}
        onClose={onClose}
        onMove={() => {
          onClose()
          moveToStage(open.doc, { from, to, now: () => workspace.now() })
        }}
      />
    )
  }
  const words = gateWords(to, missing.length, stageAuthority(me.role))
  const ask = (reason: string) => {
    propose(open.doc, { path: 'fields.stage', value: to, reason, author: me.user.id, now: workspace.now() })
    onClose()
    say(words.done)
  }
  return <MissingDialog words={words} missing={missing} onAsk={ask} onClose={onClose} />
}

function MissingDialog({
  words,
  missing,
  onAsk,
  onClose,
}: {
  readonly words: ReturnType<typeof gateWords>
  readonly missing: readonly MissingWords[]
  readonly onAsk: (reason: string) => void
  readonly onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const formId = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() === '') setProblem('Say why.')
    else onAsk(reason.trim())
  }
  return (
    <Dialog
      isOpen
      size="sm"
      onOpenChange={onClose}
      title={words.title}
      lead={words.lead}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId}>
            {words.action}
          </Button>
        </>
      }
    >
      <ul aria-label="What is missing" className="-mx-2 mb-3 flex flex-col">
        {missing.map((item) => (
          <li key={item.pillar}>
            <MissingLink item={item} onFollow={onClose} />
          </li>
        ))}
      </ul>
      <form id={formId} onSubmit={submit} noValidate>
        <TextArea
          label="Reason"
          help={words.reasonHelp}
          isRequired
          maxLength={2000}
          value={reason}
          error={problem}
          onChange={(value) => {
            setReason(value)
            setProblem(undefined)
          }}
        />
      </form>
    </Dialog>
  )
}

/** Leads to the questions of the pillar; the address names it, so that the way back is there too. */
function MissingLink({ item, onFollow }: { readonly item: MissingWords; readonly onFollow: () => void }) {
  return (
    <Link
      to="."
      search={{ tab: 'meddpicc' }}
      hash={item.pillar}
      onClick={onFollow}
      className="flex min-h-11 items-center gap-3 rounded-md px-2 py-1 hover:bg-hover"
    >
      <span className="min-w-0 flex-1">
        <span className="block text-base text-ink">{item.label}</span>
        <span className="flex items-center gap-2">
          <Meter
            className="w-24"
            value={item.score}
            tone="attention"
            label={`Score of ${item.threshold} needed`}
            showValue={false}
          />
          <span className="num text-xs text-ink-2">{item.detail}</span>
        </span>
      </span>
      <ArrowRightIcon aria-hidden className="size-4 shrink-0 text-ink-3" />
    </Link>
  )
}

function GateMet({
  to,
  onMove,
  onClose,
}: {
  readonly to: StageId
  readonly onMove: () => void
  readonly onClose: () => void
}) {
  return (
    <Dialog
      isOpen
      size="sm"
      onOpenChange={onClose}
      title={`${stageLabel(to)} needs nothing more`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" onPress={onMove}>
            Move
          </Button>
        </>
      }
    >
      <p className="text-base text-ink-2">What was missing has been filled in meanwhile.</p>
    </Dialog>
  )
}
