import {
  addEntry,
  type Consent,
  type ConsentChannel,
  consentFields,
  consentStanding,
  type ContactView,
  standingOptOuts,
} from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { AlertTriangleIcon, InfoIcon } from '../../ui/icons.ts'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextArea, TextField } from '../../ui/TextField.tsx'
import {
  type ConsentDraft,
  consentProblem,
  consentValues,
  type DraftProblem,
  emptyDraft,
  isOptIn,
  replacedBy,
} from './consent-draft.ts'
import { channelLabel, joinWords, lineName } from './consent-words.ts'
import { useWithdrawnAt } from './use-withdrawn-at.ts'

const channelChoices = consentFields.channel.options.map(({ value, label }) => ({ id: value, label }))
const answerChoices = consentFields.optType.options.map(({ value, label }) => ({ id: value, label }))

interface RecordConsentDialogProps {
  readonly view: ContactView
  readonly onClose: () => void
}

/** Adds a line of consent. It never changes one that is there: an opt-in names the opt-outs that it ends. */
export function RecordConsentDialog({ view, onClose }: RecordConsentDialogProps) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const formId = useId()
  const [seen] = useState(view.consents)
  const [draft, setDraft] = useState<ConsentDraft>(emptyDraft)
  const [problem, setProblem] = useState<DraftProblem>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const now = workspace.now()
    const context = { view, seen, userId: me.user.id, now }
    const found = consentProblem(draft, context)
    setProblem(found)
    if (found !== undefined) return
    addEntry(open.doc, 'consents', consentValues(draft, context), { now })
    onClose()
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title="Record consent"
      lead="Adds a line with your name and the time. It is not changed afterwards."
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
        <ConsentInputs
          draft={draft}
          problem={problem}
          onChange={(part) => {
            setDraft({ ...draft, ...part })
            setProblem(undefined)
          }}
        />
        <Consequences view={view} draft={draft} seen={seen} />
      </form>
    </Dialog>
  )
}

interface InputsProps {
  readonly draft: ConsentDraft
  readonly problem: DraftProblem | undefined
  readonly onChange: (part: Partial<ConsentDraft>) => void
}

function ConsentInputs({ draft, problem, onChange }: InputsProps) {
  const errorOf = (key: string) => (problem?.key === key ? problem.message : undefined)
  return (
    <>
      <Select
        label="Channel"
        choices={channelChoices}
        value={draft.channel}
        onChange={(channel) => {
          onChange({ channel: channel as ConsentChannel })
        }}
      />
      <Select
        label="What was said"
        choices={answerChoices}
        value={draft.optType}
        error={errorOf('optType')}
        onChange={(optType) => {
          onChange({ optType: optType as ConsentDraft['optType'] })
        }}
      />
      <TextField
        label="For which product or content"
        className="sm:col-span-2"
        value={draft.scope}
        error={errorOf('scope')}
        onChange={(scope) => {
          onChange({ scope })
        }}
      />
      <TextArea
        label="Evidence"
        help="How it was said: a signed form, an email, in person."
        className="sm:col-span-2"
        rows={2}
        value={draft.evidence}
        error={errorOf('evidence')}
        onChange={(evidence) => {
          onChange({ evidence })
        }}
      />
      <TextField
        label="Version of the text"
        help="Of the consent text that was shown."
        value={draft.textVersion}
        error={errorOf('textVersion')}
        onChange={(textVersion) => {
          onChange({ textVersion })
        }}
      />
      {isOptIn(draft) && (
        <DateField
          label="Valid until"
          help="The last day. Empty: until it is withdrawn."
          value={draft.expiresOn}
          error={errorOf('expiresOn')}
          onChange={(expiresOn) => {
            onChange({ expiresOn })
          }}
        />
      )}
    </>
  )
}

interface ConsequencesProps {
  readonly view: ContactView
  readonly draft: ConsentDraft
  readonly seen: ContactView['consents']
}

/** What the line will do, said before it is recorded. */
function Consequences({ view, draft, seen }: ConsequencesProps) {
  const replaced = replacedBy(draft, seen)
  const unseen = standingOptOuts(view.consents, draft.channel).filter(({ id }) =>
    seen.every((line) => line.id !== id),
  )
  const { isRefusedByWish } = consentStanding(view, draft.channel, 0)
  const withdrawnAt = useWithdrawnAt()
  const nameOf = (line: Consent) => lineName(line, withdrawnAt(line))
  return (
    <div aria-live="polite" className="flex flex-col gap-2 empty:-mt-3 sm:col-span-2">
      {replaced.length > 0 && (
        <Banner tone="pinned" icon={<InfoIcon aria-hidden />}>
          This opt-in ends {joinWords(replaced.map(nameOf))}. What it ends stays in the list.
        </Banner>
      )}
      {isOptIn(draft) && unseen.length > 0 && (
        <Banner tone="attention" icon={<AlertTriangleIcon aria-hidden />}>
          {joinWords(unseen.map(nameOf))} arrived just now and is not ended by this opt-in. Close and open
          this again to see it first.
        </Banner>
      )}
      {isOptIn(draft) && isRefusedByWish && (
        <Banner tone="attention" icon={<AlertTriangleIcon aria-hidden />}>
          A wish of this contact (&ldquo;do not ...&rdquo;) refuses{' '}
          {channelLabel(draft.channel).toLowerCase()} whatever is recorded here.
        </Banner>
      )}
    </div>
  )
}
