import { useState } from 'react'
import { useNow } from '../../data/clock.ts'
import { formatTime } from '../../fields/format.ts'
import { Section } from '../../ui/Section.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { type Minute, minuteMs, type Series, seriesOf, shownMinutes } from './measure-series.ts'

const height = 48
/** Of a minute, with the gap to the next. */
const step = 10

/** A bar per minute; a minute in which nothing happened has none. */
function Chart({ series, from }: { readonly series: Series; readonly from: number }) {
  const most = Math.max(1, ...series.points.map(({ value }) => value))
  const label = `${series.finding}. One bar per minute.`
  return (
    <figure className="min-w-0">
      <figcaption className="num text-sm font-medium">{series.finding}</figcaption>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${step * shownMinutes} ${height}`}
        preserveAspectRatio="none"
        className="mt-2 h-12 w-full text-ink-3"
      >
        {series.points
          .filter(({ value }) => value > 0)
          .map(({ at, value }) => {
            const bar = Math.max(2, (height - 2) * (value / most))
            return (
              <rect
                key={at}
                x={step * Math.floor((at - from) / minuteMs) + 1}
                y={height - 1 - bar}
                width={step - 2}
                height={bar}
                className={series.id === 'errors' ? 'fill-conflict-mark' : 'fill-current'}
              />
            )
          })}
        <rect x={0} y={height - 1} width={step * shownMinutes} height={1} className="fill-line-strong" />
      </svg>
      <p className="num mt-1 flex justify-between text-xs text-ink-3">
        <span>{formatTime(from)}</span>
        <span>now</span>
      </p>
    </figure>
  )
}

/** Minutes in which anything happened, newest first. */
function MeasuresTable({ all }: { readonly all: readonly Series[] }) {
  const times = [
    ...new Set(all.flatMap(({ points }) => points.filter(({ value }) => value > 0).map(({ at }) => at))),
  ].sort((a, b) => b - a)
  if (times.length === 0)
    return <p className="text-base text-ink-2">Nothing was measured in the last hour.</p>
  return (
    <div className="thin-scroll -mx-4 max-h-80 overflow-auto">
      <Table className="num">
        <caption className="sr-only">The connection minute by minute</caption>
        <thead>
          <tr>
            <Th className="ps-4">Minute</Th>
            {all.map(({ id, label }) => (
              <Th key={id}>{label}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at) => (
            <tr key={at}>
              <th scope="row" className="h-8 border-b border-line ps-4 pe-2 text-start font-medium">
                {formatTime(at)}
              </th>
              {all.map(({ id, points }) => (
                <Td key={id} className="whitespace-nowrap">
                  {points.find((point) => point.at === at)?.text ?? ''}
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

/** The connection over the last hour, as lines or as a table. */
export function MeasuresCharts({ minutes }: { readonly minutes: readonly Minute[] }) {
  const now = useNow(10_000)
  const [isTable, setTable] = useState(false)
  const all = seriesOf(minutes, now)
  const from = (Math.floor(now / minuteMs) - shownMinutes + 1) * minuteMs
  return (
    <Section
      title="The last hour"
      actions={
        <ToggleChip isOn={isTable} onToggle={setTable}>
          View as table
        </ToggleChip>
      }
    >
      {isTable ? (
        <MeasuresTable all={all} />
      ) : (
        <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
          {all.map((series) => (
            <Chart key={series.id} series={series} from={from} />
          ))}
        </div>
      )}
    </Section>
  )
}
