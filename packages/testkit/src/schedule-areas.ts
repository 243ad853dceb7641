import type { DocumentKind } from '@fulqrun/protocol'
import * as fc from 'fast-check'
import type { MakeOptions } from './documents.ts'
import { fixed, type MoveBody, none, own } from './schedule-moves.ts'

/**
 * What people do in schedules, by the strategy that it puts to the test: random moves of one sort, on a small record, so
 * that they meet often.
 */
export interface Area {
  readonly kind: DocumentKind
  readonly make?: MakeOptions
  readonly moves: readonly (fc.Arbitrary<MoveBody> | fc.WeightedArbitrary<MoveBody>)[]
  /** Fields whose outcome the oracle foretells. */
  readonly watched: readonly string[]
  /** Fields of which only is asked who had seen them. */
  readonly alsoSeen?: readonly string[]
  /** Whether some devices have no outbox: what they lose on their own, nobody can know. */
  readonly hasStock?: boolean
  /** Whether finance sets official values meanwhile. */
  readonly hasFinance?: boolean
}

const set = (path: string, ...values: Parameters<typeof fixed>[]) =>
  fc
    .constantFrom(...values.map(([value]) => value))
    .map((value): MoveBody => ({ type: 'set', path, value: value === undefined ? none : fixed(value) }))
const setOwn = (path: string, sort: 'words' | 'phone' | 'day' | 'money', weight = 3) => ({
  weight,
  arbitrary: fc
    .oneof({ weight: 5, arbitrary: fc.constant(own(sort)) }, fc.constant(none))
    .map((value): MoveBody => ({ type: 'set', path, value })),
})
const raw = (path: string, value = own('money')) => fc.constant<MoveBody>({ type: 'raw', path, value })
const index = fc.nat({ max: 5 })
const rawEntries = (collection: 'samples' | 'signatures' | 'consents') =>
  fc
    .record({ index, replace: fc.boolean() }, { noNullPrototype: true })
    .map((rest): MoveBody => ({ type: 'rawEntry', collection, ...rest }))
const texts = [
  fc.nat({ max: 9 }).map((at): MoveBody => ({ type: 'note', at })),
  { weight: 1, arbitrary: index.map((at): MoveBody => ({ type: 'note', at })) },
]
const typing = (name: string) => [
  { weight: 3, arbitrary: index.map((at): MoveBody => ({ type: 'text', name, at })) },
]

const choosing = (type: 'choose' | 'chooseOwn' | 'undo', weight: number) => ({
  weight,
  arbitrary: fc.tuple(index, index).map(([at, candidate]): MoveBody => {
    if (type === 'choose') return { type, index: at, candidate }
    return type === 'undo' ? { type, index: at } : { type, index: at, value: own('day') }
  }),
})

const entryMoves = [
  setOwn('affiliations.affiliation-1.role', 'words', 2),
  setOwn('activities.activity-1.outcomeNote', 'words', 2),
  setOwn('licences.licence-1.address', 'words', 1),
  ...(['affiliations', 'activities', 'licences'] as const).map((collection) =>
    index.map((at): MoveBody => ({ type: 'remove', collection, index: at })),
  ),
  fc.constant<MoveBody>({ type: 'add', collection: 'affiliations', values: { organization: own('words') } }),
]
const deciding = [
  choosing('choose', 2),
  choosing('undo', 1),
  {
    weight: 2,
    arbitrary: fc
      .tuple(index, fc.constantFrom('approved' as const, 'rejected' as const, 'withdrawn' as const))
      .map(([at, decision]): MoveBody => ({ type: 'approve', index: at, decision })),
  },
]
/** One entry of each collection. */
const everyEntry: MakeOptions['entries'] = {
  activities: { 'activity-1': { type: 'call', subject: 'Call Dr. Okafor' } },
  affiliations: { 'affiliation-1': { organization: 'St. Vincent Hospital' } },
  licences: { 'licence-1': { number: 'IL-036-1', status: 'active', expiresOn: '2027-07-31' } },
  consents: { 'consent-1': { channel: 'email', optType: 'opt_in', expiresOn: '2027-09-14' } },
  samples: { 'sample-1': { product: 'Velorin 10 mg', quantity: 2 } },
}

const single = {
  clientWins: {
    kind: 'contact',
    moves: [
      setOwn('fields.phone', 'phone', 6),
      setOwn('fields.bestTime', 'words'),
      setOwn('affiliations.affiliation-1.role', 'words'),
    ],
    watched: ['fields.phone', 'fields.bestTime', 'affiliations.affiliation-1.role'],
  },
  userChoice: {
    kind: 'opportunity',
    moves: [setOwn('fields.closeDate', 'day', 6), setOwn('fields.account', 'words')],
    watched: ['fields.closeDate', 'fields.account'],
  },
  decisions: {
    kind: 'opportunity',
    moves: [
      setOwn('fields.closeDate', 'day', 3),
      setOwn('fields.nextStep', 'words', 2),
      choosing('choose', 3),
      choosing('chooseOwn', 1),
      choosing('undo', 1),
    ],
    watched: ['fields.closeDate', 'fields.nextStep'],
  },
  completedWins: {
    kind: 'opportunity',
    moves: [
      set('activities.activity-1.status', ['pending'], ['completed'], ['cancelled']),
      set('activities.activity-2.status', ['pending'], ['completed'], ['cancelled']),
      setOwn('activities.activity-1.outcomeNote', 'words', 1),
    ],
    watched: [
      'activities.activity-1.status',
      'activities.activity-2.status',
      'activities.activity-1.outcomeNote',
    ],
  },
  mostRestrictive: {
    kind: 'contact',
    moves: [
      set('fields.doNotCall', [true], [false], [undefined]),
      set('fields.doNotVisit', [true], [false]),
      set('licences.licence-1.status', ['active'], ['expired'], ['suspended'], ['revoked']),
      setOwn('licences.licence-1.expiresOn', 'day'),
    ],
    watched: [
      'fields.doNotCall',
      'fields.doNotVisit',
      'licences.licence-1.status',
      'licences.licence-1.expiresOn',
    ],
  },
  consentLines: {
    kind: 'contact',
    moves: [
      set('consents.consent-1.optType', ['opt_in'], ['double_opt_in'], ['opt_out']),
      setOwn('consents.consent-1.expiresOn', 'day'),
      setOwn('consents.consent-1.evidence', 'words', 1),
      raw('consents.consent-1.optType', fixed('opt_in')),
      fc.constantFrom('opt_in', 'opt_out').map((optType): MoveBody => ({
        type: 'add',
        collection: 'consents',
        values: {
          channel: fixed('email'),
          optType: fixed(optType),
          ...(optType === 'opt_in' ? { replaces: fixed(['consent-1']) } : {}),
        },
      })),
      index.map((at): MoveBody => ({ type: 'remove', collection: 'consents', index: at })),
      rawEntries('consents'),
    ],
    watched: [],
  },
  appendOnly: {
    kind: 'contact',
    make: {
      entries: { samples: { 'sample-1': { product: 'Velorin 10 mg', quantity: 2 } } },
    },
    moves: [
      fc.constant<MoveBody>({
        type: 'add',
        collection: 'samples',
        values: { product: own('words'), quantity: fixed(3) },
      }),
      fc.constant<MoveBody>({
        type: 'add',
        collection: 'signatures',
        values: {
          signedName: own('words'),
          meaning: fixed('received'),
          statement: own('words'),
          signedAt: fixed(1_790_000_000_000),
          sampleId: fixed('sample-1'),
        },
      }),
      raw('samples.sample-1.quantity'),
      raw('samples.sample-1.product', none),
      rawEntries('samples'),
      rawEntries('signatures'),
    ],
    watched: ['samples.sample-1.quantity', 'samples.sample-1.product'],
  },
  officialValues: {
    kind: 'opportunity',
    moves: [
      raw('financials.amount'),
      raw('financials.discount', none),
      fc.constant<MoveBody>({
        type: 'propose',
        path: 'financials.amount',
        value: own('money'),
        reason: true,
      }),
    ],
    watched: ['financials.amount', 'financials.discount'],
    hasFinance: true,
  },
  derivedValues: {
    kind: 'kpi',
    moves: [
      raw('values.trx', fixed({ value: 5, asOf: 1, formulaVersion: 1 })),
      raw('values.market_share', none),
      raw('targets.trx'),
      setOwn('fields.title', 'words', 1),
    ],
    watched: ['values.trx', 'values.market_share', 'targets.trx'],
  },
  stageGates: {
    kind: 'opportunity',
    make: { fields: { stage: 'prospecting' } },
    moves: [
      {
        weight: 4,
        arbitrary: set(
          'fields.stage',
          ['prospecting'],
          ['engaging'],
          ['advancing'],
          ['key_decision'],
          ['closed_won'],
          ['closed_lost'],
        ),
      },
      raw('fields.stage', fixed('closed_won')),
      fc.constant<MoveBody>({
        type: 'propose',
        path: 'fields.stage',
        value: fixed('engaging'),
        reason: true,
      }),
      setOwn('fields.nextStep', 'words', 1),
    ],
    watched: [],
  },
  text: {
    kind: 'opportunity',
    moves: [...texts, ...typing('meddpicc.metrics.currentCost')],
    watched: [],
  },
  entries: {
    kind: 'contact',
    make: { entries: everyEntry },
    moves: [...entryMoves, setOwn('fields.bestTime', 'words', 1)],
    watched: ['fields.bestTime'],
    alsoSeen: [
      'affiliations.affiliation-1.role',
      'activities.activity-1.outcomeNote',
      'licences.licence-1.address',
    ],
  },
} as const satisfies Readonly<Record<string, Area>>

function movesOf(kind: DocumentKind): Area['moves'] {
  return Object.values<Area>(single)
    .filter((area) => area.kind === kind)
    .flatMap(({ moves }) => moves)
}

export const areas: Readonly<Record<keyof typeof single | 'contact' | 'opportunity', Area>> = {
  ...single,
  /** Everything at once. */
  contact: {
    kind: 'contact',
    make: { entries: everyEntry },
    moves: [...movesOf('contact'), ...entryMoves, ...deciding, ...texts],
    watched: [],
    hasStock: true,
  },
  opportunity: {
    kind: 'opportunity',
    moves: [...movesOf('opportunity'), ...deciding],
    watched: [],
    hasStock: true,
    hasFinance: true,
  },
}
