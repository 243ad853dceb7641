import type { ImportKind, ImportVerdict } from '@fulqrun/protocol'
import { usePersonName } from '../../data/workspace.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { cx } from '../../ui/cx.ts'
import { HourglassIcon, LockIcon } from '../../ui/icons.ts'
import { Switch } from '../../ui/Switch.tsx'
import { Td } from '../../ui/Table.tsx'
import { columnLabel, outcomeWords, problemWords, valueWords } from './verdict-words.ts'

interface Props {
  readonly kind: ImportKind
  readonly verdict: ImportVerdict
  readonly isUpdated: boolean
  readonly onUpdate: (isOn: boolean) => void
}

/** New records show so many of their values; all of them are in the file. */
const shownValues = 4

export function CheckedRow({ kind, verdict, isUpdated, onUpdate }: Props) {
  const { row, outcome, title } = verdict
  const { text, tone } = outcomeWords[outcome]
  return (
    <tr>
      <Td className="num py-2 text-end align-top text-ink-3">{row}</Td>
      <Td className="py-2 align-top font-medium break-words phone:hidden">{title}</Td>
      <Td className="py-2 align-top">
        {title !== undefined && <p className="mb-1 font-medium break-words md:hidden">{title}</p>}
        <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <Badge tone={tone}>{text}</Badge>
          {outcome === 'create' && <NewValues kind={kind} changes={verdict.changes} />}
        </div>
        <Details kind={kind} verdict={verdict} isUpdated={isUpdated} onUpdate={onUpdate} />
      </Td>
    </tr>
  )
}

/** They are the record's title already. */
const names: ReadonlySet<string> = new Set(['fields.firstName', 'fields.lastName', 'fields.name'])

function NewValues({
  kind,
  changes,
}: {
  readonly kind: ImportKind
  readonly changes: ImportVerdict['changes']
}) {
  const personName = usePersonName()
  const told = changes.filter(({ path }) => !names.has(path))
  const parts = told
    .slice(0, shownValues)
    .map(({ path, to }) => `${columnLabel(kind, path)} ${valueWords({ kind, personName }, path, to)}`)
  const more = told.length > shownValues ? ` and ${told.length - shownValues} more` : ''
  return (
    <p className="min-w-0 text-ink-2">
      {parts.join(', ')}
      {more}
    </p>
  )
}

function Details({ kind, verdict, isUpdated, onUpdate }: Props) {
  const { outcome, changes, proposed, kept, problems, row, title } = verdict
  const personName = usePersonName()
  const words = (path: string, value: unknown) => valueWords({ kind, personName }, path, value)
  return (
    <>
      {problems.map((problem) => (
        <p key={`${problem.path} ${problem.message}`} className="mt-1 break-words text-conflict">
          {problemWords(kind, problem)}
        </p>
      ))}
      {outcome === 'duplicate' && (
        <div className="mt-1 max-w-120">
          {changes.length > 0 && (
            <SideBySide kind={kind} changes={changes} isUpdated={isUpdated} words={words} />
          )}
          <Switch isOn={isUpdated} onToggle={onUpdate}>
            Update {title === undefined ? `the record of row ${row}` : title}
          </Switch>
        </div>
      )}
      {proposed.map(({ path, to }) => (
        <p key={path} className="mt-1 flex items-start gap-1.5 text-ink-2">
          <HourglassIcon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {columnLabel(kind, path)} {words(path, to)} waits as a proposal until it is approved.
        </p>
      ))}
      {kept.map(({ path, why }) => (
        <p key={path} className="mt-1 flex items-start gap-1.5 text-ink-2">
          <LockIcon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {columnLabel(kind, path)}: {why}
        </p>
      ))}
    </>
  )
}

interface SideProps {
  readonly kind: ImportKind
  readonly changes: ImportVerdict['changes']
  readonly isUpdated: boolean
  readonly words: (path: string, value: unknown) => string
}

/** What the record has and what the file has; what will stand is the stronger one. */
function SideBySide({ kind, changes, isUpdated, words }: SideProps) {
  return (
    <dl className="grid grid-cols-[minmax(5rem,auto)_1fr_1fr] gap-x-3 gap-y-0.5">
      <dt className="sr-only">Field</dt>
      <dd className="col-start-2 text-xs text-ink-3">Now</dd>
      <dd className="text-xs text-ink-3">In the file</dd>
      {changes.map(({ path, from, to }) => (
        <div key={path} className="contents">
          <dt className="text-ink-2">{columnLabel(kind, path)}</dt>
          <dd className={cx('break-words', isUpdated ? 'text-ink-3 line-through' : 'font-medium')}>
            {words(path, from)}
          </dd>
          <dd className={cx('break-words', isUpdated ? 'font-medium' : 'text-ink-3')}>{words(path, to)}</dd>
        </div>
      ))}
    </dl>
  )
}
