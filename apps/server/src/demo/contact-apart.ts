import { setField } from '@fulqrun/schema'
import type { ContactPlan } from './contacts.ts'
import { unissuedNpi } from './hcps.ts'
import { areaCodeOf } from './hospitals.ts'
import { randomFor } from './random.ts'
import type { Step } from './recorded-document.ts'
import { twoApart } from './two-apart.ts'

/** Contacts that Ana and Ben changed without having seen each other's change, by hospital and part. */
const stories: Readonly<Record<string, (plan: ContactPlan) => readonly Step[]>> = {
  // Nobody can tell which number is right but the two of them: it is asked.
  'lakemont-colleague': ({ hcp, calendar }) =>
    twoApart(calendar, {
      daysAgo: 3,
      first: (document, { now }) =>
        setField(document, 'fields.npi', unissuedNpi(randomFor(`badge of ${hcp.key}`)), { now }),
      reason: 'As printed on the badge.',
      offline: (document, { now }) =>
        setField(document, 'fields.npi', unissuedNpi(randomFor(`prescription of ${hcp.key}`)), { now }),
    }),
  // The later number stands; Ana is told that hers was replaced.
  'stalban-pharmacy': ({ hcp, calendar }) => {
    const area = areaCodeOf(hcp.hospital.state)
    return twoApart(calendar, {
      daysAgo: 2,
      first: (document, { now }) => setField(document, 'fields.phone', `+1 ${area} 555 0143`, { now }),
      reason: 'New direct line, from the front desk.',
      offline: (document, { now }) => setField(document, 'fields.phone', `+1 ${area} 555 0188`, { now }),
    })
  },
}

export function contactApart(plan: ContactPlan): readonly Step[] {
  return stories[plan.hcp.key]?.(plan) ?? []
}
