import type { Licence } from '@fulqrun/schema'
import type { Standing } from '../../fields/CollectionSection.tsx'

/** Warned this many days before a licence or a consent runs out. */
const soonDays = 30

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** `expires today`, `expires in 3 days`; undefined when that is not soon, over, or never. Both are ISO dates. */
export function endsSoon(expiresOn: string | undefined, today: string): string | undefined {
  const days = expiresOn === undefined ? Infinity : daysBetween(today, expiresOn)
  if (days < 0 || days > soonDays) return undefined
  return days === 0 ? 'expires today' : `expires in ${days} ${days === 1 ? 'day' : 'days'}`
}

/** `today` is an ISO date; the last day counts as valid. */
export function licenceStanding(
  { status, expiresOn }: Pick<Licence, 'status' | 'expiresOn'>,
  today: string,
): Standing {
  if (status === 'suspended') return { tone: 'conflict', words: 'Suspended' }
  if (status === 'revoked') return { tone: 'conflict', words: 'Revoked' }
  if (status === 'expired' || (expiresOn !== undefined && expiresOn < today))
    return { tone: 'conflict', words: 'Expired' }
  const soon = endsSoon(expiresOn, today)
  if (soon === undefined) return { tone: 'good', words: 'Valid' }
  return { tone: 'attention', words: soon.charAt(0).toUpperCase() + soon.slice(1) }
}
