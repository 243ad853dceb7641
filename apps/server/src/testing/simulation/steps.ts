import fc from 'fast-check'

export const deviceCount = 3
export const tabsPerDevice = 2

/** `pinned` is what an outdated or hostile app does: it writes the official value itself. */
export const editKinds = ['field', 'date', 'notes', 'activity', 'proposal', 'pinned'] as const
export type EditKind = (typeof editKinds)[number]

/** `within`: what is written has been asked for, and is not there yet. */
export const crashTimes = ['before', 'within', 'after'] as const

/** A crash around a write to the device's disk, after `nth` others of its kind. */
export interface Doom {
  readonly nth: number
  readonly when: (typeof crashTimes)[number]
  /** A part of the names of kinds that count, see `tab-storage.ts`; all of them when it is left out. */
  readonly kind?: string | undefined
}

/**
 * What may happen. `tab` counts over the tabs of all devices, `document` over the records of the territory.
 *
 * - `network`: goes or comes. Not noticed, the system does not say so. What is on the way waits, and goes on or breaks.
 * - `halfOpen`: the device's connections are dead, and neither end is told.
 * - `drain`: the service worker sends what waits, with tabs open or closed.
 * - `clock`: the device's clock jumps.
 * - `access`: a person may only read for a while.
 * - `discard`: the person gives up what is unsent of a record; it is in a file then.
 * - `dismiss`: the person has read a draft.
 */
export type Step =
  | { readonly type: 'edit'; readonly tab: number; readonly document: number; readonly what: EditKind }
  | { readonly type: 'create' | 'closeTab' | 'crashTab' | 'dismiss'; readonly tab: number }
  | { readonly type: 'openTab'; readonly tab: number; readonly doom?: Doom | undefined }
  | { readonly type: 'release' | 'open' | 'discard'; readonly tab: number; readonly document: number }
  | { readonly type: 'pin'; readonly tab: number; readonly document: number; readonly isPinned: boolean }
  | {
      readonly type: 'network'
      readonly device: number
      readonly isOnline: boolean
      readonly isNoticed: boolean
    }
  | { readonly type: 'flap'; readonly device: number; readonly switches: number; readonly ms: number }
  | { readonly type: 'halfOpen'; readonly device: number }
  | { readonly type: 'doomTab'; readonly tab: number; readonly doom: Doom }
  | { readonly type: 'drain'; readonly device: number; readonly doom: Doom | undefined }
  | { readonly type: 'clock'; readonly device: number; readonly byMs: number }
  | { readonly type: 'access'; readonly person: 'ana' | 'ben'; readonly canWrite: boolean }
  | { readonly type: 'crashServer'; readonly isKept: boolean }
  | { readonly type: 'startServer' | 'stopDisk' | 'goOnDisk' }
  | { readonly type: 'time'; readonly ms: number }

/** One world and what happens in it. */
export interface Schedule {
  readonly seed: number
  /** Room for copies on each device: all of it, or not even for the records of this small territory. */
  readonly room: 'usual' | 'small'
  readonly steps: readonly Step[]
}

const tab = fc.nat({ max: deviceCount * tabsPerDevice - 1 })
const device = fc.nat({ max: deviceCount - 1 })
const document = fc.nat({ max: 5 })
const when = fc.constantFrom(...crashTimes)
/** Any write, or one of those that matter most, which a count over all seldom meets. */
const doom = fc.oneof(
  fc.record({ nth: fc.nat({ max: 9 }), when }),
  fc.record({
    nth: fc.nat({ max: 2 }),
    when,
    kind: fc.constantFrom('outbox', 'document', 'refused', 'erase'),
  }),
)
const hour = 3600_000

function step<Type extends Step['type'], Rest extends object>(
  weight: number,
  type: Type,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.WeightedArbitrary<{ readonly type: Type } & Rest> {
  return { weight, arbitrary: fc.record(rest).map((found) => ({ type, ...(found as Rest) })) }
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(14, 'edit', { tab, document, what: fc.constantFrom(...editKinds) }),
  step(1, 'create', { tab }),
  step(1, 'open', { tab, document }),
  step(2, 'release', { tab, document }),
  step(1, 'discard', { tab, document }),
  step(1, 'dismiss', { tab }),
  step(1, 'pin', { tab, document, isPinned: fc.boolean() }),
  step(5, 'network', { device, isOnline: fc.boolean(), isNoticed: fc.boolean() }),
  step(1, 'flap', { device, switches: fc.nat({ max: 6 }), ms: fc.nat({ max: 400 }) }),
  step(2, 'halfOpen', { device }),
  step(2, 'closeTab', { tab }),
  step(2, 'crashTab', { tab }),
  step(5, 'openTab', { tab }),
  step(1, 'openTab', { tab, doom }),
  step(4, 'doomTab', { tab, doom }),
  step(3, 'drain', { device, doom: fc.option(doom, { nil: undefined }) }),
  step(1, 'clock', {
    device,
    byMs: fc.constantFrom(-40 * 24 * hour, -hour, -5000, 5000, hour, 40 * 24 * hour),
  }),
  step(1, 'access', { person: fc.constantFrom('ana' as const, 'ben' as const), canWrite: fc.boolean() }),
  step(2, 'crashServer', { isKept: fc.boolean() }),
  step(3, 'startServer', {}),
  step(1, 'stopDisk', {}),
  step(2, 'goOnDisk', {}),
  step(6, 'time', { ms: fc.nat({ max: 3000 }) }),
  step(1, 'time', { ms: fc.constantFrom(12_000, 30_000) }),
)

export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat({ max: 2 ** 31 - 1 }),
  room: fc.oneof(
    { weight: 4, arbitrary: fc.constant('usual' as const) },
    { weight: 1, arbitrary: fc.constant('small' as const) },
  ),
  steps: fc.array(anyStep, { minLength: 10, maxLength: 60 }),
})
