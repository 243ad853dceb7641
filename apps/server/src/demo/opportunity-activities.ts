import { addEntry } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { isoDate } from './calendar.ts'
import { contactIdOf } from './contacts.ts'
import type { Deal } from './deal.ts'
import { type Hcp, spokenName } from './hcps.ts'
import type { StepContext } from './recorded-document.ts'

interface Done {
  readonly type: string
  readonly subject: string
  readonly outcomeNote: string
  readonly channel: string
  readonly with: Hcp
  readonly callType?: string | undefined
  readonly outcome?: string | undefined
  readonly durationMinutes: number
}

function addDone(document: Y.Doc, deal: Deal, done: Done, { now, by, newId }: StepContext): void {
  const { with: hcp, outcome = 'successful', ...values } = done
  addEntry(
    document,
    'activities',
    {
      ...values,
      outcome,
      status: 'completed',
      priority: 'medium',
      products: [deal.product.name],
      contactId: contactIdOf(hcp, deal.calendar),
      dueDate: isoDate(now),
      completedAt: now,
      completedBy: by,
      assigneeId: by,
      createdAt: now,
      createdBy: by,
    },
    { now, id: newId() },
  )
}

export function firstCall(document: Y.Doc, deal: Deal, context: StepContext): void {
  const { champion, random } = deal
  const done: Done = {
    type: 'call',
    subject: `First call with ${spokenName(champion)}`,
    outcomeNote: random.pick([
      'Open to a second talk with the team. Wants numbers from a hospital of their size.',
      'Twenty minutes instead of ten. The problem is known, nobody owns it yet.',
      'Friendly and short. Sent the summary the same day, answer came within the hour.',
    ]),
    channel: 'phone',
    callType: 'detailing',
    with: champion,
    durationMinutes: random.pick([15, 20, 25]),
  }
  addDone(document, deal, done, context)
}

/** Something that was done: the workshop in the middle, the latest contact, or the day of the decision. */
export function doneActivity(
  document: Y.Doc,
  deal: Deal,
  { kind }: { readonly kind: 'workshop' | 'latest' | 'decision' },
  context: StepContext,
): void {
  const make = { workshop, latest, decision }[kind]
  addDone(document, deal, make(deal), context)
}

function workshop({ influencer, product, random }: Deal): Done {
  return {
    type: 'presentation',
    subject: `${product.name} budget model with the pharmacy`,
    outcomeNote: `${spokenName(influencer)} filled in their own volumes. The model now carries their name, not ours.`,
    channel: random.pick(['in_person', 'video']),
    callType: 'presentation',
    with: influencer,
    durationMinutes: random.pick([45, 60, 90]),
  }
}

function latest({ champion, buyer, influencer, product, random, reached }: Deal): Done {
  const early: readonly Done[] = [
    {
      type: 'email',
      subject: `Sent the ${product.name} evidence summary`,
      outcomeNote: 'Two pages, approved version. Asked for a reaction by the end of next week.',
      channel: 'email',
      with: champion,
      outcome: 'follow_up_required',
      durationMinutes: 10,
    },
    {
      type: 'meeting',
      subject: `Coffee with ${spokenName(influencer)}`,
      outcomeNote:
        'Explained how requests get on the committee agenda: six weeks ahead, one sponsor, one page.',
      channel: 'in_person',
      with: influencer,
      durationMinutes: 30,
    },
  ]
  const late: readonly Done[] = [
    {
      type: 'meeting',
      subject: `Review with ${spokenName(buyer)}`,
      outcomeNote:
        'Went through volume, savings and start date line by line. One open point: who trains the night shift.',
      channel: 'in_person',
      with: buyer,
      durationMinutes: 45,
    },
    {
      type: 'call',
      subject: `Open questions with ${spokenName(champion)}`,
      outcomeNote: 'Answered storage and stability. The order set draft is with their informatics team.',
      channel: 'video',
      callType: 'follow_up',
      with: champion,
      outcome: 'follow_up_required',
      durationMinutes: 30,
    },
    {
      type: 'call',
      subject: 'Contract wording with purchasing',
      outcomeNote: 'Two changes in the termination clause, both acceptable. Legal has the final text.',
      channel: 'phone',
      with: influencer,
      durationMinutes: 25,
    },
  ]
  return random.pick(reached >= 2 ? late : early)
}

function decision({ plan, buyer, champion }: Deal): Done {
  const won = plan.stage === 'closed_won'
  return {
    type: 'call',
    subject: won ? `${spokenName(buyer)} confirmed the decision` : `${spokenName(buyer)} declined`,
    outcomeNote: won
      ? `Unanimous. ${spokenName(champion)} presented, three questions, no objection.`
      : 'Thanked us for the work. The door stays open for next year.',
    channel: 'phone',
    with: buyer,
    outcome: won ? 'successful' : 'unsuccessful',
    durationMinutes: 15,
  }
}

interface Plan {
  readonly type: string
  readonly subject: string
  readonly channel?: string | undefined
}

const meeting = (subject: string): Plan => ({ type: 'meeting', subject, channel: 'in_person' })
const call = (subject: string): Plan => ({ type: 'call', subject, channel: 'phone' })
const task = (subject: string): Plan => ({ type: 'task', subject })

/** What may come next at the stage that a deal has reached. */
function plansFor({ champion, buyer, influencer, product, hospital, reached }: Deal): readonly Plan[] {
  const people = {
    champion: spokenName(champion),
    buyer: spokenName(buyer),
    influencer: spokenName(influencer),
  }
  const byStage: readonly (readonly Plan[])[] = [
    [
      meeting(`First visit at ${hospital.short}`),
      call(`Ask ${people.influencer} how requests are reviewed`),
      { type: 'email', subject: `Send ${people.champion} the evidence summary`, channel: 'email' },
      task('Find out who holds the budget'),
      meeting(`Lunch session with the team of ${people.champion}`),
    ],
    [
      meeting(`Meet ${people.buyer} and finance`),
      call(`Call ${people.influencer} about the committee agenda`),
      task('Draft the budget model with their volumes'),
      { type: 'demo', subject: `Show the ${product.name} start kit to the nurses`, channel: 'in_person' },
      meeting(`Visit ${people.champion} with the regional medical lead`),
      { type: 'email', subject: 'Send the order set draft', channel: 'email' },
    ],
    [
      { type: 'presentation', subject: `Budget impact for ${people.buyer}`, channel: 'in_person' },
      call(`Check the open questions with ${people.influencer}`),
      task('Update the budget model with this quarter’s volumes'),
      meeting(`Prepare ${people.champion} for the committee`),
      meeting('Walk through storage and supply with the pharmacy'),
      task('Write the one-page summary for finance'),
    ],
    [
      { type: 'presentation', subject: 'Final presentation to the committee', channel: 'in_person' },
      task('Collect the signed annex from legal'),
      call(`Confirm the start date with ${people.buyer}`),
      meeting('Training plan with both shifts'),
      { type: 'proposal', subject: 'Return the contract with their two changes', channel: 'email' },
    ],
  ]
  return byStage[reached] ?? []
}

/** One or two plans; some of them are overdue, as plans are. */
export function plannedActivity(document: Y.Doc, deal: Deal, { now, newId }: StepContext): void {
  const { random, owner, partner, calendar, quietDays, product } = deal
  const plans = plansFor(deal)
  const chosen = random.shuffle(plans).slice(0, random.integer(1, 3))
  chosen.forEach((plan, index) => {
    const overdue = index === 0 && random.chance(0.08)
    addEntry(
      document,
      'activities',
      {
        ...plan,
        status: 'pending',
        priority: random.pick(['high', 'medium', 'medium', 'low']),
        dueDate: calendar.date(
          overdue ? -random.integer(1, 9) : random.integer(index * 6 + 8, index * 6 + 20) - quietDays,
        ),
        products: [product.name],
        assigneeId: random.chance(0.75) ? owner : partner,
        createdAt: now,
        createdBy: owner,
      },
      { now, id: newId() },
    )
  })
}
