import { dayOf } from './licences.ts'
import type { Consent, ContactView } from './views.ts'

/**
 * What a contact allows, from lines that are only ever added (SCH-21).
 *
 * An opt-out stands until an opt-in for the same channel names it in `replaces`. So an opt-in that was given by
 * somebody who had not seen the opt-out, or that arrived late, never outvotes it; and no clock decides. Only where no
 * opt-out stands does the opt-in that was given last decide.
 */

export type ConsentChannel = Consent['channel']
export type ConsentAnswer = 'opt_in' | 'opt_out' | 'none'

export function isOptOut({ optType }: Pick<Consent, 'optType'>): boolean {
  return optType === 'opt_out'
}

/**
 * Which opt-in ended which opt-out, by the id of the opt-out; of several that name it the first. A line that is an
 * opt-out itself, or for another channel, ends nothing.
 */
export function endsOfOptOuts(consents: readonly Consent[]): ReadonlyMap<string, Consent> {
  const channels = new Map(consents.filter(isOptOut).map(({ id, channel }) => [id, channel]))
  const ends = new Map<string, Consent>()
  for (const line of [...consents].sort(byRecency)) {
    if (isOptOut(line)) continue
    for (const id of line.replaces ?? []) if (channels.get(id) === line.channel) ends.set(id, line)
  }
  return ends
}

/** The opt-outs of a channel that nothing has ended, oldest first. A new opt-in names them all in `replaces`. */
export function standingOptOuts(consents: readonly Consent[], channel: ConsentChannel): readonly Consent[] {
  const ends = endsOfOptOuts(consents)
  return consentLines(consents, channel)
    .filter((line) => isOptOut(line) && !ends.has(line.id))
    .toReversed()
}

/** Newest first; of two at the same moment the one that ends earlier, then by id: the same on every device. */
function byRecency(a: Consent, b: Consent): number {
  const later = (b.capturedAt ?? 0) - (a.capturedAt ?? 0)
  if (later !== 0) return later
  const [endA, endB] = [a.expiresOn ?? '~', b.expiresOn ?? '~']
  if (endA !== endB) return endA < endB ? -1 : 1
  return a.id < b.id ? 1 : -1
}

/** The lines of a channel, newest first. */
export function consentLines(consents: readonly Consent[], channel: ConsentChannel): readonly Consent[] {
  return consents.filter((line) => line.channel === channel).sort(byRecency)
}

export interface ConsentStanding {
  /** `none` when nothing was said, or when the opt-in has run out. */
  readonly answer: ConsentAnswer
  /** The line that decides: the opt-out that has stood longest, or the opt-in given last. */
  readonly line?: Consent | undefined
  /** A "do not" wish of the record refuses the channel, whatever the lines say. */
  readonly isRefusedByWish: boolean
  /** There is an opt-in, and its last day has passed. */
  readonly hasExpired: boolean
}

/**
 * The opt-out since which the channel is closed. One that had been ended stands again when the opt-in that ended it is
 * withdrawn; then the channel is closed since the withdrawal, so the withdrawn line goes before it.
 */
function decidingOptOut(consents: readonly Consent[], channel: ConsentChannel): Consent | undefined {
  const standing = standingOptOuts(consents, channel)
  const named = new Set(standing.flatMap(({ replaces = [] }) => replaces))
  return standing.find(({ id }) => !named.has(id)) ?? standing[0]
}

/** What a contact allows on a channel at `now` (ms), and what says so. */
export function consentStanding(
  view: Pick<ContactView, 'consents' | 'fields'>,
  channel: ConsentChannel,
  now: number,
): ConsentStanding {
  const isRefusedByWish = refusedChannels(view).includes(channel)
  const optOut = decidingOptOut(view.consents, channel)
  if (optOut) return { answer: 'opt_out', line: optOut, isRefusedByWish, hasExpired: false }
  const line = consentLines(view.consents, channel).find((candidate) => !isOptOut(candidate))
  const hasExpired = line?.expiresOn !== undefined && line.expiresOn < dayOf(now)
  const word = line === undefined || hasExpired ? 'none' : 'opt_in'
  return { answer: isRefusedByWish ? 'opt_out' : word, line, isRefusedByWish, hasExpired }
}

/** Whether a contact may be approached on a channel today: `none` when nothing was said or the consent has run out. */
export function consentState(
  view: Pick<ContactView, 'consents' | 'fields'>,
  channel: ConsentChannel,
  now: number,
): ConsentAnswer {
  return consentStanding(view, channel, now).answer
}

export interface ConsentSummary {
  /** Answer per channel on which something was said; a "do not" wish counts as opted out. */
  readonly consent: Readonly<Partial<Record<ConsentChannel, 'opt_in' | 'opt_out'>>>
  /** Last day of an opt-in, per channel that has one. */
  readonly consentExpires: Readonly<Partial<Record<ConsentChannel, string>>>
}

/** The answers of all channels, without a moment: whoever reads the summary compares the last days with today. */
export function summarizeConsent(view: Pick<ContactView, 'consents' | 'fields'>): ConsentSummary {
  const consent: Partial<Record<ConsentChannel, 'opt_in' | 'opt_out'>> = {}
  const consentExpires: Partial<Record<ConsentChannel, string>> = {}
  const spoken = [...view.consents.map(({ channel }) => channel), ...refusedChannels(view)]
  for (const channel of new Set(spoken)) {
    // At the beginning of time nothing has run out yet.
    const { answer, line } = consentStanding(view, channel, 0)
    if (answer === 'none') continue
    consent[channel] = answer
    if (answer === 'opt_in' && line?.expiresOn !== undefined) consentExpires[channel] = line.expiresOn
  }
  return { consent, consentExpires }
}

function refusedChannels({ fields }: Pick<ContactView, 'fields'>): readonly ConsentChannel[] {
  return [
    ...(fields.doNotCall ? (['phone', 'sms'] as const) : []),
    ...(fields.doNotEmail ? (['email'] as const) : []),
    ...(fields.doNotVisit ? (['visit'] as const) : []),
  ]
}
