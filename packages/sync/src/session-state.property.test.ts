import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  evaluate,
  initialSession,
  isConnected,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type TimerName,
} from './session-state.ts'

/** What the shell holds while it carries out effects; the invariants are about both together. */
interface Shell {
  socket: 'none' | 'opening' | 'open'
  timers: Set<TimerName>
  fetching: boolean
}

const timerNames: readonly TimerName[] = ['retry', 'connect', 'first-frame', 'heartbeat', 'pong', 'renew']

const anyEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.constantFrom<SessionEvent>(
    { type: 'started' },
    { type: 'online' },
    { type: 'offline' },
    { type: 'becameVisible' },
    { type: 'socketOpened' },
    { type: 'frameReceived' },
    { type: 'tokenFetched', renewInMs: 240_000 },
    { type: 'tokenFailed', kind: 'network' },
    { type: 'tokenFailed', kind: 'denied' },
    { type: 'authenticated' },
    { type: 'documentsSynced' },
    { type: 'signedInAgain' },
    { type: 'signedOut' },
    { type: 'stopped' },
  ),
  fc.record({
    type: fc.constant('socketClosed' as const),
    code: fc.constantFrom(1006, 4400, 4401, 4410, 4426, 4454),
    reason: fc.constantFrom('', 'auth/revoked', 'auth/token-expired', 'document/too-new', 'frame/malformed', 'x'),
  }),
  fc.constantFrom(...timerNames).map((name): SessionEvent => ({ type: 'timerFired', name })),
)

function carryOut(shell: Shell, effects: readonly SessionEffect[]): void {
  for (const effect of effects) {
    if (effect.type === 'openSocket') shell.socket = 'opening'
    if (effect.type === 'closeSocket') shell.socket = 'none'
    if (effect.type === 'fetchToken') shell.fetching = true
    if (effect.type === 'startTimer') shell.timers.add(effect.name)
    if (effect.type === 'cancelTimer') shell.timers.delete(effect.name)
    if (effect.type === 'cancelTimers') shell.timers.clear()
  }
}

/** Events that the world cannot produce in this situation are not tried. */
function isPossible(shell: Shell, event: SessionEvent): boolean {
  switch (event.type) {
    case 'socketOpened':
      return shell.socket === 'opening'
    case 'frameReceived':
    case 'authenticated':
    case 'documentsSynced':
      return shell.socket === 'open'
    case 'socketClosed':
      return shell.socket !== 'none'
    case 'tokenFetched':
    case 'tokenFailed':
      return shell.fetching
    case 'timerFired':
      return shell.timers.has(event.name)
    default:
      return true
  }
}

function happen(shell: Shell, event: SessionEvent): void {
  if (event.type === 'socketOpened') shell.socket = 'open'
  if (event.type === 'socketClosed') shell.socket = 'none'
  if (event.type === 'tokenFetched' || event.type === 'tokenFailed') shell.fetching = false
  if (event.type === 'timerFired') shell.timers.delete(event.name)
}

function checkInvariants(state: SessionState, shell: Shell): void {
  // A socket exists exactly where the phase says so, and is never leaked into another one.
  expect(isConnected(state)).toBe(shell.socket === 'open')
  if (shell.socket === 'opening') expect(state).toMatchObject({ phase: 'connecting', step: 'socket' })
  // Nothing is ever waited for without end.
  if (state.phase === 'offline' && state.running) expect(shell.timers.has('retry')).toBe(true)
  if (state.phase === 'blocked') expect(shell.timers.has('retry')).toBe(true)
  if (state.phase === 'connecting') expect(shell.timers.has('connect')).toBe(true)
  if (isConnected(state)) {
    expect(shell.timers.has(state.heard ? 'heartbeat' : 'first-frame')).toBe(true)
    if (state.probing) expect(shell.timers.has('pong')).toBe(true)
  }
  // Nothing goes on where nobody is to be connected.
  if (!state.running || state.phase === 'signed-out' || state.phase === 'update-needed') {
    expect([...shell.timers]).toEqual([])
    expect(shell.socket).toBe('none')
  }
  expect(state.attempt).toBeGreaterThanOrEqual(0)
}

describe('session machine, walks', () => {
  it('[SES-10] keeps its invariants whatever happens, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true })), {
          maxLength: 80,
        }),
        (walk) => {
          let now = 0
          let state = initialSession(now)
          const shell: Shell = { socket: 'none', timers: new Set(), fetching: false }
          for (const [event, pause, random] of [[{ type: 'started' }, 0, 0] as const, ...walk]) {
            now += pause
            if (!isPossible(shell, event)) continue
            happen(shell, event)
            const step = evaluate(state, event, { now, random })
            carryOut(shell, step.effects)
            state = step.state
            checkInvariants(state, shell)
          }
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })

  it('[SES-10] from anywhere that is not final, a good network leads to live', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (walk) => {
        let state = initialSession(0)
        const step = (event: SessionEvent): void => {
          state = evaluate(state, event, { now: 1, random: 0.5 }).state
        }
        for (const event of [{ type: 'started' } as const, ...walk]) step(event)
        if (!state.running || state.phase === 'signed-out' || state.phase === 'update-needed') return
        step({ type: 'online' })
        step({ type: 'tokenFetched', renewInMs: 1 })
        step({ type: 'socketOpened' })
        step({ type: 'frameReceived' })
        step({ type: 'authenticated' })
        step({ type: 'documentsSynced' })
        expect(state.phase).toBe('live')
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })
})
