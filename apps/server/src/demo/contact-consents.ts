import { addEntry, readContact, standingOptOuts } from '@fulqrun/schema'
import type * as Y from 'yjs'
import type { ContactPlan } from './contacts.ts'
import { fullName, type Hcp } from './hcps.ts'
import { products } from './products.ts'
import { randomFor } from './random.ts'
import type { Step, StepContext } from './recorded-document.ts'

/** Those who sponsor a deal are called and written to in its story, so they have agreed to that. */
export function mayDecline({ part }: Hcp): boolean {
  return part === 'leader' || part === 'colleague' || part === 'nurse'
}

/** What was said at the first visit. */
export function recordConsents(document: Y.Doc, plan: ContactPlan, { now, newId }: StepContext): void {
  const { hcp, random, calendar, owner } = plan
  const optOut = mayDecline(hcp) && random.chance(0.22)
  const ends = random.chance(0.12) ? random.integer(5, 30) : random.integer(90, 600)
  const product = products[hcp.focus].name
  addEntry(
    document,
    'consents',
    {
      channel: 'email',
      optType: optOut ? 'opt_out' : random.pick(['opt_in', 'double_opt_in', 'double_opt_in']),
      capturedAt: now,
      capturedBy: owner,
      scope: `${product}: medical and product information`,
      language: 'English',
      textVersion: 'HCP consent 3.2',
      evidence: optOut ? 'Asked by email to be taken off the list' : 'Signed on the tablet during the visit',
      ...(optOut ? {} : { expiresOn: calendar.date(ends) }),
    },
    { now, id: newId() },
  )
  addEntry(
    document,
    'consents',
    {
      channel: 'visit',
      optType: 'opt_in',
      capturedAt: now,
      capturedBy: owner,
      scope: 'All products',
      textVersion: 'HCP consent 3.2',
      evidence: `Agreed in person with ${fullName(hcp)}`,
    },
    { now, id: newId() },
  )
  if (!random.chance(0.5)) return
  addEntry(
    document,
    'consents',
    {
      channel: 'phone',
      optType: mayDecline(hcp) && random.chance(0.35) ? 'opt_out' : 'opt_in',
      capturedAt: now,
      capturedBy: owner,
      scope: 'Scheduling',
      textVersion: 'HCP consent 3.2',
    },
    { now, id: newId() },
  )
}

/** Days after which somebody is known well enough to have changed their mind. */
const settledDays = 160

/** Some wanted no video calls and asked for them months later: the opt-in names the opt-out that it ends. */
export function consentStory({ hcp, calendar, createdDaysAgo, owner }: ContactPlan): Step[] {
  const random = randomFor(`consent of ${hcp.key}`)
  if (createdDaysAgo < settledDays || !random.chance(0.4)) return []
  const line = { channel: 'video', capturedBy: owner, textVersion: 'HCP consent 3.2' }
  const evidence = random.pick(['Replied "no video calls, please"', 'Said in person: no time for calls'])
  const expiresOn = calendar.date(random.integer(120, 500))
  const leave: Step['change'] = (document, { now, newId }) => {
    const values = { ...line, optType: 'opt_out', capturedAt: now, evidence }
    addEntry(document, 'consents', values, { now, id: newId() })
  }
  const comeBack: Step['change'] = (document, { now, newId }) => {
    const values = {
      ...line,
      optType: 'opt_in',
      capturedAt: now,
      scope: `${products[hcp.focus].name}: questions on dosing`,
      evidence: 'Asked for a video call by email',
      expiresOn,
      replaces: standingOptOuts(readContact(document).view.consents, 'video').map(({ id }) => id),
    }
    addEntry(document, 'consents', values, { now, id: newId() })
  }
  return [
    { at: calendar.time(random.integer(130, 150), 11, random.integer(0, 59)), by: owner, change: leave },
    { at: calendar.time(random.integer(112, 128), 15, random.integer(0, 59)), by: owner, change: comeBack },
  ]
}
