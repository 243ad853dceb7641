import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import type { Measurement } from './bench.ts'
import type { LoadCase } from './cases.ts'
import { type Spread, median, ratiosOf } from './statistics.ts'
import { type SubjectId, subjects } from './subject.ts'

/** The server that ours is compared with. */
const baseline: SubjectId = 'hocuspocus'

type LoadMeasurement = Extract<Measurement, { readonly type: 'load' }>
type LoadMeasure = Exclude<keyof LoadMeasurement, 'type' | 'server' | 'case' | 'round' | 'seconds'>

const loadColumns: readonly {
  readonly measure: LoadMeasure
  readonly title: string
  readonly digits: number
}[] = [
  { measure: 'updatesPerSecond', title: 'updates/s', digits: 0 },
  { measure: 'receiveP50', title: 'receipt p50 ms', digits: 2 },
  { measure: 'receiveP99', title: 'receipt p99 ms', digits: 2 },
  { measure: 'acknowledgeP50', title: 'ack p50 ms', digits: 2 },
  { measure: 'acknowledgeP99', title: 'ack p99 ms', digits: 2 },
  { measure: 'cpuPerUpdate', title: 'CPU us/update', digits: 1 },
]

export interface MachineFacts {
  readonly type: 'machine'
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cpus: number
  readonly memoryGb: number
  /** Load average of the last minute before the run; a busy machine makes ratios noisier. */
  readonly loadBefore: number
  readonly at: string
}

export function readMachineFacts(): MachineFacts {
  return {
    type: 'machine',
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? Number.NaN,
    at: new Date().toISOString(),
  }
}

/** Ratio of ours to plain Hocuspocus in one measure of one case: median, lowest and highest of the rounds. */
export interface RatioLine extends Spread {
  readonly type: 'ratio'
  readonly case: string
  readonly measure: LoadMeasure
}

/** Ratios of every case and measure that both servers were measured in. */
export function computeRatios(measurements: readonly Measurement[]): readonly RatioLine[] {
  const loads = measurements.filter((measurement) => measurement.type === 'load')
  const caseIds = [...new Set(loads.map((load) => load.case))]
  return caseIds.flatMap((id) =>
    loadColumns.flatMap(({ measure }) => {
      const ratios = ratiosOf(
        valuesOf(loads, { server: 'fulqrun', id, measure }),
        valuesOf(loads, { server: baseline, id, measure }),
      )
      return ratios === undefined ? [] : [{ type: 'ratio' as const, case: id, measure, ...ratios }]
    }),
  )
}

interface Selection {
  readonly server: SubjectId
  readonly id: string
  readonly measure: LoadMeasure
}

function valuesOf(loads: readonly LoadMeasurement[], { server, id, measure }: Selection): readonly number[] {
  return loads
    .filter((load) => load.server === server && load.case === id)
    .sort((a, b) => a.round - b.round)
    .map((load) => load[measure])
}

/** The whole run as text: one table per load case, one for memory, one for lost edits. */
export function formatReport(
  facts: MachineFacts,
  cases: readonly LoadCase[],
  measurements: readonly Measurement[],
): string {
  const ratios = computeRatios(measurements)
  return [
    formatFacts(facts),
    ...cases.map((load) => formatLoads(load, measurements, ratios)),
    formatMemory(measurements),
    formatKills(measurements),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function formatFacts(facts: MachineFacts): string {
  return [
    `Node ${facts.node} on ${facts.platform}, ${facts.cpus} x ${facts.cpu}, ${facts.memoryGb} GB, load before ${formatNumber(facts.loadBefore, 2)}`,
    'Servers and load generator share this machine over loopback: only the ratios travel. Medians of interleaved rounds.',
  ].join('\n')
}

function formatLoads(
  load: LoadCase,
  measurements: readonly Measurement[],
  ratios: readonly RatioLine[],
): string {
  const loads = measurements.filter(
    (measurement) => measurement.type === 'load' && measurement.case === load.id,
  )
  const mine = loads.filter((measurement) => measurement.type === 'load')
  if (mine.length === 0) return ''
  const servers = [...new Set(mine.map(({ server }) => server))]
  const rows = servers.map((server) => [
    subjects[server].label,
    ...loadColumns.map(({ measure, digits }) =>
      formatNumber(median(valuesOf(mine, { server, id: load.id, measure })), digits),
    ),
  ])
  const compared = ratios.filter((ratio) => ratio.case === load.id)
  const ratioRows =
    compared.length === 0
      ? []
      : [
          ['ours / plain', ...loadColumns.map(({ measure }) => formatRatio(compared, measure, 'median'))],
          [
            '  lowest to highest',
            ...loadColumns.map(({ measure }) => formatRatio(compared, measure, 'range')),
          ],
        ]
  const rounds = Math.max(...mine.map(({ round }) => round))
  const title = `${load.label} (${load.edits} edits, ${rounds} ${rounds === 1 ? 'round' : 'rounds'})`
  return formatTable(title, ['', ...loadColumns.map((column) => column.title)], [...rows, ...ratioRows])
}

function formatRatio(ratios: readonly RatioLine[], measure: LoadMeasure, part: 'median' | 'range'): string {
  const ratio = ratios.find((candidate) => candidate.measure === measure)
  if (ratio === undefined) return '-'
  return part === 'median' ? `${ratio.median.toFixed(2)}x` : `${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)}`
}

function formatMemory(measurements: readonly Measurement[]): string {
  const rows = measurements
    .filter((measurement) => measurement.type === 'memory')
    .map((memory) => [
      subjects[memory.server].label,
      ...[
        memory.usedPerDocument,
        memory.usedPerConnection,
        memory.residentPerDocument,
        memory.residentPerConnection,
      ].map((bytes) => formatNumber(bytes / 1024, 1)),
      String(memory.documents),
    ])
  if (rows.length === 0) return ''
  return formatTable(
    'Memory held by idle documents and connections, KiB each (used: JavaScript memory after a full collection)',
    ['', 'used/document', 'used/connection', 'RSS/document', 'RSS/connection', 'documents'],
    rows,
  )
}

function formatKills(measurements: readonly Measurement[]): string {
  const kills = measurements.filter((measurement) => measurement.type === 'kill')
  const servers = [...new Set(kills.map(({ server }) => server))]
  const rows = servers.map((server) => {
    const mine = kills.filter((kill) => kill.server === server)
    const sum = (measure: 'confirmed' | 'lost'): number =>
      mine.reduce((total, kill) => total + kill[measure], 0)
    const by = mine[0]?.confirmedBy === 'acknowledgement' ? 'acknowledged' : 'seen by a colleague (no acks)'
    return [subjects[server].label, String(sum('lost')), String(sum('confirmed')), by, String(mine.length)]
  })
  if (rows.length === 0) return ''
  return formatTable(
    'Edits lost when the server is killed (SIGKILL) in the middle of writing',
    ['', 'lost', 'of', 'confirmed by', 'rounds'],
    rows,
  )
}

function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '-'
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Columns of text, first one aligned left, the others right. */
export function formatTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [title, line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  )
}
