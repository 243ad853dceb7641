import { useState } from 'react'
import { useNow } from '../../data/clock.ts'
import { formatTime } from '../../fields/format.ts'
import { Section } from '../../ui/Section.tsx'
import { Sparkline } from '../../ui/Sparkline.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { type Minute, type Series, seriesOf } from './measure-series.ts'

function Chart({ series }: { readonly series: Series }) {
  return (
    <figure className="min-w-0">
      <figcaption className="num text-sm font-medium">{series.finding}</figcaption>
      {series.points.length > 1 ? (
        <Sparkline
          values={series.points.map(({ value }) => value)}
          label={`${series.finding}. One point per minute.`}
          className="mt-2 h-12 w-full"
        />
      ) : (
        <p className="mt-2 h-12 text-sm text-ink-3">A line appears after two minutes.</p>
      )}
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
            <Chart key={series.id} series={series} />
          ))}
        </div>
      )}
    </Section>
  )
}
