import fc from 'fast-check'
import { runsOf } from '@fulqrun/testkit'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { crashIn, never, partCount } from './testing/simulation/crash-points.ts'
import { foundSchedules } from './testing/simulation/found-schedules.ts'
import { anySchedule, crashTimes, type Doom, type Schedule } from './testing/simulation/steps.ts'
import { World } from './testing/simulation/world.ts'

/**
 * Mutations that this test was seen to fail with (seed 20261122): the server acknowledges before the commit is durable
 * (run 11, "was acknowledged and is not on the disk"); an entry leaves the outbox when it is sent instead of when it is
 * acknowledged (run 27, "was saved and is gone"); everything pushed leaves the outbox, whatever the verdict, and a
 * document's database is erased before its snapshot is stored (both by a found schedule).
 *
 * Since tabs also crash within writes of each kind: an outbox write that is skipped, the first or the third of a tab
 * ("was saved and is gone"). The document's own database brings such an edit back, and so does the copy that it is
 * folded into, unless the tab dies after it said "saved" and before that database has it.
 *
 * Not part of it: signing out, attachments, full or damaged disks, records that move or are removed, ends of sessions.
 */

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

/** Sums over all schedules: they do what they are for. */
const total = { schedules: 0, typed: 0, acknowledged: 0, died: 0 }
const runs = runsOf(20)
/** Somebody looks for more than a landing does. */
const isSearch = process.env['FC_RUNS'] !== undefined
/** For one schedule, on a machine that is busy with other things. */
const patienceMs = 10_000
/** A long soak says how far it is, every so many schedules. */
const sayEvery = 100

async function play({ seed, room, steps }: Schedule, look?: (world: World) => void): Promise<void> {
  chance.seed(seed)
  vi.setSystemTime(1_800_000_000_000)
  const world = new World(clock, { random: chance.next, room })
  try {
    await world.begin()
    for (const step of steps) expect(await world.take(step)).toEqual([])
    look?.(world)
    expect(await world.end()).toEqual([])
    total.schedules += 1
    total.typed += world.promises.typedCount
    total.acknowledged += world.promises.acknowledgedCount
    total.died += world.deaths
    if (total.schedules % sayEvery === 0) process.stdout.write(`simulation: ${JSON.stringify(total)}\n`)
  } finally {
    await world.close()
    // Of what has died, nothing goes on in the next world.
    vi.clearAllTimers()
  }
}

describe('simulation', () => {
  beforeAll(async () => {
    // What is loaded when it is first needed takes real time, which would make the first schedule differ from a replay.
    fakeTime()
    await play({ seed: 1, room: 'usual', steps: [{ type: 'drain', device: 0, doom: undefined }] })
  }, 6 * patienceMs)
  beforeEach(fakeTime)
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  test(
    'three devices, two tabs each, one server: what was acknowledged is on its disk, what was saved arrives, all end equal',
    { timeout: runs.numRuns * patienceMs },
    async () => {
      await fc.assert(
        fc.asyncProperty(anySchedule, (schedule) => play(schedule)),
        {
          ...runs,
          examples: foundSchedules.map(([schedule]): [Schedule] => [schedule]),
          // Shrinking takes many times as long as finding: ask for it with FC_SHRINK=1, FC_SEED and FC_PATH.
          endOnFailure: process.env['FC_SHRINK'] === undefined,
        },
      )
      // One schedule that is played again need not have all of it.
      if (process.env['FC_PATH'] !== undefined) return
      expect(total.typed).toBeGreaterThan(0)
      expect(total.acknowledged).toBeGreaterThan(total.typed / 2)
      expect(total.died).toBeGreaterThan(0)
    },
  )

  test(
    'a tab crashes before, within and after the first write of each kind, whatever it is doing',
    { timeout: 60 * patienceMs },
    async () => {
      const known = new Set<string>()
      for (let part = 0; part < partCount; part++) {
        const kinds = new Set<string>()
        await play(crashIn(part, never), ({ devices }) => {
          for (const kind of devices[0]?.tabs[0]?.writes ?? []) kinds.add(kind)
        })
        for (const kind of kinds) {
          const isKnown = known.has(kind)
          known.add(kind)
          for (const [index, when] of crashTimes.entries()) {
            // At a landing all three where a kind is met first, and then one at a time.
            if (isKnown && !isSearch && index !== part % crashTimes.length) continue
            const doom: Doom = { nth: 0, when, kind }
            await play(crashIn(part, doom), ({ devices }) => {
              const isAlive = devices[0]?.tabs[0] !== undefined
              expect({ part, ...doom, isAlive }).toEqual({ part, ...doom, isAlive: false })
            })
          }
        }
      }
    },
  )
})

function fakeTime(): void {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
  // Packing runs in threads, which would make a run differ from the next.
  vi.stubGlobal('CompressionStream', undefined)
}
