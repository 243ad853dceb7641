import type * as Y from 'yjs'
import type { Deal } from './deal.ts'
import { spokenName } from './hcps.ts'
import type { ProductId } from './products.ts'
import { appendNotes, type Block } from './rich-text.ts'

const discovery: Readonly<Record<ProductId, readonly string[]>> = {
  cardavel: [
    'Patients go home on the old regimen and are switched weeks later, if at all',
    'The heart failure nurses call on day seven; by then some are back in the emergency room',
    'No order set: residents copy the last discharge letter',
    'Pharmacy asks for a budget figure per bed, not per patient',
    'Follow-up visits are booked out for five weeks',
  ],
  onvexa: [
    'Biomarker results take eleven working days on average, the first visit is on day six',
    'Chairs are full on Mondays and Tuesdays and half empty on Fridays',
    'Three oncologists, three habits; the board wants one protocol',
    'Patients drive ninety minutes, so every saved visit counts',
    'Side effects after hours end up in the emergency room',
  ],
  glymora: [
    'Prior authorization takes a nurse half a day every week',
    'One in three never picks up the first prescription',
    'Teaching is done by whoever has time, so it is often not done',
    'The health plan pays a bonus for patients at target; they miss it by a few points',
    'Front desk keeps the samples, nobody keeps the list',
  ],
}

export function discoveryNotes(document: Y.Doc, deal: Deal): void {
  const { champion, product, hospital, random } = deal
  const blocks: Block[] = [
    { heading: `First call with ${spokenName(champion)}`, level: 2 },
    {
      paragraph: random.pick([
        `Good talk, twenty minutes. ${hospital.short} knows it has a problem with ${product.indication} and has never put a number on it.`,
        `${spokenName(champion)} took the call between two meetings and still stayed longer than planned. **They want to move this year.**`,
        `Careful start. ${spokenName(champion)} has heard many promises and asked what happens **after** the first prescription.`,
      ]),
    },
    { heading: 'What we heard' },
    { bullets: random.shuffle(discovery[deal.plan.product]).slice(0, 3) },
  ]
  appendNotes(document, blocks)
}

export function committeeNotes(document: Y.Doc, deal: Deal): void {
  const { influencer, buyer, product, patients, random } = deal
  const blocks: Block[] = [
    { heading: 'Budget model with the pharmacy', level: 2 },
    {
      paragraph: `${spokenName(influencer)} brought real volumes: **${patients} patients a year**, counted in their own export and not estimated by us.`,
    },
    { heading: 'How they decide' },
    {
      numbered: [
        `${spokenName(influencer)} writes the one-page request`,
        'Subcommittee looks at evidence and safety',
        'Finance checks the budget impact',
        `${spokenName(buyer)} puts it to the vote`,
      ],
    },
    {
      paragraph: random.pick([
        `Open: who pays for the teaching hours. I said we would show how two other sites do it.`,
        `Open: storage. The satellite pharmacy has one fridge and wants the exact package size of ${product.name}.`,
        `Open: they ask for a contact who answers medical questions on weekends.`,
      ]),
    },
  ]
  appendNotes(document, blocks)
}

export function reviewNotes(document: Y.Doc, deal: Deal): void {
  const { champion, buyer, random } = deal
  const blocks: Block[] = [
    { heading: 'Before the decision', level: 2 },
    {
      quote: random.pick([
        'If the nurses can live with it and finance signs the model, you have my vote.',
        'I do not need another study. I need to know who answers the phone on day three.',
        'Show me the same numbers you showed the pharmacy, on one page.',
      ]),
    },
    { paragraph: `${spokenName(buyer)}, at the end of our second meeting.` },
    { heading: 'Still to do' },
    {
      bullets: [
        `${spokenName(champion)} presents, we stay in the back row`,
        'One page for finance, signed by the pharmacy',
        random.pick([
          'Training dates for both shifts',
          'Delivery plan for the first eight weeks',
          'Names for the day-three calls',
        ]),
      ],
    },
  ]
  appendNotes(document, blocks)
}

/** What happened last, in a few lines. */
export function latestNotes(document: Y.Doc, deal: Deal): void {
  const { champion, influencer, buyer, product, random, reached } = deal
  const early: readonly Block[][] = [
    [
      { heading: 'Short update' },
      {
        paragraph: `Caught ${spokenName(influencer)} in the hallway. Requests for the next committee close in three weeks, and **they need a sponsor from the department**.`,
      },
    ],
    [
      { heading: 'Visit note' },
      {
        paragraph: `${spokenName(champion)} asked two good questions about ${product.name}: who teaches the patients, and what happens when the plan says no. Answers sent the same evening.`,
      },
      {
        bullets: ['Teaching: own educator, our material', 'Refusals: checklist plus one contact at the plan'],
      },
    ],
    [
      { heading: 'Call note' },
      {
        paragraph:
          'Interested, but **nothing moves before the budget round**. Stay in touch every two weeks, no pressure.',
      },
    ],
  ]
  const late: readonly Block[][] = [
    [
      { heading: 'Review meeting' },
      {
        paragraph: `${spokenName(buyer)} went through the model line by line. No surprise on the amount; **the open point is training for the night shift**.`,
      },
      {
        bullets: [
          'Training plan for both shifts by Friday',
          `${spokenName(influencer)} confirms storage`,
          'Next call is booked',
        ],
      },
    ],
    [
      { heading: 'Call with the pharmacy' },
      {
        paragraph: `${spokenName(influencer)} moved our request to the top of the agenda. They want one sentence on supply in the contract, legal has a draft.`,
      },
    ],
    [
      { heading: 'Prepared with the champion' },
      { paragraph: `Went through the likely questions with ${spokenName(champion)}:` },
      { numbered: ['Why now?', 'What does it cost in year two?', 'Who calls the patients?'] },
    ],
  ]
  appendNotes(document, random.pick(reached >= 2 ? late : early))
}

export function outcomeNotes(document: Y.Doc, deal: Deal): void {
  const won = deal.plan.stage === 'closed_won'
  const blocks: Block[] = [
    { heading: won ? 'What worked' : 'What we learned', level: 2 },
    {
      bullets: won
        ? [
            'The customer owned the numbers from the first workshop on',
            'Pharmacy and nurses were asked before the committee, not after',
            'Finance saw the amount once and it did not move again',
          ]
        : lessonsOf(deal),
    },
    {
      paragraph: won
        ? 'Hand-over to the start team is done. **First review in ninety days.**'
        : 'Reminder set for six months from now. Relationship is good.',
    },
  ]
  appendNotes(document, blocks)
}

function lessonsOf({ plan }: Deal): readonly string[] {
  const lessons: Readonly<Record<string, readonly string[]>> = {
    graniteridge: [
      'The rebate has to be on the table before the vote, not after it',
      'We met the person who decides too late',
    ],
    silverlake: [
      'One champion is not enough when people change jobs',
      'Two names on the customer side from the first meeting on',
    ],
    cypress: [
      'Logistics deserve their own page, next to the clinical one',
      'Ask for chair time and staffing in the first call',
    ],
    peachgrove: [
      'Ask about projects in the practice before asking about patients',
      'Small practices change one thing at a time',
    ],
  }
  return lessons[plan.hospital] ?? []
}
