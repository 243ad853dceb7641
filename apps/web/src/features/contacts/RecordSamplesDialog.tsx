import { addEntry, type ContactView, dayOf, sampleFields } from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { formatDate } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { AlertTriangleIcon, CheckIcon } from '../../ui/icons.ts'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextArea, TextField } from '../../ui/TextField.tsx'
import type { DraftProblem } from './consent-draft.ts'
import {
  fromLocalInput,
  licenceFor,
  type SampleContext,
  type SampleDraft,
  sampleProblem,
  sampleValues,
  startSample,
} from './sample-draft.ts'
import { licenceWords } from './sample-words.ts'

const handovers = sampleFields.channel.options.map(({ value, label }) => ({ id: value, label }))

interface RecordSamplesDialogProps {
  readonly view: ContactView
  readonly onClose: () => void
}

/** Records what was left with the contact. Says what is wrong with the licence or the lot, and records it all the same. */
export function RecordSamplesDialog({ view, onClose }: RecordSamplesDialogProps) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const formId = useId()
  const [openedAt] = useState(() => workspace.now())
  const [draft, setDraft] = useState<SampleDraft>(() => startSample(view, openedAt))
  const [problem, setProblem] = useState<DraftProblem>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const now = workspace.now()
    const context = { view, userId: me.user.id, now }
    const found = sampleProblem(draft, context)
    setProblem(found)
    if (found !== undefined) return
    addEntry(open.doc, 'samples', sampleValues(draft, context), { now })
    onClose()
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title="Record samples"
      lead="Check it before you record it: the entry is not changed afterwards."
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId}>
            Record
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <Warnings draft={draft} context={{ view, userId: me.user.id, now: openedAt }} />
        <SampleInputs
          draft={draft}
          problem={problem}
          onChange={(part) => {
            setDraft({ ...draft, ...part })
            setProblem(undefined)
          }}
        />
      </form>
    </Dialog>
  )
}

function Warnings({ draft, context }: { readonly draft: SampleDraft; readonly context: SampleContext }) {
  const { tone, words } = licenceWords(licenceFor(draft, context))
  const handedOverOn = dayOf(fromLocalInput(draft.deliveredAt) ?? context.now)
  const isExpired = draft.lotExpiresOn !== '' && draft.lotExpiresOn < handedOverOn
  return (
    <div aria-live="polite" className="flex flex-col gap-2 sm:col-span-2">
      <Banner
        tone={tone}
        icon={tone === 'good' ? <CheckIcon aria-hidden /> : <AlertTriangleIcon aria-hidden />}
      >
        {words}
      </Banner>
      {isExpired && (
        <Banner tone="attention" icon={<AlertTriangleIcon aria-hidden />}>
          This lot expired on {formatDate(draft.lotExpiresOn)}, before it was handed over.
        </Banner>
      )}
    </div>
  )
}

interface InputsProps {
  readonly draft: SampleDraft
  readonly problem: DraftProblem | undefined
  readonly onChange: (part: Partial<SampleDraft>) => void
}

function SampleInputs({ draft, problem, onChange }: InputsProps) {
  const bind = (key: keyof SampleDraft) => ({
    label: sampleFields[key].label,
    value: draft[key],
    error: problem?.key === key ? problem.message : undefined,
    onChange: (value: string) => {
      onChange({ [key]: value })
    },
  })
  return (
    <>
      <TextField {...bind('product')} help={sampleFields.product.help} />
      <TextField {...bind('quantity')} help={sampleFields.quantity.help} inputMode="numeric" />
      <TextField {...bind('lotNumber')} help={sampleFields.lotNumber.help} autoComplete="off" />
      <DateField {...bind('lotExpiresOn')} />
      <TextField {...bind('deliveredAt')} type="datetime-local" />
      <Select {...bind('channel')} choices={handovers} />
      <TextField {...bind('deliveredTo')} className="sm:col-span-2" />
      <TextField {...bind('requestId')} help={sampleFields.requestId.help} className="sm:col-span-2" />
      <TextArea {...bind('note')} rows={2} className="sm:col-span-2" />
    </>
  )
}
