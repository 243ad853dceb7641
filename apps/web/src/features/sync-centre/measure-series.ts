import { formatNumber } from '../../fields/format.ts'
import { sizeWords } from '../../frame/storage-words.ts'

/** The connection over the last hour, as series with their finding in words. */

/** One minute, as the device measures it. */
export interface Minute {
  /** Device time at which it began. */
  readonly at: number
  /** Of what was asked and answered, ms; undefined when nothing was. */
  readonly latencyP50?: number | undefined
  readonly latencyMax?: number | undefined
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly reconnects: number
  readonly errors: number
}

export interface Series {
  readonly id: 'latency' | 'throughput' | 'reconnects' | 'errors'
  readonly label: string
  /** What the series says, as its title. */
  readonly finding: string
  readonly points: readonly { readonly at: number; readonly value: number; readonly text: string }[]
}

export const minuteMs = 60_000
/** Minutes of the hour that is shown. */
export const shownMinutes = 60

/** All sixty minutes; those in which nothing happened count nothing. */
function wholeHour(measured: readonly Minute[], now: number): readonly Minute[] {
  const byMinute = new Map(measured.map((minute) => [Math.floor(minute.at / minuteMs), minute]))
  const last = Math.floor(now / minuteMs)
  return Array.from({ length: shownMinutes }, (_, index) => {
    const minute = last - shownMinutes + 1 + index
    return (
      byMinute.get(minute) ?? {
        at: minute * minuteMs,
        sentBytes: 0,
        receivedBytes: 0,
        reconnects: 0,
        errors: 0,
      }
    )
  })
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const times = (count: number, what: string) => (count === 1 ? `1 ${what}` : `${formatNumber(count)} ${what}s`)

function latency(measured: readonly Minute[]): Series {
  const points = measured.flatMap(({ at, latencyP50 }) =>
    latencyP50 === undefined
      ? []
      : [{ at, value: latencyP50, text: `${formatNumber(Math.round(latencyP50))} ms` }],
  )
  const sorted = points.map(({ value }) => value).sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  const worst = Math.max(0, ...measured.map(({ latencyMax }) => latencyMax ?? 0))
  return {
    id: 'latency',
    label: 'Answer time',
    finding:
      middle === undefined
        ? 'Answer time: nothing measured'
        : `Answer time: usually ${Math.round(middle)} ms, at worst ${formatNumber(Math.round(worst))} ms`,
    points,
  }
}

function counted(
  hour: readonly Minute[],
  id: 'reconnects' | 'errors',
  words: { readonly label: string; readonly none: string; readonly what: string },
): Series {
  const total = sum(hour.map((minute) => minute[id]))
  return {
    id,
    label: words.label,
    finding: total === 0 ? words.none : `${times(total, words.what)} in the last hour`,
    points: hour.map((minute) => ({ at: minute.at, value: minute[id], text: String(minute[id]) })),
  }
}

export function seriesOf(measured: readonly Minute[], now: number): readonly Series[] {
  const hour = wholeHour(measured, now)
  const sent = sum(hour.map(({ sentBytes }) => sentBytes))
  const received = sum(hour.map(({ receivedBytes }) => receivedBytes))
  return [
    latency(measured),
    {
      id: 'throughput',
      label: 'Data',
      finding: `${sizeWords(sent)} sent, ${sizeWords(received)} received in the last hour`,
      points: hour.map(({ at, sentBytes, receivedBytes }) => ({
        at,
        value: sentBytes + receivedBytes,
        text: `${sizeWords(sentBytes)} sent, ${sizeWords(receivedBytes)} received`,
      })),
    },
    counted(hour, 'reconnects', {
      label: 'Reconnects',
      none: 'No reconnects in the last hour',
      what: 'reconnect',
    }),
    counted(hour, 'errors', {
      label: 'Failed attempts',
      none: 'No failed attempt to connect in the last hour',
      what: 'failed attempt',
    }),
  ]
}
