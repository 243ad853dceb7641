import { propose, setField, setPinned } from '@fulqrun/schema'
import type { Deal } from './deal.ts'
import { spokenName } from './hcps.ts'
import type { Step } from './recorded-document.ts'
import { twoApart } from './two-apart.ts'

/**
 * Deals that show what happens when two people write apart from each other, by hospital, product and stage: open
 * questions, a value that was replaced, proposals side by side and one about old numbers, a stage that was asked for.
 */
const stories: Readonly<Record<string, (deal: Deal) => readonly Step[]>> = {
  'northpine glymora key_decision': closeDateApart,
  'harborlight onvexa prospecting': ownerApart,
  'stalban glymora prospecting': nextStepApart,
  'prairie glymora prospecting': amountsApart,
  'whitewater onvexa key_decision': oldVersion,
  'kestrel cardavel prospecting': stageAskedFor,
}

export function dealApart(deal: Deal): readonly Step[] {
  const { hospital, product, stage } = deal.plan
  return stories[`${hospital} ${product} ${stage}`]?.(deal) ?? []
}

function closeDateApart({ calendar }: Deal): readonly Step[] {
  return twoApart(calendar, {
    daysAgo: 4,
    first: (document, { now }) => setField(document, 'fields.closeDate', calendar.date(45), { now }),
    reason: 'Their legal team asks for four more weeks.',
    offline: (document, { now }) => setField(document, 'fields.closeDate', calendar.date(24), { now }),
  })
}

/** Both hand the deal on, to different people. */
function ownerApart({ calendar }: Deal): readonly Step[] {
  return twoApart(calendar, {
    daysAgo: 3,
    first: (document, { now }) => setField(document, 'fields.ownerId', 'ben', { now }),
    reason: 'I am at Harborlight every week anyway.',
    offline: (document, { now }) => setField(document, 'fields.ownerId', 'mia', { now }),
  })
}

/** The later one stands; Ana is told that hers was replaced. */
function nextStepApart({ calendar, champion, influencer }: Deal): readonly Step[] {
  return twoApart(calendar, {
    daysAgo: 2,
    first: (document, { now }) =>
      setField(document, 'fields.nextStep', `Lunch with ${spokenName(champion)} and the dietitians`, { now }),
    offline: (document, { now }) =>
      setField(document, 'fields.nextStep', `Call ${spokenName(influencer)} about the pilot ward`, { now }),
  })
}

/** Two wishes for one number: finance sees them side by side. */
function amountsApart({ calendar, plan }: Deal): readonly Step[] {
  const wish = (by: 'ana' | 'ben', share: number, reason: string): Step['change'] => {
    const value = Math.round((plan.amount * share) / 500) * 500
    return (document, { now, newId }) => {
      propose(document, { path: 'financials.amount', value, reason, author: by, now, id: newId() })
    }
  }
  return twoApart(calendar, {
    daysAgo: 2,
    first: wish('ben', 1.1, 'They want the evening groups too.'),
    offline: wish('ana', 1.25, 'Two more sites will send their patients; the practice manager confirmed it.'),
  })
}

/** Finance has moved on while Ana was writing about the version before. */
function oldVersion({ calendar, plan, finance }: Deal): readonly Step[] {
  const amount = Math.round((plan.amount * 0.96) / 500) * 500
  return twoApart(calendar, {
    daysAgo: 4,
    by: finance,
    official: true,
    first: (document, { now }) =>
      setPinned(document, 'financials', { amount, version: 3, source: 'Quote, third version' }, { now }),
    reason: 'Price list of the new quarter.',
    offline(document, { now, newId }) {
      const reason = 'The second infusion site starts with us; volume is up by a tenth.'
      const value = Math.round((plan.amount * 1.06) / 500) * 500
      propose(document, { path: 'financials.amount', value, reason, author: 'ana', now, id: newId() })
    },
  })
}

function stageAskedFor({ calendar, champion, owner }: Deal): readonly Step[] {
  return [
    {
      at: calendar.time(1, 11, 20),
      by: owner,
      change(document, { now, newId }) {
        const reason = `${spokenName(champion)} asked for a formal start this month; the questions follow next week.`
        propose(document, {
          path: 'fields.stage',
          value: 'engaging',
          reason,
          author: owner,
          now,
          id: newId(),
        })
      },
    },
  ]
}
