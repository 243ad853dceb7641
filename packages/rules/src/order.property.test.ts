import type { DocumentKind } from '@fulqrun/protocol'
import { setField } from '@fulqrun/schema'
import { copyDocument, makeDocument, type Person, runsOf, startOfHistory, valueAt } from '@fulqrun/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { TestDoor } from './test-door.ts'

/**
 * What people wrote apart from each other ends the same whoever's update comes first, whatever the Yjs client ids are.
 * (Not for `user-choice`, where what the server had stays until somebody chooses.)
 */

/** FC_RUNS makes a soak of it; FC_SEED and FC_PATH replay what a failed run has printed. */
const parameters = runsOf(150)

interface Field {
  readonly kind: DocumentKind
  readonly path: string
  readonly values: readonly unknown[]
}

const times = [1, 2, 3].map((hours) => startOfHistory - hours * 3_600_000)
const fields: readonly (Field & { readonly rule: string })[] = [
  {
    rule: '[RES-2] client-wins',
    kind: 'contact',
    path: 'fields.phone',
    values: ['+1 555 1', '+1 555 2', undefined],
  },
  {
    rule: '[RES-4] completed-wins',
    kind: 'opportunity',
    path: 'activities.activity-1.status',
    values: ['pending', 'completed', 'cancelled'],
  },
  {
    rule: '[RES-4] the first completion',
    kind: 'opportunity',
    path: 'activities.activity-1.completedAt',
    values: times,
  },
  {
    rule: '[RES-5] most-restrictive, wishes',
    kind: 'contact',
    path: 'fields.doNotEmail',
    values: [true, false],
  },
  {
    rule: '[RES-5] most-restrictive, states',
    kind: 'contact',
    path: 'licences.licence-1.status',
    values: ['active', 'expired', 'suspended', 'revoked'],
  },
  {
    rule: '[RES-5] most-restrictive, days',
    kind: 'contact',
    path: 'licences.licence-1.expiresOn',
    values: ['2027-01-01', '2026-12-01', '2028-01-01', undefined],
  },
]

interface Writer {
  readonly person: Person
  readonly value: unknown
  /** Device time, ms before the receipt or after it (it is bounded by it). */
  readonly at: number
}

function writers(values: readonly unknown[]): fc.Arbitrary<readonly Writer[]> {
  const writer = fc.record({
    value: fc.constantFrom(...values),
    at: fc.oneof(fc.constantFrom(-60_000, 0, 60_000), fc.integer({ min: -1e9, max: 1e9 })),
  })
  return fc.array(writer, { minLength: 2, maxLength: 5 }).map((list) =>
    list.map((rest, index) => ({
      ...rest,
      person: { id: `user-${index}`, name: `Person ${index}`, role: 'rep' as const },
    })),
  )
}

/** What stands when the writers come in this order, under these client ids. */
function outcome(
  { kind, path }: Field,
  all: readonly Writer[],
  order: readonly number[],
  ids: readonly number[],
) {
  const server = makeDocument(kind)
  server.clientID = ids.at(-1) ?? 0
  const door = new TestDoor()
  const updates = all.map(({ value, at }, index) => {
    const copy = copyDocument(server, kind, ids[index] ?? 0)
    const before = Y.encodeStateVector(copy)
    setField(copy, path, value, { now: startOfHistory + at })
    return Y.encodeStateAsUpdate(copy, before)
  })
  for (const index of order) {
    const writer = all[index]
    const update = updates[index]
    if (writer === undefined || update === undefined) continue
    door.receive({ document: server, kind, person: writer.person, update, receivedAt: startOfHistory })
  }
  return valueAt(server, path)
}

test.each(fields)('$rule: what stands does not depend on the order of arrival', (field) => {
  const count = 6
  const ids = fc.uniqueArray(fc.integer({ min: 2, max: 4_294_967_295 }), {
    minLength: count,
    maxLength: count,
  })
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 })
  fc.assert(
    fc.property(writers(field.values), order, ids, ids, (all, shuffled, some, others) => {
      const first = outcome(field, all, [0, 1, 2, 3, 4], some)
      expect(outcome(field, all, shuffled, others)).toEqual(first)
    }),
    parameters,
  )
})
