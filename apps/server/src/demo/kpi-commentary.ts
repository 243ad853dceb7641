import type { Block } from './rich-text.ts'

/** What people wrote about a quarter, one paragraph per person; the youngest quarter is index 0. */
const commentary: Readonly<Record<'North' | 'South', readonly (readonly string[])[]>> = {
  North: [
    [
      'New prescriptions run ahead of plan again, mostly Cardavel after the discharge protocols at Lakemont and Iron Bridge. Glymora is flat: two practices lost their prior authorization nurse.',
      'Kestrel Bay formulary committee moved to next month. If it passes, reach and access both gain about two points.',
      'Coverage looks comfortable, but a third of it sits in two deals. Ben and I review Whitewater and North Pine every Friday.',
    ],
    [
      'Best quarter for market share so far. Whitewater carried Onvexa; without it growth would have been half.',
      'Call frequency is up because we dropped 40 low-potential offices from the list, not because days got longer.',
      'Sales cycle is down by a week since legal uses the short contract form.',
    ],
    [
      'The dip in the holiday weeks was smaller than last year. Video calls on Fridays kept reach above 70 %.',
      'Granite Ridge is lost on price. The pharmacy wants to look again when the three-year data are out.',
    ],
    [
      'Baseline quarter after the territory was redrawn. Numbers before it are not comparable for Elmwood and Prairie View.',
      'Formulary access improved by the regional plan that moved Glymora to preferred.',
    ],
  ],
  South: [
    [
      'Prescriptions grow, new prescriptions do not: we keep patients but start too few. Two vacant weeks in the coast counties explain part of it.',
      'Gulf Star and Bluebonnet decide before the end of the quarter. One of the two brings attainment to target.',
    ],
    [
      'Access is the bright spot: Glymora is on formulary at two more systems. Reach follows with a delay of about six weeks.',
      'Samples were late twice in the second month. Prescriptions per sample look better than they are.',
    ],
    [
      'Storm week closed eleven offices. Calls were made up by video, samples were not.',
      'Cypress Hollow is lost to a bundle offer. We had no answer on infusion chair time, now we have one.',
    ],
    ['First quarter with the new targets. Market share is measured against the wider class from now on.'],
  ],
}

export function commentaryFor(territory: 'North' | 'South', age: number): readonly string[] {
  return commentary[territory][age] ?? []
}

/** Notes of the quarterly review. */
export function reviewNotes(territory: 'North' | 'South', age: number): Block[] {
  const north = territory === 'North'
  return [
    { heading: age === 0 ? 'Where we stand' : 'Quarterly review', level: 2 },
    {
      paragraph: north
        ? '**Ahead:** new prescriptions, market share, win rate. **Behind:** activities per rep, sales cycle.'
        : '**Ahead:** formulary access, pipeline coverage. **Behind:** new prescriptions, reach, quota attainment.',
    },
    { heading: 'What we do next' },
    {
      bullets: north
        ? [
            'Discharge teams at Kestrel Bay and Elmwood see the Lakemont results',
            'One contact at pharmacy and one at finance for every deal above 300,000',
            'Ask for consent renewals together with the next visit',
          ]
        : [
            'Target list down to 160 offices, calls up to three a quarter for segment A',
            'Sample stock checked every second Monday',
            'Joint visits at Gulf Star and Bluebonnet before the committee dates',
          ],
    },
  ]
}
