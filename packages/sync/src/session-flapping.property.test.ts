import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeHeartbeat, isConnected, sessionTimings } from './session-state.ts'
import { createFlappingWorld, type FlappingNetwork } from './test-flapping.ts'

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 300) }

const anyNetwork: fc.Arbitrary<FlappingNetwork> = fc.record({
  latencyMs: fc.integer({ min: 1, max: 150 }),
  failsFast: fc.boolean(),
  hasSignals: fc.constant(true),
})

/** Pauses between switches, 3 s on average: twenty a minute. */
const anyMinute = fc.array(fc.integer({ min: 50, max: 5_950 }), { minLength: 20, maxLength: 20 })

describe('a network that comes and goes', () => {
  it('[SES-20] 20 switches a minute: attempts stay bounded, never closer than the gap, and it ends live', () => {
    fc.assert(
      fc.property(
        anyNetwork,
        anyMinute,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (network, pauses, random) => {
          const world = createFlappingWorld(network, () => random)
          world.dispatch({ type: 'started' })
          let isUp = true
          for (const pause of pauses) {
            world.clock.advance(pause)
            isUp = !isUp
            world.switchTo(isUp)
          }
          expect(world.attempts.length).toBeLessThanOrEqual(3 * pauses.length)
          // The longest doubt about the old socket; then token, socket and first answer, one after the other.
          world.clock.advance(2_000)
          expect(world.state.phase).toBe('live')
        },
      ),
      runs,
    )
  })

  it('[SES-5] a flood of hints of all kinds begins at most one attempt per gap, and the last one is heeded', () => {
    const hint = fc.constantFrom('online', 'becameVisible', 'syncRequested', 'offline', 'becameHidden')
    fc.assert(
      fc.property(fc.array(fc.tuple(hint, fc.integer({ min: 0, max: 40 })), { maxLength: 200 }), (hints) => {
        const world = createFlappingWorld({ latencyMs: 20, failsFast: false, hasSignals: false })
        world.switchTo(false)
        world.dispatch({ type: 'started' })
        const began = world.clock.now()
        for (const [type, pause] of hints) {
          world.dispatch({ type } as const)
          world.clock.advance(pause)
        }
        const gaps = world.attempts.slice(1).map((at, index) => at - (world.attempts[index] ?? 0))
        expect(gaps.filter((gap) => gap < sessionTimings.attemptGapMs)).toEqual([])
        expect(world.attempts.length).toBeLessThanOrEqual(
          1 + (world.clock.now() - began) / sessionTimings.attemptGapMs,
        )
        world.switchTo(true)
        world.dispatch({ type: 'online' })
        world.clock.advance(sessionTimings.attemptGapMs + 100)
        expect(world.state.phase).toBe('live')
      }),
      runs,
    )
  })

  it('[SES-20] one interruption of a stable connection, however short: live within a second of `online` (SYNC 16)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 60_000 }), (latencyMs, gone) => {
        const world = createFlappingWorld({ latencyMs, failsFast: true, hasSignals: true })
        world.dispatch({ type: 'started' })
        world.clock.advance(20_000)
        world.switchTo(false)
        world.clock.advance(gone)
        world.switchTo(true)
        world.clock.advance(1_000)
        expect(world.state.phase).toBe('live')
        expect(world.attempts.length).toBeGreaterThan(1)
      }),
      runs,
    )
  })

  it('[SES-20] without any signal of the system it still ends live, within the longest silence and one retry', () => {
    fc.assert(
      fc.property(anyMinute, fc.boolean(), (pauses, failsFast) => {
        const world = createFlappingWorld({ latencyMs: 50, failsFast, hasSignals: false })
        world.dispatch({ type: 'started' })
        let isUp = true
        for (const pause of pauses) {
          world.clock.advance(pause)
          isUp = !isUp
          world.switchTo(isUp)
        }
        world.switchTo(true)
        world.clock.advance(60_000)
        expect(world.state.phase).toBe('live')
        expect(world.attempts.length).toBeLessThanOrEqual(3 * pauses.length + 60)
      }),
      runs,
    )
  })
})

describe('sleep and clocks', () => {
  it('[SES-18] after any sleep a live server is asked first and the connection is kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5_000, max: 86_400_000 }), (ms) => {
        const world = createFlappingWorld({ latencyMs: 50, failsFast: false, hasSignals: true })
        world.dispatch({ type: 'started' })
        world.clock.advance(30_000)
        expect(world.state.phase).toBe('live')
        // A ping may be out as the lid closes: its answer is in the socket, and the deadline fires before it is read.
        world.dispatch({ type: 'becameVisible' })
        world.clock.sleep(ms)
        world.clock.advance(sessionTimings.doubtMs)
        expect(world.state.phase).toBe('live')
        expect(world.attempts).toHaveLength(1)
      }),
      runs,
    )
  })

  it('[SES-18] after any sleep a connection that died meanwhile is found out within the short deadline', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 86_400_000 }), (ms) => {
        const world = createFlappingWorld({ latencyMs: 50, failsFast: false, hasSignals: false })
        world.dispatch({ type: 'started' })
        world.clock.advance(30_000)
        world.switchTo(false)
        world.clock.sleep(ms)
        // The way is back, the old socket is not: nothing that was sent on it arrives.
        world.clock.advance(sessionTimings.doubtMs)
        expect(isConnected(world.state)).toBe(false)
        world.switchTo(true)
        world.dispatch({ type: 'online' })
        world.clock.advance(1_000)
        expect(world.state.phase).toBe('live')
      }),
      runs,
    )
  })

  it('[SES-18] a clock that is set, forwards or backwards, costs a ping and not the connection', () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), (ms) => {
        const world = createFlappingWorld({ latencyMs: 50, failsFast: false, hasSignals: true })
        world.dispatch({ type: 'started' })
        world.clock.advance(30_000)
        world.clock.set(ms)
        world.clock.advance(120_000)
        expect(world.state.phase).toBe('live')
        expect(world.attempts).toHaveLength(1)
      }),
      runs,
    )
  })
})

describe('heartbeat', () => {
  it('[SES-19] is bounded in every state, and longest where nobody looks and all is calm', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 100 }), fc.boolean(), fc.boolean(), (calm, hidden, saving) => {
        const ms = computeHeartbeat({ calm, hidden, saving })
        expect(ms).toBeGreaterThanOrEqual(sessionTimings.waryHeartbeatMs)
        expect(ms).toBeLessThanOrEqual(sessionTimings.longestHeartbeatMs)
        expect(ms).toBeLessThanOrEqual(computeHeartbeat({ calm: calm + 1, hidden: true, saving: true }))
      }),
      runs,
    )
  })
})
