import type * as Y from 'yjs'
import { type Hcp, spokenName } from './hcps.ts'
import { products } from './products.ts'
import type { Random } from './random.ts'
import { appendNotes, type Block } from './rich-text.ts'

const lead: Readonly<Record<Hcp['part'], readonly string[]>> = {
  specialist: [
    'Sets the tone for the whole department. Reads the papers, so come with data and leave the brochure in the car.',
    'Early to try new options and honest when they do not work out. Colleagues copy the order sets.',
  ],
  colleague: [
    'Sees the most patients of the team. Cares about how little extra work a new prescription makes.',
    'Careful prescriber, follows the department. Likes to hear what others in the region do first.',
  ],
  pharmacy: [
    'Prepares every request for the formulary committee. Fair, direct, and allergic to marketing words.',
    'Keeps the budget model. If the numbers are sourced, the request goes on the agenda; if not, it waits.',
  ],
  leader: [
    'Signs off whatever touches more than one department. Ten minutes, one page, one decision.',
    'Looks at readmissions and length of stay before the price. Wants to see the same figures as finance.',
  ],
  nurse: [
    'Knows which patients stop taking their medicine and why. The best source for what really happens.',
    'Runs the teaching sessions. Happy to test patient material and to say when it is too long.',
  ],
}

const asks: readonly string[] = [
  'Patient leaflet in Spanish',
  'Updated prior authorization checklist',
  'Dosing card, laminated, for the exam rooms',
  'Contact at medical information for off-label questions',
  'Agenda of the regional evening meeting',
  'Copay card supply for the front desk',
]

export function contactNotes(
  document: Y.Doc,
  { hcp, random }: { readonly hcp: Hcp; readonly random: Random },
): void {
  const product = products[hcp.focus]
  const blocks: Block[] = [
    { heading: 'Good to know' },
    { paragraph: random.pick(lead[hcp.part]) },
    { heading: 'Asked for' },
    { bullets: random.shuffle(asks).slice(0, random.integer(2, 3)) },
    {
      paragraph: `**Next time:** ask how ${spokenName(hcp)} starts patients on ${product.name} and who does the follow-up.`,
    },
  ]
  appendNotes(document, blocks)
}
