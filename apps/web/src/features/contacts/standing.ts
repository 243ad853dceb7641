import type { Consent, Licence } from '@fulqrun/schema'
import type { Standing } from '../../fields/CollectionSection.tsx'

/** Warned this many days before a licence or a consent runs out. */
const soonDays = 30

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

function byExpiry(expiresOn: string | undefined, today: string, good: string): Standing {
  if (expiresOn === undefined) return { tone: 'good', words: good }
  const days = daysBetween(today, expiresOn)
  if (days < 0) return { tone: 'conflict', words: 'Expired' }
  if (days > soonDays) return { tone: 'good', words: good }
  return {
    tone: 'attention',
    words: days === 0 ? 'Expires today' : `Expires in ${days} ${days === 1 ? 'day' : 'days'}`,
  }
}

/** `today` is an ISO date; the last day counts as valid. */
export function licenceStanding(
  { status, expiresOn }: Pick<Licence, 'status' | 'expiresOn'>,
  today: string,
): Standing {
  switch (status) {
    case 'suspended':
      return { tone: 'conflict', words: 'Suspended' }
    case 'revoked':
      return { tone: 'conflict', words: 'Revoked' }
    case 'expired':
      return { tone: 'conflict', words: 'Expired' }
    default:
      return byExpiry(expiresOn, today, 'Valid')
  }
}

export function consentStanding(
  { optType, expiresOn }: Pick<Consent, 'optType' | 'expiresOn'>,
  today: string,
): Standing {
  if (optType === 'opt_out') return { tone: 'conflict', words: 'Opted out' }
  return byExpiry(expiresOn, today, 'Opted in')
}
