import {
  addEntry,
  type ConsentChannel,
  consentLines,
  consentStanding,
  type ContactView,
  dayOf,
} from '@fulqrun/schema'
import { useRef, useState } from 'react'
import { useMe, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { PlusIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { say } from '../../ui/Toaster.tsx'
import { useNow } from '../history/use-now.ts'
import { consentValues, emptyDraft } from './consent-draft.ts'
import { channelLabel, channels, sinceWords, standingWords } from './consent-words.ts'
import { ConsentLines } from './ConsentLines.tsx'
import { RecordConsentDialog } from './RecordConsentDialog.tsx'
import { StandingBadge } from './StandingBadge.tsx'
import { useWithdrawnAt } from './use-withdrawn-at.ts'

/** What the contact allows per channel, since when and on whose word, with the lines below it as evidence. */
export function ConsentTab({ view }: { readonly view: ContactView }) {
  const { canWrite } = useRecordScope()
  const [isRecording, setRecording] = useState(false)
  return (
    <Section
      title="Consent"
      actions={
        canWrite && (
          <Button
            size="sm"
            icon={<PlusIcon aria-hidden className="size-3.5" />}
            onPress={() => {
              setRecording(true)
            }}
          >
            Record consent
          </Button>
        )
      }
    >
      <p className="max-w-[72ch] pb-3 text-sm text-ink-2">
        An opt-out stands until a newer opt-in ends it. Lines stay as they were recorded: what changes is said
        in a new one.
      </p>
      <ul className="-mx-4 -mb-3 divide-y divide-line border-t border-line">
        {channels.map((channel) => (
          <ChannelRow key={channel} view={view} channel={channel} />
        ))}
      </ul>
      {isRecording && (
        <RecordConsentDialog
          view={view}
          onClose={() => {
            setRecording(false)
          }}
        />
      )}
    </Section>
  )
}

interface ChannelProps {
  readonly view: ContactView
  readonly channel: ConsentChannel
}

function ChannelRow({ view, channel }: ChannelProps) {
  const { canWrite } = useRecordScope()
  const personName = usePersonName()
  const withdrawnAt = useWithdrawnAt()
  const row = useRef<HTMLLIElement>(null)
  const now = useNow()
  const standing = consentStanding(view, channel, now)
  const lines = consentLines(view.consents, channel)
  const isOut = standing.line?.optType === 'opt_out'
  return (
    <li
      ref={row}
      tabIndex={-1}
      className="grid gap-x-6 gap-y-3 px-4 py-3 outline-none md:grid-cols-[20rem_minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <div className="flex min-h-7 items-start gap-2">
          <div className="flex min-h-7 min-w-0 flex-1 flex-wrap items-center gap-x-2">
            <h3 className="text-base font-medium">{channelLabel(channel)}</h3>
            <StandingBadge {...standingWords(standing, dayOf(now))} />
          </div>
          {canWrite && !isOut && (
            <OptOut
              view={view}
              channel={channel}
              // The button is gone then; the keyboard stays where it was.
              onDone={() => row.current?.focus()}
            />
          )}
        </div>
        <p className="num text-sm text-ink-2">{sinceWords(standing, { personName, withdrawnAt })}</p>
      </div>
      {lines.length > 0 && <ConsentLines lines={lines} />}
    </li>
  )
}

/** One press: leaving is as easy as it can be, on every device, with or without a network. */
function OptOut({ view, channel, onDone }: ChannelProps & { readonly onDone: () => void }) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const label = channelLabel(channel)
  const optOut = () => {
    const now = workspace.now()
    const context = { view, seen: view.consents, userId: me.user.id, now }
    addEntry(open.doc, 'consents', consentValues({ ...emptyDraft, channel, optType: 'opt_out' }, context), {
      now,
    })
    onDone()
    say(`${label}: opted out. An opt-out line was added.`)
  }
  return (
    <Button size="sm" aria-label={`Opt out of ${label.toLowerCase()}`} onPress={optOut}>
      Opt out
    </Button>
  )
}
