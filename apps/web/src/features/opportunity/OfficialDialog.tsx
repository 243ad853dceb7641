import type { Financials } from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { isNumeric } from '../../fields/draft.ts'
import { formatValue } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { AlertTriangleIcon } from '../../ui/icons.ts'
import { TextField } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { answerProblem, putFinancials } from './financials-api.ts'
import {
  changedValues,
  draftProblems,
  draftsOf,
  officialSpecs,
  officialValue,
  rebaseDrafts,
} from './official-drafts.ts'

/** Sets official values for everybody at once. For finance, and only with a connection: the server holds these. */
export function OfficialDialog({
  financials,
  onClose,
}: {
  readonly financials: Financials
  readonly onClose: () => void
}) {
  const { open } = useRecordScope()
  const [base, setBase] = useState(financials)
  const [drafts, setDrafts] = useState(() => draftsOf(financials))
  const [problem, setProblem] = useState<string>()
  const [isSaving, setSaving] = useState(false)
  const formId = useId()
  const problems = draftProblems(drafts)
  // While saving it is our own change that arrives.
  const hasMoved = financials.version !== base.version && !isSaving
  const changed = changedValues(drafts, base)
  const save = async () => {
    setSaving(true)
    const answer = await putFinancials(open.name, { version: base.version, values: changed })
    setSaving(false)
    const failure = answerProblem(answer)
    setProblem(failure)
    if (failure !== undefined) return
    onClose()
    say('Official values set. Everybody sees them now.')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (Object.keys(problems).length > 0 || isSaving) return
    if (Object.keys(changed).length === 0) onClose()
    else void save()
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title="Set official values"
      lead={`You see version ${base.version}. Everybody gets the new one at once.`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} isDisabled={isSaving || hasMoved}>
            {isSaving ? 'Saving' : 'Set values'}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        {(problem !== undefined || hasMoved) && (
          <div role="alert">
            <Banner
              tone="attention"
              icon={<AlertTriangleIcon aria-hidden />}
              action={
                hasMoved ? (
                  <Button
                    size="sm"
                    onPress={() => {
                      setDrafts(rebaseDrafts(drafts, base, financials))
                      setBase(financials)
                      setProblem(undefined)
                    }}
                  >
                    Use version {financials.version}
                  </Button>
                ) : undefined
              }
            >
              {hasMoved
                ? `The official values changed to version ${financials.version} while this was open. What is official now stands under each field; what you typed is kept.`
                : problem}
            </Banner>
          </div>
        )}
        <div className="grid gap-3 sm:grid-cols-2">
          {officialSpecs.map((spec) => (
            <TextField
              key={spec.key}
              label={spec.unit === undefined ? spec.label : `${spec.label} (${spec.unit})`}
              help={`Official now: ${formatValue(spec, officialValue(financials, spec.key), { currency: financials.currency }) || 'not set'}`}
              error={problems[spec.key]}
              value={drafts[spec.key] ?? ''}
              onChange={(value) => {
                setDrafts({ ...drafts, [spec.key]: value })
              }}
              {...(isNumeric(spec) ? { inputMode: 'decimal' as const } : {})}
            />
          ))}
        </div>
      </form>
    </Dialog>
  )
}
