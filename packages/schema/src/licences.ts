import type { ContactView, Licence } from './views.ts'

/** Why nobody may leave samples: no licence is known, the last one has run out, or none is active. */
export type NoSamplesReason = 'no-licence' | 'expired' | 'not-active'

export type SamplingLicence =
  | { readonly allowed: true; readonly licence: Licence }
  | {
      readonly allowed: false
      readonly reason: NoSamplesReason
      /** The licence that comes closest, to be named beside the reason. */
      readonly licence?: Licence | undefined
    }

/** The date, in UTC, of a moment in ms: days of the law and of consent count in UTC everywhere. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

/** Later end first; a licence without one never ends. Then by id, so that every device picks the same one. */
function byValidity(a: Licence, b: Licence): number {
  if (a.expiresOn === b.expiresOn) return a.id < b.id ? -1 : 1
  if (a.expiresOn === undefined || b.expiresOn === undefined) return a.expiresOn === undefined ? -1 : 1
  return a.expiresOn < b.expiresOn ? 1 : -1
}

/**
 * The licence on which samples may be left with a contact (21 CFR 203.31): active and not past its last day. One of
 * the state in which the contact works goes before others. `now` is in ms.
 */
export function samplingLicence(
  { licences, fields }: Pick<ContactView, 'licences' | 'fields'>,
  now: number,
): SamplingLicence {
  const today = dayOf(now)
  const sorted = [...licences].sort(byValidity)
  const active = sorted.filter(({ status }) => status === 'active')
  const valid = active.filter(({ expiresOn }) => expiresOn === undefined || expiresOn >= today)
  const licence = valid.find(({ state }) => state !== undefined && state === fields.state) ?? valid[0]
  if (licence) return { allowed: true, licence }
  const ended = active[0] ?? sorted.find(({ status }) => status === 'expired')
  if (ended) return { allowed: false, reason: 'expired', licence: ended }
  const barred = sorted[0]
  return barred
    ? { allowed: false, reason: 'not-active', licence: barred }
    : { allowed: false, reason: 'no-licence' }
}

/** Whether samples may be left with a contact today: there is an active licence that has not run out. */
export function mayReceiveSamples(view: Pick<ContactView, 'licences' | 'fields'>, now: number): boolean {
  return samplingLicence(view, now).allowed
}
