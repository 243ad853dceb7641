import {
  type Consent,
  type ConsentChannel,
  type ConsentStanding,
  consentFields,
  isOptOut,
  optionLabel,
} from '@fulqrun/schema'
import { formatDate, isoDay } from '../../fields/format.ts'
import type { Tone } from '../../ui/Badge.tsx'
import { endsSoon } from './standing.ts'

/** All channels, in the order in which they are shown. */
export const channels: readonly ConsentChannel[] = consentFields.channel.options.map(({ value }) => value)

export function channelLabel(channel: ConsentChannel): string {
  return optionLabel(consentFields.channel, channel)
}

export interface StandingWords {
  readonly tone: Extract<Tone, 'neutral' | 'good' | 'attention' | 'conflict'>
  readonly words: string
}

/** A line or a channel in two or three words; `today` is an ISO date, the last day counts as valid. */
export function standingWords(standing: ConsentStanding, today: string): StandingWords {
  const { answer, line, hasExpired } = standing
  if (answer === 'opt_out') return { tone: 'conflict', words: 'Opted out' }
  if (hasExpired) return { tone: 'attention', words: 'Opt-in has run out' }
  if (line === undefined) return { tone: 'neutral', words: 'Nothing said' }
  const soon = endsSoon(line.expiresOn, today)
  if (soon !== undefined) return { tone: 'attention', words: `Opted in, ${soon}` }
  return { tone: 'good', words: optionLabel(consentFields.optType, line.optType) }
}

export interface SinceContext {
  readonly personName: (id: string) => string
  /** When a line was turned into an opt-out, ms; undefined for lines that were opt-outs from the start. */
  readonly withdrawnAt: (line: Consent) => number | undefined
}

/** A day of this device: `Sep 14, 2026`. */
export function dayWords(ms: number): string {
  return formatDate(isoDay(ms))
}

/** Since when, by whom and until when the standing of a channel holds, in short sentences. */
export function sinceWords(standing: ConsentStanding, context: SinceContext): string {
  const { line, isRefusedByWish, answer, hasExpired } = standing
  if (isRefusedByWish && (line === undefined || !isOptOut(line)))
    return 'A wish of this contact ("do not ...") refuses it.'
  if (line === undefined) return 'Ask before you use it.'
  const { expiresOn } = line
  if (hasExpired && expiresOn !== undefined) return `The last day was ${formatDate(expiresOn)}. Ask again.`
  const withdrawnAt = context.withdrawnAt(line)
  if (withdrawnAt !== undefined) return `Withdrawn ${dayWords(withdrawnAt)}.`
  const since = line.capturedAt
  const by = line.capturedBy === undefined ? '' : `, recorded by ${context.personName(line.capturedBy)}`
  const parts = [
    since === undefined ? undefined : `Since ${dayWords(since)}${by}.`,
    answer === 'opt_in' && expiresOn !== undefined ? `Until ${formatDate(expiresOn)}.` : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(' ')
}

/** How a line refers to another: `the opt-out of Sep 14, 2026`; a withdrawn opt-in is one since its withdrawal. */
export function lineName(line: Consent, withdrawnAt?: number): string {
  const kind = isOptOut(line) ? 'opt-out' : 'opt-in'
  const at = withdrawnAt ?? line.capturedAt
  return at === undefined ? `an ${kind}` : `the ${kind} of ${dayWords(at)}`
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
