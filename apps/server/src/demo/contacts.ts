import { addEntry, createDocument, setField } from '@fulqrun/schema'
import type * as Y from 'yjs'
import type { AuthorId } from './authors.ts'
import { type Calendar, isoDate } from './calendar.ts'
import { consentStory, mayDecline, recordConsents } from './contact-consents.ts'
import { contactApart } from './contact-apart.ts'
import { contactNotes } from './contact-notes.ts'
import { leaveSamples, sampleVisits } from './contact-samples.ts'
import { oldestDealDays } from './deal.ts'
import { type Hcp, hcps } from './hcps.ts'
import { areaCodeOf } from './hospitals.ts'
import { products } from './products.ts'
import { type Random, randomFor } from './random.ts'
import { type RecordedDocument, recordDocument, type Step, type StepContext } from './recorded-document.ts'
import { recordId } from './record-id.ts'

/** Days before now on which the first contact was entered. */
const oldestDays = 720

export interface ContactPlan {
  readonly hcp: Hcp
  readonly organizationId: string
  readonly id: string
  /** Whose contact it is. */
  readonly owner: AuthorId
  readonly createdDaysAgo: number
  readonly random: Random
  readonly calendar: Calendar
}

/** The record id of a contact, for references from opportunities. */
export function contactIdOf(hcp: Hcp, calendar: Calendar): string {
  return planContact(hcp, calendar).id
}

function planContact(hcp: Hcp, calendar: Calendar): ContactPlan {
  const random = randomFor(`contact ${hcp.key}`)
  // People were known before the first deal that names them; a few nurses are new.
  const isNew = hcp.part === 'nurse' && random.chance(0.5)
  const createdDaysAgo = isNew ? random.integer(70, 300) : random.integer(oldestDealDays + 10, oldestDays)
  const [owner, organizationId] = ownerOf(hcp, random)
  const id = recordId(calendar.time(createdDaysAgo, 9), random)
  return { hcp, organizationId, id, owner, createdDaysAgo, random, calendar }
}

function ownerOf({ hospital }: Hcp, random: Random): [AuthorId, string] {
  if (hospital.territoryId === 'rival-west') return ['eve', 'rival']
  if (hospital.territoryId === 'meridian-south') return ['mia', 'meridian']
  return [random.pick(['ana', 'ben']), 'meridian']
}

export function recordContacts(calendar: Calendar): RecordedDocument[] {
  return hcps.map((hcp) => recordContact(planContact(hcp, calendar)))
}

function recordContact(plan: ContactPlan): RecordedDocument {
  const { hcp, organizationId, id, calendar } = plan
  const identity = { organizationId, territoryId: hcp.hospital.territoryId, kind: 'contact', id } as const
  return recordDocument(identity, contactSteps(plan), calendar.now)
}

/** Created with what the business card says, completed after the first visit, then kept up. */
function contactSteps(plan: ContactPlan): Step[] {
  const { random, calendar, createdDaysAgo, owner } = plan
  const { hcp } = plan
  const helper: AuthorId = owner === 'ana' ? 'ben' : owner === 'ben' ? 'ana' : owner
  const steps: Step[] = [
    {
      at: calendar.time(createdDaysAgo, random.integer(8, 16), random.integer(0, 59)),
      by: owner,
      change: (document, context) => create(document, plan, context),
    },
    {
      at: calendar.time(createdDaysAgo - random.integer(2, 20), random.integer(9, 16), random.integer(0, 59)),
      by: owner,
      change: (document, context) => recordCredentials(document, plan, context),
    },
  ]
  steps.push(...consentStory(plan), ...sampleVisits(plan))
  const recently = random.integer(1, 45)
  if (hcp.part !== 'nurse' || random.chance(0.5)) {
    steps.push({
      at: calendar.time(recently + random.integer(5, 20), random.integer(9, 17), random.integer(0, 59)),
      by: random.chance(0.3) ? helper : owner,
      change: (document) => contactNotes(document, { hcp, random }),
    })
  }
  steps.push({
    at: calendar.time(recently, random.integer(9, 17), random.integer(0, 59)),
    by: owner,
    change: (document, context) => {
      recordVisit(document, plan, context)
      leaveSamples(document, plan, context)
    },
  })
  if (random.chance(0.35)) {
    steps.push({
      at: calendar.time(random.integer(0, recently - 1), random.integer(7, 9), random.integer(0, 59)),
      by: helper,
      change: (document, { now }) => setField(document, 'fields.bestTime', random.pick(otherTimes), { now }),
      reason: 'Told me on the phone.',
    })
  }
  return [...steps, ...contactApart(plan)]
}

const bestTimes = [
  'Tuesdays after 16:00, once clinic is over',
  'Before rounds, 7:00 to 7:30',
  'Wednesday lunch, ask the front desk for a slot',
  'Fridays, never before 10:00',
  'By appointment only, book two weeks ahead',
]
const otherTimes = [
  'Thursdays between 12:00 and 13:00',
  'Monday afternoons; away in school holidays',
  'Video calls on Fridays, 8:00 to 9:00',
  'After the tumor board or the team huddle, ask first',
]

function create(document: Y.Doc, plan: ContactPlan, { now }: StepContext): void {
  const { hcp, random, owner } = plan
  const { hospital } = hcp
  const user = `${hcp.firstName[0] ?? ''}.${hcp.lastName}`.toLowerCase()
  createDocument(document, {
    kind: 'contact',
    territoryId: hospital.territoryId,
    createdBy: owner,
    createdAt: now,
    fields: {
      firstName: hcp.firstName,
      lastName: hcp.lastName,
      credentials: hcp.credentials,
      title: hcp.title,
      department: hcp.department,
      hcpType: hcp.hcpType,
      specialty: hcp.specialty,
      npi: hcp.npi,
      ownerId: owner,
      email: `${user}@${hospital.id}.example`,
      phone: `+1 ${areaCodeOf(hospital.state)} 555 01${String(hcps.indexOf(hcp) % 100).padStart(2, '0')}`,
      addressLine1: hospital.street,
      addressLine2: random.chance(0.6) ? `${hcp.department}, floor ${random.integer(1, 7)}` : undefined,
      city: hospital.city,
      state: hospital.state,
      postalCode: hospital.postalCode,
      country: 'United States',
      language: hospital.language,
    },
  })
}

function recordCredentials(document: Y.Doc, plan: ContactPlan, context: StepContext): void {
  const { now, newId } = context
  const { hcp, random, calendar, owner } = plan
  const { hospital } = hcp
  const set = (key: string, value: unknown) => setField(document, `fields.${key}`, value, { now })
  set('segment', segmentOf(hcp, random))
  set(
    'formularyStatus',
    random.pick(['preferred', 'preferred', 'standard', 'standard', 'non_preferred', 'not_covered']),
  )
  set('preferredChannel', random.pick(['visit', 'visit', 'email', 'video', 'phone']))
  set('bestTime', random.pick(bestTimes))
  // Most licences are good for years; a few end soon, so that there is something to chase.
  const licenceDays = random.chance(0.15) ? random.integer(8, 50) : random.integer(120, 900)
  addEntry(
    document,
    'licences',
    {
      number: `${hospital.state}-${random.integer(100_000, 999_999)}`,
      state: hospital.state,
      status: 'active',
      expiresOn: calendar.date(licenceDays),
      address: `${hospital.street}, ${hospital.city}`,
    },
    { now, id: newId() },
  )
  addEntry(
    document,
    'affiliations',
    {
      organization: hospital.name,
      role: hcp.title,
      isPrimary: true,
      startedOn: isoDate(now - random.integer(1, 12) * 365 * 86_400_000),
    },
    { now, id: newId() },
  )
  recordConsents(document, plan, context)
  if (mayDecline(hcp) && random.chance(0.12)) set('doNotCall', true)
  if (owner !== 'eve' && hcp.part === 'specialist' && random.chance(0.4))
    addSecondAffiliation(document, plan, context)
}

function segmentOf({ part }: Hcp, random: Random): string {
  if (part === 'specialist') return 'a'
  if (part === 'pharmacy' || part === 'leader') return random.pick(['a', 'b', 'b'])
  return random.pick(['b', 'c', 'c', 'd'])
}

function addSecondAffiliation(
  document: Y.Doc,
  { hcp, random }: ContactPlan,
  { now, newId }: StepContext,
): void {
  const places: Readonly<Record<string, string>> = {
    cardavel: 'Midland Society for Heart Failure Care',
    onvexa: 'Regional Lung Cancer Study Group',
    glymora: 'Community Diabetes Alliance',
  }
  addEntry(
    document,
    'affiliations',
    {
      organization: places[hcp.focus] ?? '',
      role: random.pick(['Board member', 'Speaker', 'Chair of the education committee']),
      isPrimary: false,
      startedOn: isoDate(now - random.integer(200, 1500) * 86_400_000),
    },
    { now, id: newId() },
  )
}

interface Visit {
  readonly subject: string
  readonly callType: 'detailing' | 'sampling' | 'follow_up' | 'presentation' | 'lunch_meeting'
  readonly outcomeNote: string
}

function visitsOf(product: string): readonly Visit[] {
  return [
    {
      subject: `Detailing visit, ${product}`,
      callType: 'detailing',
      outcomeNote: 'Went through the label update. Wants the dosing card in the exam rooms.',
    },
    {
      subject: `Lunch meeting on ${product} access`,
      callType: 'lunch_meeting',
      outcomeNote: 'Eight of the team came. Prior authorization is the main hurdle; sent the checklist.',
    },
    {
      subject: 'Follow-up on open questions',
      callType: 'follow_up',
      outcomeNote: 'Answered the renal dosing question with medical information; satisfied.',
    },
    {
      subject: `${product} evidence review`,
      callType: 'presentation',
      outcomeNote:
        'Interested in the subgroup over 75. Asked for the publication, request passed to medical.',
    },
  ]
}

function recordVisit(document: Y.Doc, plan: ContactPlan, { now, newId }: StepContext): void {
  const { hcp, random, calendar, owner } = plan
  const product = products[hcp.focus].name
  const visit = random.pick(visitsOf(product))
  addEntry(
    document,
    'activities',
    {
      ...visit,
      type: 'meeting',
      channel:
        visit.callType === 'lunch_meeting' ? 'in_person' : random.pick(['in_person', 'in_person', 'video']),
      products: [product],
      dueDate: isoDate(now),
      status: 'completed',
      outcome: random.pick(['successful', 'successful', 'follow_up_required']),
      durationMinutes: visit.callType === 'lunch_meeting' ? 60 : random.pick([10, 15, 20, 30, 45]),
      completedAt: now,
      completedBy: owner,
      assigneeId: owner,
      createdAt: now,
      createdBy: owner,
    },
    { now, id: newId() },
  )
  addEntry(
    document,
    'activities',
    {
      type: random.pick(['meeting', 'task']),
      subject: random.pick([
        `Bring the ${product} dosing cards`,
        'Ask for the date of the next committee meeting',
        `Check how the first ${product} patients are doing`,
        'Renew consent before it runs out',
        'Invite to the regional evening meeting',
      ]),
      // Some are late: a plan that is never late is no plan.
      dueDate: calendar.date(random.chance(0.2) ? -random.integer(1, 9) : random.integer(1, 35)),
      status: 'pending',
      priority: random.pick(['low', 'medium', 'medium', 'high']),
      assigneeId: owner,
      createdAt: now,
      createdBy: owner,
    },
    { now, id: newId() },
  )
}
