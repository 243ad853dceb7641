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
    { type: 'becameHidden' },
    { type: 'pageLeft' },
    { type: 'syncRequested' },
    { type: 'saverChanged', on: true },
    { type: 'saverChanged', on: false },
    { type: 'socketOpened' },
    { type: 'frameReceived' },
    { type: 'tokenFetched', renewInMs: 240_000 },
    { type: 'tokenFailed', kind: 'network' },
    { type: 'tokenFailed', kind: 'not-ours' },
    { type: 'tokenFailed', kind: 'busy', retryAfterMs: 20_000 },
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
    reason: fc.constantFrom(
      '',
      'auth/revoked',
      'auth/token-expired',
      'document/too-new',
      'frame/malformed',
      'x',
    ),
  }),
  fc
    .tuple(fc.constantFrom(...timerNames), fc.constantFrom(0, 30, 60_000, -3_600_000))
    .map(([name, lateMs]): SessionEvent => ({ type: 'timerFired', name, lateMs })),
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

/** What is wrong with a situation; nothing, always. */
function findFaults(state: SessionState, shell: Shell): readonly string[] {
  const { phase, running } = state
  const has = (name: TimerName): boolean => shell.timers.has(name)
  const isOver = !running || phase === 'signed-out' || phase === 'update-needed'
  const rules: readonly (readonly [string, boolean])[] = [
    ['a socket is open exactly where the phase says so', isConnected(state) === (shell.socket === 'open')],
    [
      'a socket opens only in connecting',
      shell.socket !== 'opening' || (phase === 'connecting' && state.step === 'socket'),
    ],
    ['offline waits for a retry', phase !== 'offline' || !running || has('retry')],
    ['blocked waits for a retry', phase !== 'blocked' || has('retry')],
    ['connecting has a deadline', phase !== 'connecting' || has('connect')],
    ['a silent socket has a deadline', !isConnected(state) || state.heard || has('first-frame')],
    ['a socket that spoke is listened to', !isConnected(state) || !state.heard || has('heartbeat')],
    ['a ping has a deadline', !state.probing || has('pong')],
    [
      'nothing goes on where nobody is to be connected',
      !isOver || (shell.timers.size === 0 && shell.socket === 'none'),
    ],
    ['attempts are counted from zero', state.attempt >= 0],
  ]
  return rules.flatMap(([rule, holds]) => (holds ? [] : [`${rule}: ${phase}`]))
}

describe('session machine, walks', () => {
  it('[SES-10] keeps its invariants whatever happens, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(anyEvent, fc.integer({ min: 0, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true })),
          {
            maxLength: 80,
          },
        ),
        (walk) => {
          let now = 0
          let state = initialSession(now)
          const shell: Shell = { socket: 'none', timers: new Set(), fetching: false }
          for (const [event, pause, random] of [[{ type: 'started' }, 0, 0] as const, ...walk]) {
            // One in a few walks has a clock that is set back by an hour.
            now += pause === 19_999 ? -3_600_000 : pause
            if (!isPossible(shell, event)) continue
            happen(shell, event)
            const step = evaluate(state, event, { now, random })
            carryOut(shell, step.effects)
            state = step.state
            expect(findFaults(state, shell)).toEqual([])
          }
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })

  it('[SES-10] from anywhere that is not final, a good network leads to live', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (walk) => {
        let now = 0
        let state = initialSession(now)
        const step = (event: SessionEvent): void => {
          now += 1
          state = evaluate(state, event, { now, random: 0.5 }).state
        }
        for (const event of [{ type: 'started' } as const, ...walk]) step(event)
        const isFinal = !state.running || state.phase === 'signed-out' || state.phase === 'update-needed'
        // A person's wish: stronger than a server that wanted to be left alone.
        step({ type: 'syncRequested' })
        if (state.phase === 'offline' || state.phase === 'blocked')
          step({ type: 'timerFired', name: 'retry' })
        if (state.hinted) step({ type: 'timerFired', name: 'connect' })
        if (state.hinted) step({ type: 'timerFired', name: 'first-frame' })
        step({ type: 'tokenFetched', renewInMs: 1 })
        step({ type: 'socketOpened' })
        step({ type: 'frameReceived' })
        step({ type: 'authenticated' })
        step({ type: 'documentsSynced' })
        expect(isFinal || state.phase === 'live').toBe(true)
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })
})
