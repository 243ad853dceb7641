import fc from 'fast-check'
import { runsOf } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deviceCount, editKinds, type Step, tabsPerDevice, World } from './testing/simulation/world.ts'

/** Yjs and the ids of records take their randomness from here: a seed then gives the same run again. */
const chance = await vi.hoisted(async () => {
  const { webcrypto } = await import('node:crypto')
  let state = 1
  const next = (): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const fill = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(next() * 256)
    return array
  }
  Object.defineProperty(webcrypto, 'getRandomValues', { value: fill })
  return {
    next,
    seed: (seed: number) => {
      state = seed
    },
  }
})

const tab = fc.nat({ max: deviceCount * tabsPerDevice - 1 })
const device = fc.nat({ max: deviceCount - 1 })
const document = fc.nat({ max: 5 })

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('edit' as const),
      tab,
      document,
      what: fc.constantFrom(...editKinds),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('create' as const), tab }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('release' as const), tab, document }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('network' as const),
      device,
      isOnline: fc.boolean(),
      isNoticed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('closeTab' as const, 'crashTab' as const), tab }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('openTab' as const), tab }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('doomTab' as const),
      tab,
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('crashServer' as const), isKept: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('startServer' as const, 'stopDisk' as const, 'goOnDisk' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('time' as const), ms: fc.nat({ max: 3000 }) }) },
)

/** Turns of the event loop in which what is ready runs: IndexedDB and promises need several. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const clock = {
  async pass(ms: number) {
    // In small steps: what a timer brings about starts the next one.
    const step = Math.min(100, Math.max(1, ms / 8))
    for (let passed = 0; passed < ms; passed += step) {
      await vi.advanceTimersByTimeAsync(Math.min(step, ms - passed))
      await turns(3)
    }
  },
}

describe('simulation', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    // Packing runs in threads, which would make a run differ from the next.
    vi.stubGlobal('CompressionStream', undefined)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  test('three devices, two tabs each, one server: what was acknowledged is on its disk, what was saved arrives, all end equal', async () => {
    const total = { typed: 0, acknowledged: 0, died: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 2 ** 31 - 1 }),
        fc.array(anyStep, { minLength: 10, maxLength: 60 }),
        async (seed, steps) => {
          chance.seed(seed)
          vi.setSystemTime(1_800_000_000_000)
          const world = new World(clock, chance.next)
          try {
            await world.begin()
            for (const step of steps) expect(await world.take(step)).toEqual([])
            expect(await world.end()).toEqual([])
            total.typed += world.promises.typedCount
            total.acknowledged += world.promises.acknowledgedCount
            total.died += world.deaths
          } finally {
            await world.close()
            // Of what has died, nothing goes on in the next world.
            vi.clearAllTimers()
          }
        },
      ),
      runsOf(30),
    )
    // The walks do what they are for.
    expect(total.typed).toBeGreaterThan(0)
    expect(total.acknowledged).toBeGreaterThan(total.typed / 2)
    expect(total.died).toBeGreaterThan(0)
  })
})
