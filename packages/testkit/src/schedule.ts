import type { ChangeRecord, DocumentKind } from '@fulqrun/protocol'
import * as fc from 'fast-check'
import type * as Y from 'yjs'
import type { OracleVerdict } from './oracle.ts'
import type { Person } from './replica.ts'

/**
 * A whole field team in one process, without time: one document at a server, devices that edit it, and a cable to each
 * that a schedule cuts, delays, repeats and reorders. Everything that happens is data of fast-check, so that a failing
 * history shrinks to a short one.
 *
 * The server's rules come in through a {@link Door}: this package does not know them.
 */

export interface Arrival {
  readonly document: Y.Doc
  readonly kind: DocumentKind
  readonly person: Person
  readonly update: Uint8Array
  /** Server clock, ms. */
  readonly receivedAt: number
}

export type Outcome =
  /** It builds on something that has not arrived; nothing was done with it. */
  | { readonly sort: 'incomplete' }
  | { readonly sort: 'refused' }
  | {
      readonly sort: 'admitted'
      readonly update: Uint8Array | undefined
      readonly changes: readonly ChangeRecord[]
      /** What admission could not do: errors of ours. */
      readonly faults: readonly unknown[]
    }

export interface Door {
  receive(arrival: Arrival): Outcome
  /** A change by the server itself on behalf of somebody. */
  edit(arrival: Omit<Arrival, 'update'> & { readonly change: (document: Y.Doc) => void }): Outcome
  /** The server was started again: everything that it knew beside the document and its log is gone. */
  restarted(document: Y.Doc, log: readonly LogEntry[]): void
}

export interface LogEntry {
  readonly update: Uint8Array
  readonly person: Person
  readonly receivedAt: number
  readonly changes: readonly ChangeRecord[]
}

/** A value that somebody wrote, to be found again at the end. */
export interface Written {
  /** Of the edit. */
  readonly id: number
  readonly device: number
  /** A field, a text, or an entry. */
  readonly path: string
  readonly value: unknown
  /** For an entry that was removed: what its remover had been shown of its watched fields. */
  readonly seenBelow?: ReadonlyMap<string, ReadonlySet<number>> | undefined
}

/** One admission, as whoever checks the rules looks at it. */
export interface AdmissionReport {
  readonly number: number
  readonly person: Person
  readonly receivedAt: number
  readonly changes: readonly ChangeRecord[]
  readonly verdicts: readonly OracleVerdict[]
  /** Numbers of the edits that arrived. */
  readonly edits: readonly number[]
}

/** What happens beside the edits, which every test brings itself. */
export type CableStep =
  /** Some of what waits is sent: `take` parcels from `at` on, as one or one by one, and perhaps again later. */
  | {
      readonly type: 'up'
      readonly device: number
      readonly at: number
      readonly take: number
      readonly merged: boolean
      readonly repeat: boolean
    }
  | { readonly type: 'down'; readonly device: number; readonly take: number }
  /** A delivery arrives once more. */
  | { readonly type: 'again'; readonly device: number; readonly at: number }
  | { readonly type: 'cut'; readonly device: number }
  | { readonly type: 'join'; readonly device: number }
  | { readonly type: 'restart'; readonly device: number }
  | { readonly type: 'restartServer'; readonly from: 'snapshot' | 'log' }
  | { readonly type: 'wait'; readonly ms: number }

export function arbitraryCableStep(devices: number): fc.Arbitrary<CableStep> {
  const device = fc.nat({ max: devices - 1 })
  const step = <T extends CableStep>(weight: number, shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => ({
    weight,
    arbitrary: fc.record(shape, {
      noNullPrototype: true,
    }) as fc.Arbitrary<unknown> as fc.Arbitrary<CableStep>,
  })
  return fc.oneof(
    step(8, {
      type: fc.constant('up' as const),
      device,
      at: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 3 })),
      take: fc.integer({ min: 1, max: 4 }),
      merged: fc.boolean(),
      repeat: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    step(8, { type: fc.constant('down' as const), device, take: fc.integer({ min: 1, max: 5 }) }),
    step(1, { type: fc.constant('again' as const), device, at: fc.nat({ max: 9 }) }),
    step(2, { type: fc.constant('cut' as const), device }),
    step(3, { type: fc.constant('join' as const), device }),
    step(1, { type: fc.constant('restart' as const), device }),
    step(1, { type: fc.constant('restartServer' as const), from: fc.constantFrom('snapshot', 'log') }),
    step(2, { type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 86_400_000 }) }),
  )
}

export interface TeamSetup {
  readonly people: readonly {
    readonly person: Person
    readonly skewMs: number
    readonly isStock?: boolean | undefined
  }[]
  /** Client ids in the order in which devices and servers take them; enough of them for every restart. */
  readonly clientIds: readonly number[]
}

const minute = 60_000
const day = 24 * 60 * minute

/** A device per person, with clocks that are right, a little off, or days off; with stock providers if wanted. */
export function arbitraryTeam(people: readonly Person[], withStock = false): fc.Arbitrary<TeamSetup> {
  const skew = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    fc.integer({ min: -10 * minute, max: 10 * minute }),
    fc.integer({ min: -5 * day, max: 5 * day }),
  )
  return fc
    .tuple(
      fc.tuple(...people.map(() => fc.tuple(skew, withStock ? fc.boolean() : fc.constant(false)))),
      // Which id is the higher one matters, how high they are does not: there is nothing to shrink.
      fc.noShrink(
        fc.uniqueArray(fc.integer({ min: 2, max: 4_294_967_295 }), { minLength: 40, maxLength: 40 }),
      ),
    )
    .map(([devices, clientIds]) => ({
      people: people.map((person, index) => {
        const [skewMs = 0, isStock = false] = devices[index] ?? []
        return { person, skewMs, isStock }
      }),
      clientIds,
    }))
}

export const startOfHistory = Date.UTC(2026, 9, 1, 12)
