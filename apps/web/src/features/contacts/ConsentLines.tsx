import { type Consent, consentFields, endsOfOptOuts, isOptOut, optionLabel, setField } from '@fulqrun/schema'
import { useEffect, useRef, useState } from 'react'
import { usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { formatDate } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { CheckIcon, XIcon } from '../../ui/icons.ts'
import { say } from '../../ui/Toaster.tsx'
import { channelLabel, joinWords, lineName } from './consent-words.ts'
import { momentWords } from './sample-words.ts'
import { useWithdrawnAt } from './use-withdrawn-at.ts'

export interface ConsentLinesProps {
  /** Of one channel, newest first. */
  readonly lines: readonly Consent[]
}

/** The lines of a channel as evidence: read-only, except that an opt-in can be turned into an opt-out. */
export function ConsentLines({ lines }: ConsentLinesProps) {
  const ends = endsOfOptOuts(lines)
  return (
    <ol className="flex flex-col gap-3">
      {lines.map((line) => (
        <ConsentLine key={line.id} line={line} lines={lines} end={ends.get(line.id)} />
      ))}
    </ol>
  )
}

interface LineProps extends ConsentLinesProps {
  readonly line: Consent
  /** The opt-in that ended this opt-out. */
  readonly end: Consent | undefined
}

function ConsentLine({ line, lines, end }: LineProps) {
  const { canWrite } = useRecordScope()
  const isOut = isOptOut(line)
  const withdrawnAt = useWithdrawnAt()(line)
  const Icon = isOut ? XIcon : CheckIcon
  const item = useRef<HTMLLIElement>(null)
  const isWithdrawing = useRef(false)
  useEffect(() => {
    if (!isOut || !isWithdrawing.current) return
    isWithdrawing.current = false
    // The dialog and the button that opened it are gone; the keyboard stays at the line.
    item.current?.focus()
  }, [isOut])
  return (
    <li
      ref={item}
      tabIndex={-1}
      className="grid grid-cols-[auto_minmax(0,1fr)] items-start gap-x-2 rounded-sm text-sm focus-visible:outline-2 focus-visible:outline-accent-ink sm:grid-cols-[auto_minmax(0,1fr)_auto]"
    >
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-3" />
      <div className="min-w-0">
        <p className="flex flex-wrap gap-x-2">
          <span className="font-medium text-ink">
            {withdrawnAt === undefined
              ? optionLabel(consentFields.optType, line.optType)
              : 'Opt-in, withdrawn'}
          </span>
          <GivenAt line={line} />
        </p>
        <Details line={line} />
        <Relations line={line} lines={lines} end={end} />
      </div>
      {canWrite && !isOut && (
        <Withdraw
          line={line}
          onWithdraw={() => {
            isWithdrawing.current = true
          }}
        />
      )}
    </li>
  )
}

function GivenAt({ line }: { readonly line: Consent }) {
  const personName = usePersonName()
  const by = line.capturedBy === undefined ? undefined : `by ${personName(line.capturedBy)}`
  const at = line.capturedAt === undefined ? 'Time not recorded' : momentWords(line.capturedAt)
  return <span className="num text-ink-2">{[at, by].filter(Boolean).join(', ')}</span>
}

function Details({ line }: { readonly line: Consent }) {
  const until = line.expiresOn === undefined ? undefined : `Valid until ${formatDate(line.expiresOn)}`
  const version = line.textVersion === undefined ? undefined : `Text ${line.textVersion}`
  const facts = [line.scope, line.channelValue, version, isOptOut(line) ? undefined : until].filter(Boolean)
  return (
    <>
      {facts.length > 0 && <p className="num break-words text-ink-2">{facts.join(' \u00b7 ')}</p>}
      {line.evidence !== undefined && (
        <p className="break-words whitespace-pre-line text-ink-2">Evidence: {line.evidence}</p>
      )}
    </>
  )
}

/** Which line ended which: how an opt-in came after an opt-out can be followed. */
function Relations({ line, lines, end }: LineProps) {
  const withdrawnAt = useWithdrawnAt()
  const at = withdrawnAt(line)
  const ended = lines.filter((other) => isOptOut(other) && line.replaces?.includes(other.id))
  const names = ended.map((other) => lineName(other, withdrawnAt(other)))
  const words = [
    at === undefined ? undefined : `An opt-out since ${momentWords(at)}.`,
    end === undefined ? undefined : `Ended by ${lineName(end)}.`,
    isOptOut(line) || ended.length === 0 ? undefined : `Ends ${joinWords(names)}.`,
  ].filter((part) => part !== undefined)
  return words.length === 0 ? null : <p className="num text-ink-3">{words.join(' ')}</p>
}

/** Turns one opt-in into an opt-out. There is no way back, so it asks. */
function Withdraw({ line, onWithdraw }: { readonly line: Consent; readonly onWithdraw: () => void }) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [isAsking, setAsking] = useState(false)
  const channel = channelLabel(line.channel).toLowerCase()
  const close = () => {
    setAsking(false)
  }
  const withdraw = () => {
    onWithdraw()
    setField(open.doc, `consents.${line.id}.optType`, 'opt_out', { now: workspace.now() })
    close()
    say(`Withdrawn: ${channel} is opted out.`)
  }
  return (
    <>
      <Button
        size="sm"
        variant="quiet"
        className="justify-self-start max-sm:col-start-2 max-sm:-ms-3"
        aria-label={`Withdraw ${lineName(line)} for ${channel}`}
        onPress={() => {
          setAsking(true)
        }}
      >
        Withdraw
      </Button>
      <Dialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        size="sm"
        role="alertdialog"
        title="Withdraw this opt-in?"
        footer={
          <>
            <Button onPress={close}>Cancel</Button>
            <Button variant="danger" onPress={withdraw}>
              Withdraw
            </Button>
          </>
        }
      >
        <p className="text-base text-ink-2">
          The line becomes an opt-out for {channel} and stays one, for everybody. If the contact agrees again
          later, record that as a new opt-in.
        </p>
      </Dialog>
    </>
  )
}
