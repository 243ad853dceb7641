import { explainRule } from '@fulqrun/rules'
import { type DocumentView, fieldSpec, isCleared, kindSpec } from '@fulqrun/schema'
import { useState } from 'react'
import { usePersonName } from '../../data/workspace.tsx'
import { formatMoment, formatTime } from '../../fields/format.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { ArrowRightIcon, InfoIcon, LockIcon, RotateCcwIcon } from '../../ui/icons.ts'
import { type Burst, type HistoryLine, waitedOnDevice } from './bursts.ts'
import { fileLine } from './file-line.ts'
import type { ValueOrigin } from './value-origin.ts'
import { describeEntry, describePath, pathLabel, valueWords } from './value-words.ts'

export interface LineActions {
  readonly canRestore: (line: HistoryLine) => boolean
  readonly restore: (line: HistoryLine) => void
  /** Whose value a change replaced, as far as that part of the history is here. */
  readonly originOf: (line: HistoryLine) => ValueOrigin | undefined
}

interface ItemProps {
  readonly view: DocumentView
  readonly currency: string | undefined
  readonly actions: LineActions
}

/** More lines than this are folded: a first import changes dozens of fields at once. */
const shownLines = 6

const originWords = {
  device: undefined,
  api: undefined,
  system: 'by the server',
  restore: 'restored',
  import: 'imported',
  demo: 'demo data',
} as const

/** What one person did in one go. */
export function BurstItem({ burst, ...rest }: ItemProps & { readonly burst: Burst }) {
  const [isOpen, setOpen] = useState(false)
  const lines = isOpen ? burst.lines : burst.lines.slice(0, shownLines)
  const hidden = burst.lines.length - shownLines
  const origin = originWords[burst.origin]
  const from = formatTime(burst.from)
  const to = formatTime(burst.to)
  return (
    <article className="rounded-lg border border-line bg-surface px-3 py-2">
      <header className="flex flex-wrap items-center gap-x-2 text-sm">
        <Avatar person={burst.author} size="sm" />
        <span className="font-medium text-ink">{burst.author.name}</span>
        <span className="num text-ink-3">{from === to ? to : `${from} to ${to}`}</span>
        {origin !== undefined && <Badge>{origin}</Badge>}
      </header>
      <ul className="mt-1 flex flex-col divide-y divide-line">
        {lines.map((line) => (
          <li key={`${line.seq}:${line.path}:${line.action}`} className="py-1.5">
            <ChangeLine line={line} {...rest} />
          </li>
        ))}
      </ul>
      {burst.reason !== undefined && <p className="pb-1 text-sm text-ink-2">Reason: {burst.reason}</p>}
      {hidden > 0 && (
        <Button
          variant="quiet"
          size="sm"
          aria-expanded={isOpen}
          onPress={() => {
            setOpen(!isOpen)
          }}
        >
          {isOpen ? 'Show less' : `Show ${hidden} more`}
        </Button>
      )}
    </article>
  )
}

function lineLabel(view: DocumentView, line: HistoryLine): string {
  if (line.action === 'create') return `${kindSpec(view.kind).label} created`
  const entry = line.after ?? line.before
  const about = view.proposals.find(({ id }) => line.path === `proposals.${id}`)
  if (about !== undefined) return `Proposal for ${describePath(view, about.path)}`
  const named = describePath(view, line.path)
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return named
  const wanted = (entry as Readonly<Record<string, unknown>>)['path']
  if (line.path.startsWith('proposals.') && typeof wanted === 'string')
    return `Proposal for ${describePath(view, wanted)}`
  // An entry that is gone has no name in the record any more, but the change still has it.
  const name = describeEntry(entry as Readonly<Record<string, unknown>>)
  const told = fileLine(line, name)
  if (told !== undefined) return told
  return name === undefined ? named : pathLabel(view.kind, line.path, name)
}

function ChangeLine({ line, view, currency, actions }: ItemProps & { readonly line: HistoryLine }) {
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium text-ink">{lineLabel(view, line)}</p>
        <ChangeBody line={line} view={view} currency={currency} />
        <BeforeLine line={line} origin={actions.originOf(line)} />
        {line.reason !== undefined && <p className="text-ink-2">Reason: {line.reason}</p>}
        {/* A proposal that a rule made stands beside what the rule put back: the sentence is said there. */}
        {line.rule !== undefined && line.action !== 'propose' && line.action !== 'decide' && (
          <RuleLine rule={line.rule} line={line} view={view} currency={currency} />
        )}
        {waitedOnDevice(line) && (
          <p className="num mt-0.5 flex items-center gap-1 text-xs text-ink-3">
            <InfoIcon aria-hidden className="size-3" />
            edited offline {formatMoment(line.editedAt, line.receivedAt)}, received{' '}
            {formatTime(line.receivedAt)}
          </p>
        )}
      </div>
      {actions.canRestore(line) && (
        <Button
          size="sm"
          variant="quiet"
          icon={<RotateCcwIcon aria-hidden className="size-3.5" />}
          aria-label={`Restore ${lineLabel(view, line)}`}
          onPress={() => {
            actions.restore(line)
          }}
        >
          Restore
        </Button>
      )}
    </div>
  )
}

/** Whose value it was that stood before, where it is a value that stands on its own. */
function BeforeLine({
  line,
  origin,
}: {
  readonly line: HistoryLine
  readonly origin: ValueOrigin | undefined
}) {
  if (origin === undefined) return null
  return (
    <p className="num text-xs text-ink-3">
      {line.action === 'put-back' || line.action === 'conflict' ? 'what stands' : 'before'}: by{' '}
      {origin.author.name}, {formatMoment(origin.at, line.receivedAt)}
    </p>
  )
}

/** Why a rule changed the outcome, with the value that stood after it. */
function RuleLine({
  rule,
  line,
  view,
  currency,
}: Omit<ItemProps, 'actions'> & { readonly rule: string; readonly line: HistoryLine }) {
  const personName = usePersonName()
  const stands = line.action === 'put-back' || line.action === 'conflict' ? line.before : line.after
  const spec = fieldSpec(view.kind, line.path)
  return (
    <p className="mt-0.5 flex items-start gap-1 text-ink-2">
      <LockIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-pinned-mark" />
      {explainRule(rule, {
        label: lineLabel(view, line),
        stands: isCleared(stands) ? undefined : valueWords(stands, spec, { personName, currency }),
      })}
    </p>
  )
}

function ChangeBody({ line, view, currency }: Omit<ItemProps, 'actions'> & { readonly line: HistoryLine }) {
  const personName = usePersonName()
  const spec = fieldSpec(view.kind, line.path)
  const words = (value: unknown) => valueWords(value, spec, { personName, currency })
  const isEntry = spec === undefined
  switch (line.action) {
    case 'text':
      return <TextChange inserted={line.inserted} deleted={line.deleted} />
    case 'create':
      return null
    case 'put-back':
      return (
        <p className="text-ink-2">
          <s className="text-ink-3">{words(line.after)}</s> was put back; {words(line.before)} stays
        </p>
      )
    case 'conflict':
      return (
        <p className="text-ink-2">
          <s className="text-ink-3">{words(line.after)}</s> did not stand; {words(line.before)} does. It is
          kept with the conflict.
        </p>
      )
    case 'propose':
      return (
        <p className="text-ink-2">
          Proposed {words(line.after)}
          {line.before !== undefined && ` instead of ${words(line.before)}`}
        </p>
      )
    case 'decide':
      if (line.rule === undefined && !line.path.startsWith('proposals.'))
        return <OldToNew before={words(line.before)} after={words(line.after)} />
      return <p className="text-ink-2">{decisionWords(line, words)}</p>
    case 'delete':
      if (line.path.startsWith('attachments.')) return null
      if (isEntry) return <p className="text-ink-2">Removed</p>
      return <OldToNew before={words(line.before)} after="empty" />
    default:
      if (line.path.startsWith('attachments.') && line.before === undefined) return null
      if (isEntry && line.before === undefined) return <p className="text-ink-2">Added</p>
      return <OldToNew before={words(line.before)} after={words(line.after)} />
  }
}

/** A proposal was answered, or a value chosen among those that people wrote apart from each other. */
function decisionWords(line: HistoryLine, words: (value: unknown) => string): string {
  const { after } = line
  const status = typeof after === 'object' && after !== null && 'status' in after ? after.status : after
  if (line.path.startsWith('proposals.') && typeof status === 'string')
    return `${status.slice(0, 1).toUpperCase()}${status.slice(1)}`
  const chosen = `Chosen: ${words(after)}`
  return line.before === undefined ? chosen : `${chosen}, in place of ${words(line.before)}`
}

function OldToNew({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <p className="num flex flex-wrap items-center gap-x-1.5 break-words text-ink-2">
      <span className="min-w-0 text-ink-3">{before}</span>
      <ArrowRightIcon aria-label="became" className="size-3.5 shrink-0 text-ink-3" />
      <span className="min-w-0 text-ink">{after}</span>
    </p>
  )
}

/** Enough to recognise the place; the record has the whole text. */
const snippetLength = 180

function snippet(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  return line.length <= snippetLength ? line : `${line.slice(0, snippetLength)}\u2026`
}

function countWords(length: number): string {
  return length === 1 ? '1 character' : `${length.toLocaleString('en-US')} characters`
}

function TextChange({ inserted, deleted }: { readonly inserted: string; readonly deleted: string }) {
  if (inserted === '' && deleted === '') return <p className="text-ink-2">Changed the format</p>
  return (
    <div className="text-ink-2">
      {inserted.trim() !== '' && (
        <p className="break-words">
          <ins className="rounded-sm bg-good-soft px-0.5 text-good decoration-good-mark underline-offset-2">
            {snippet(inserted)}
          </ins>
        </p>
      )}
      {deleted.trim() !== '' && (
        <p className="break-words">
          <del className="rounded-sm bg-conflict-soft px-0.5 text-conflict">{snippet(deleted)}</del>
        </p>
      )}
      <p className="num text-xs text-ink-3">
        {[
          inserted === '' ? '' : `${countWords(inserted.length)} added`,
          deleted === '' ? '' : `${countWords(deleted.length)} removed`,
        ]
          .filter((part) => part !== '')
          .join(', ')}
      </p>
    </div>
  )
}
