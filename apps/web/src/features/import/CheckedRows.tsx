import type { ImportOutcome, ImportVerdict } from '@fulqrun/protocol'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { Meter } from '../../ui/Meter.tsx'
import { Section } from '../../ui/Section.tsx'
import { Table, Th } from '../../ui/Table.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { CheckedRow } from './CheckedRow.tsx'
import { openQuestion } from './ReadingQuestions.tsx'
import { requiredPath } from './rows.ts'
import type { ImportScreen, OpenImport } from './use-import.ts'
import { outcomeWords } from './verdict-words.ts'

const shownAtOnce = 50
const order: readonly ImportOutcome[] = ['create', 'duplicate', 'same', 'refused']

interface Props {
  readonly screen: ImportScreen
  readonly open: OpenImport
}

/** The check: what every row would do, by the server's word, and what is done with records that are there already. */
export function CheckedRows({ screen, open }: Props) {
  const { job, checked, choices } = open
  const total = job.lines.length
  const question = openQuestion(open)
  const isMissing = !choices.mapping.includes(requiredPath(job.kind))
  const isChecking = screen.activity === 'checking' || screen.activity === 'cut'
  const isDone = checked !== undefined && checked.length === total
  return (
    <Section
      title="What happens"
      meta={
        checked !== undefined &&
        `${checked.length.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows checked`
      }
    >
      {!isDone && (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            variant="primary"
            isDisabled={!screen.isOnline || isChecking || isMissing || question !== undefined}
            onPress={() => {
              screen.check()
            }}
          >
            {isChecking
              ? 'Checking...'
              : `Check ${total.toLocaleString('en-US')} ${total === 1 ? 'row' : 'rows'}`}
          </Button>
          {isChecking && (
            <Meter
              className="w-48"
              label="Rows checked"
              value={checked?.length ?? 0}
              max={total}
              tone="accent"
              showValue={false}
            />
          )}
          <p role="status" className="text-base text-ink-2">
            {question ?? (screen.isOnline ? 'Nothing is written yet.' : 'Checking needs a connection.')}
          </p>
        </div>
      )}
      {checked !== undefined && checked.length > 0 && (
        <Verdicts screen={screen} open={open} verdicts={checked} isDone={isDone} />
      )}
    </Section>
  )
}

function Verdicts({
  screen,
  open,
  verdicts,
  isDone,
}: Props & { readonly verdicts: readonly ImportVerdict[]; readonly isDone: boolean }) {
  const { choices, job } = open
  const [only, setOnly] = useState<ImportOutcome>()
  const [shown, setShown] = useState(shownAtOnce)
  const groups = useMemo(() => Map.groupBy(verdicts, ({ outcome }) => outcome), [verdicts])
  const updates = useMemo(() => new Set(choices.updates), [choices.updates])
  const list = only === undefined ? verdicts : (groups.get(only) ?? [])
  const countOf = (outcome: ImportOutcome) => groups.get(outcome)?.length ?? 0
  const duplicates = groups.get('duplicate') ?? []
  const writing = countOf('create') + duplicates.filter(({ row }) => updates.has(row)).length
  const setUpdate = (rows: readonly number[], isOn: boolean) => {
    const changed = new Set(updates)
    for (const row of rows) {
      if (isOn) changed.add(row)
      else changed.delete(row)
    }
    screen.change({ updates: [...changed] })
  }
  return (
    <div className={cx('flex flex-col gap-3', !isDone && 'mt-3')}>
      {isDone && (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            variant="primary"
            isDisabled={!screen.isOnline || writing === 0}
            onPress={() => {
              screen.run()
            }}
          >
            {importWords(countOf('create'), writing - countOf('create'))}
          </Button>
          <p className="text-base text-ink-2">
            {writing === 0
              ? 'There is nothing to write.'
              : `${(verdicts.length - writing).toLocaleString('en-US')} of ${verdicts.length.toLocaleString('en-US')} rows change nothing.`}
          </p>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2" role="group" aria-label="Show only">
        {order
          .filter((outcome) => countOf(outcome) > 0)
          .map((outcome) => (
            <ToggleChip
              key={outcome}
              isOn={only === outcome}
              onToggle={(isOn) => {
                setOnly(isOn ? outcome : undefined)
                setShown(shownAtOnce)
              }}
            >
              {outcomeWords[outcome].text} {countOf(outcome).toLocaleString('en-US')}
            </ToggleChip>
          ))}
        {duplicates.length > 1 && (
          <Button
            size="sm"
            variant="quiet"
            onPress={() => {
              const rows = duplicates.map(({ row }) => row)
              setUpdate(
                rows,
                rows.some((row) => !updates.has(row)),
              )
            }}
          >
            {duplicates.every(({ row }) => updates.has(row))
              ? 'Update none'
              : `Update all ${duplicates.length}`}
          </Button>
        )}
      </div>
      <Table className="table-fixed">
        <caption className="sr-only">What each row of the file does</caption>
        <thead>
          <tr>
            <Th className="w-12 text-end">Row</Th>
            <Th className="phone:hidden md:w-56">Record</Th>
            <Th>What happens</Th>
          </tr>
        </thead>
        <tbody>
          {list.slice(0, shown).map((verdict) => (
            <CheckedRow
              key={verdict.row}
              kind={job.kind}
              verdict={verdict}
              isUpdated={updates.has(verdict.row)}
              onUpdate={(isOn) => {
                setUpdate([verdict.row], isOn)
              }}
            />
          ))}
        </tbody>
      </Table>
      {list.length > shown && (
        <Button
          className="self-start"
          onPress={() => {
            setShown(shown + shownAtOnce)
          }}
        >
          Show {Math.min(shownAtOnce, list.length - shown)} more of{' '}
          {(list.length - shown).toLocaleString('en-US')}
        </Button>
      )}
    </div>
  )
}

/** `Create 12 and update 3 records`. */
function importWords(created: number, updated: number): string {
  const parts = [
    ...(created > 0 || updated === 0 ? [`Create ${created.toLocaleString('en-US')}`] : []),
    ...(updated > 0 ? [`${created > 0 ? 'update' : 'Update'} ${updated.toLocaleString('en-US')}`] : []),
  ]
  return `${parts.join(' and ')} ${created + updated === 1 ? 'record' : 'records'}`
}
