import { approvalLimitsProblem, type PolicyTable } from '@fulqrun/rules'
import { type FormEvent, useId, useState } from 'react'
import { draftOf, parseNumber } from '../../fields/draft.ts'
import { formatNumber } from '../../fields/format.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Section } from '../../ui/Section.tsx'
import { TextArea, TextField } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { usePolicyChange } from './use-policy-change.ts'

interface ApprovalLimitsProps {
  readonly table: PolicyTable
}

function LimitsDialog({ table, onClose }: ApprovalLimitsProps & { readonly onClose: () => void }) {
  const form = usePolicyChange(table)
  const { approvals } = table.settings
  const [amount, setAmount] = useState(() => draftOf(approvals.managerMaxAmount))
  const [discount, setDiscount] = useState(() => draftOf(approvals.managerMaxDiscount))
  const [problem, setProblem] = useState<string>()
  const formId = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const limits = {
      managerMaxAmount: parseNumber(amount) ?? Number.NaN,
      managerMaxDiscount: parseNumber(discount) ?? Number.NaN,
    }
    const wrong = approvalLimitsProblem(limits)
    setProblem(wrong)
    if (wrong !== undefined) return
    // Never rejects: what goes wrong is the form's problem.
    void form.send({ type: 'approvals', ...limits }).then((isInForce) => {
      if (!isInForce) return
      say('The limits are changed. They hold from the next decision on.')
      onClose()
    })
  }
  return (
    <Dialog
      isOpen
      size="sm"
      onOpenChange={onClose}
      title="Limits of managers"
      lead={`Now up to ${formatNumber(approvals.managerMaxAmount)} and ${formatNumber(approvals.managerMaxDiscount)} % discount.`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} isDisabled={form.isSending}>
            Change the limits
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Largest amount"
          help="In the currency of the record."
          inputMode="decimal"
          value={amount}
          onChange={setAmount}
        />
        <TextField label="Largest discount (%)" inputMode="decimal" value={discount} onChange={setDiscount} />
        {problem !== undefined && (
          <p role="alert" className="text-xs text-conflict">
            {problem}
          </p>
        )}
        <TextArea
          label="Reason"
          isRequired
          validationBehavior="aria"
          help="Kept with the change, for whoever asks later."
          maxLength={2000}
          value={form.reason}
          onChange={form.setReason}
          error={form.problem}
        />
      </form>
    </Dialog>
  )
}

/** Up to where a manager decides about proposals without finance. */
export function ApprovalLimits({ table }: ApprovalLimitsProps) {
  const [isChanging, setChanging] = useState(false)
  const { managerMaxAmount, managerMaxDiscount } = table.settings.approvals
  return (
    <Section
      title="Who approves proposals"
      actions={
        <Button
          size="sm"
          variant="quiet"
          onPress={() => {
            setChanging(true)
          }}
        >
          Change limits
        </Button>
      }
    >
      <p className="max-w-[72ch] text-base text-ink-2">
        Finance decides about every proposal of an official value; a manager about targets, and about amounts
        and discounts within the limits below. Managers and administrators decide about stages whose gate is
        not met. Nobody decides about their own proposal.
      </p>
      <dl className="mt-3 flex flex-wrap gap-x-10 gap-y-3">
        <Limit
          term="Amount up to"
          value={formatNumber(managerMaxAmount)}
          note="in the currency of the record"
        />
        <Limit
          term="Discount up to"
          value={`${formatNumber(managerMaxDiscount)} %`}
          note="of the list price"
        />
      </dl>
      {isChanging && (
        <LimitsDialog
          table={table}
          onClose={() => {
            setChanging(false)
          }}
        />
      )}
    </Section>
  )
}

function Limit({
  term,
  value,
  note,
}: {
  readonly term: string
  readonly value: string
  readonly note: string
}) {
  return (
    <div>
      <dt className="text-sm text-ink-2">{term}</dt>
      <dd className="num text-xl font-semibold">{value}</dd>
      <dd className="text-xs text-ink-3">{note}</dd>
    </div>
  )
}
