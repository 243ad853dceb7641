import type { DocumentKind } from '@fulqrun/protocol'
import { setField } from '@fulqrun/schema'
import {
  arbitraryCableStep,
  arbitraryTeam,
  type CableStep,
  makeDocument,
  type Person,
  Team,
  type TeamSetup,
  valueAt,
  runsOf,
} from '@fulqrun/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { TestDoor } from './test-door.ts'

/** FC_RUNS makes a soak of it; FC_SEED and FC_PATH replay what a failed run has printed. */
const parameters = runsOf(400)

const ana: Person = { id: 'user-ana', name: 'Ana', role: 'rep' }
const ben: Person = { id: 'user-ben', name: 'Ben', role: 'rep' }
const mia: Person = { id: 'user-mia', name: 'Mia', role: 'manager' }
/** Two devices of Ana's. */
const people = [ana, ben, mia, ana]

interface Field {
  readonly path: string
  readonly makeValue: (id: number) => unknown
  readonly required?: boolean
}

const words = (path: string, required = false): Field => ({
  path,
  makeValue: (id) => `words ${id}`,
  required,
})
const dayOf = (id: number) => new Date(Date.UTC(2027, 0, 1) + id * 86_400_000).toISOString().slice(0, 10)

/** Fields under client-wins and user-choice, of the record and of entries; every edit writes a value of its own. */
const fields: Readonly<Record<'contact' | 'opportunity', readonly [Field, ...Field[]]>> = {
  contact: [
    { path: 'fields.phone', makeValue: (id) => `+1 555 ${1000 + id}` },
    words('fields.bestTime'),
    words('fields.firstName'),
    words('fields.lastName', true),
    words('licences.licence-1.address'),
    words('affiliations.affiliation-1.role'),
  ],
  opportunity: [
    words('fields.nextStep'),
    { path: 'fields.closeDate', makeValue: dayOf },
    words('fields.account'),
    words('stakeholders.person-1.contactId'),
    words('activities.activity-1.outcomeNote'),
  ],
}

type Step =
  | { readonly type: 'edit'; readonly device: number; readonly field: number; readonly write: Write }
  | CableStep
/** `same` writes one of two values, so that people also write the same apart from each other. */
type Write = 'new' | 'clear' | 'same-1' | 'same-2'

const edit = fc.record(
  {
    type: fc.constant('edit' as const),
    device: fc.nat({ max: people.length - 1 }),
    field: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 5 })),
    write: fc.oneof(
      { weight: 6, arbitrary: fc.constant('new' as const) },
      { weight: 2, arbitrary: fc.constant('clear' as const) },
      fc.constantFrom('same-1' as const, 'same-2' as const),
    ),
  },
  { noNullPrototype: true },
)

interface History {
  readonly kind: 'contact' | 'opportunity'
  readonly team: TeamSetup
  readonly steps: readonly Step[]
}

const history: fc.Arbitrary<History> = fc.record({
  kind: fc.constantFrom('contact', 'opportunity'),
  team: arbitraryTeam(people),
  steps: fc.array(
    fc.oneof({ weight: 3, arbitrary: edit }, { weight: 5, arbitrary: arbitraryCableStep(people.length) }),
    { minLength: 5, maxLength: 60 },
  ),
})

function makeEdit(team: Team, kind: DocumentKind, { device, field, write }: Step & { type: 'edit' }): void {
  const list = fields[kind as 'contact']
  const { path, makeValue, required = false } = list[field % list.length] ?? list[0]
  // To clear what is empty is no edit.
  if (write === 'clear' && valueAt(team.replica(device).doc, path) === undefined) return
  team.edit(
    device,
    { path },
    (id) => {
      if (write === 'new') return makeValue(id)
      if (write === 'clear') return required ? makeValue(id) : undefined
      return makeValue(write === 'same-1' ? 7001 : 7002)
    },
    (doc, value, now) => setField(doc, path, value, { now }),
  )
}

/** Runs a history to its end. */
function run(team: Team, { kind, steps }: History): void {
  team.watch(fields[kind].map(({ path }) => path))
  for (const step of steps) {
    if (step.type === 'edit') makeEdit(team, kind, step)
    else team.step(step)
  }
  team.settle()
}

test('[RES-1] a write is a conflict exactly when its author had not been shown what stands, and it differs', () => {
  const seen = { sequential: 0, concurrent: 0, same: 0 }
  fc.assert(
    fc.property(history, (input) => {
      const team = new Team(makeDocument(input.kind), input.kind, input.team, new TestDoor())
      team.onAdmission = ({ verdicts, changes }) => {
        for (const { path, concurrent, isOpenQuestion, differs, edit } of verdicts) {
          if (isOpenQuestion) continue
          const reported = changes.some(
            (change) => change.path === path && (change.rule ?? '').startsWith('RES-'),
          )
          expect({ path, edit, reported }).toEqual({ path, edit, reported: concurrent && differs })
          if (!differs) seen.same++
          else if (concurrent) seen.concurrent++
          else seen.sequential++
        }
      }
      team.telling(() => {
        run(team, input)
        for (const { doc } of team.replicas)
          expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(team.server))).toBe(true)
      })
    }),
    parameters,
  )
  // A replay is of one history.
  if (process.env['FC_PATH'] === undefined)
    expect(Math.min(seen.sequential, seen.concurrent, seen.same)).toBeGreaterThan(0)
})
