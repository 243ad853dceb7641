import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  evaluate,
  initialSession,
  type SessionEffect,
  type SessionEvent,
  type SessionPhase,
  sessionPhases,
  type SessionState,
  sessionTimings,
  type TimerName,
  type TokenFailure,
} from './session-state.ts'

/**
 * The table of SPEC.md ("Transitions of the session") is the one source: it is read from there, and every phase is
 * tried with every event. What the table does not list must stay as it is, and what it lists must happen.
 */

/** Every event, timers and outcomes apart. An event without an entry does not compile. */
type EventName =
  | Exclude<SessionEvent['type'], 'timerFired' | 'tokenFailed' | 'socketClosed'>
  | `timerFired ${TimerName}`
  | `timerFired ${TimerName}, late`
  | `tokenFailed ${TokenFailure['kind']}`
  | `socketClosed ${'without a code' | 'retry' | 'token expired' | 'overloaded' | 'sign-in' | 'revoked' | 'erase' | 'update-app' | 'report'}`

function close(reason: string): SessionEvent {
  return { type: 'socketClosed', code: reason === '' ? 1006 : 4400, reason }
}

function fired(name: TimerName, lateMs: number): SessionEvent {
  return { type: 'timerFired', name, lateMs }
}

const events: Record<EventName, SessionEvent> = {
  started: { type: 'started' },
  stopped: { type: 'stopped' },
  online: { type: 'online' },
  offline: { type: 'offline' },
  becameVisible: { type: 'becameVisible' },
  becameHidden: { type: 'becameHidden' },
  pageLeft: { type: 'pageLeft' },
  syncRequested: { type: 'syncRequested' },
  saverChanged: { type: 'saverChanged', on: true },
  socketOpened: { type: 'socketOpened' },
  frameReceived: { type: 'frameReceived' },
  tokenFetched: { type: 'tokenFetched', renewInMs: 240_000 },
  authenticated: { type: 'authenticated' },
  documentsSynced: { type: 'documentsSynced' },
  signedInAgain: { type: 'signedInAgain' },
  signedOut: { type: 'signedOut' },
  'socketClosed without a code': close(''),
  'socketClosed retry': close('server/stopping'),
  'socketClosed token expired': close('auth/token-expired'),
  'socketClosed overloaded': close('server/overloaded'),
  'socketClosed sign-in': close('auth/token-invalid'),
  'socketClosed revoked': close('auth/revoked'),
  'socketClosed erase': close('auth/device-wiped'),
  'socketClosed update-app': close('document/too-new'),
  'socketClosed report': close('frame/malformed'),
  'tokenFailed network': { type: 'tokenFailed', kind: 'network' },
  'tokenFailed not-ours': { type: 'tokenFailed', kind: 'not-ours' },
  'tokenFailed busy': { type: 'tokenFailed', kind: 'busy', retryAfterMs: 20_000 },
  'tokenFailed denied': { type: 'tokenFailed', kind: 'denied', code: 'auth/required' },
  'timerFired retry': fired('retry', 0),
  'timerFired retry, late': fired('retry', sessionTimings.lateMs),
  'timerFired connect': fired('connect', 0),
  'timerFired connect, late': fired('connect', sessionTimings.lateMs),
  'timerFired first-frame': fired('first-frame', 0),
  'timerFired first-frame, late': fired('first-frame', sessionTimings.lateMs),
  'timerFired heartbeat': fired('heartbeat', 0),
  'timerFired heartbeat, late': fired('heartbeat', sessionTimings.lateMs),
  'timerFired pong': fired('pong', 0),
  'timerFired pong, late': fired('pong', sessionTimings.lateMs),
  'timerFired renew': fired('renew', 0),
  'timerFired renew, late': fired('renew', sessionTimings.lateMs),
}

const context = { now: 1_000_000, random: 0.5 }
const base: SessionState = { ...initialSession(900_000), running: true, attemptAt: 900_000 }

/** A state of each phase as the machine itself would have it. A phase without one does not compile. */
const states: Record<SessionPhase, Record<string, SessionState>> = {
  offline: {
    offline: { ...base, phase: 'offline', attempt: 1, nextAttemptAt: 1_001_000 },
    stopped: { ...base, phase: 'offline', running: false },
    'offline, just tried': { ...base, phase: 'offline', attempt: 1, attemptAt: context.now - 100 },
    'offline, to be left alone': { ...base, phase: 'offline', attempt: 1, notBefore: 1_020_000 },
  },
  connecting: {
    'connecting, token': { ...base, phase: 'connecting', step: 'token' },
    'connecting, socket': { ...base, phase: 'connecting', step: 'socket' },
    'connecting, just now': { ...base, phase: 'connecting', step: 'socket', attemptAt: context.now - 100 },
    'connecting, hinted': { ...base, phase: 'connecting', step: 'socket', hinted: true },
  },
  authenticating: {
    authenticating: { ...base, phase: 'authenticating' },
    'authenticating, heard': { ...base, phase: 'authenticating', heard: true },
  },
  'catching-up': { 'catching-up': { ...base, phase: 'catching-up', heard: true } },
  live: {
    live: { ...base, phase: 'live', heard: true },
    'live, probing': {
      ...base,
      phase: 'live',
      heard: true,
      probing: true,
      answerBy: context.now + 4_000,
    },
    'live, just now': {
      ...base,
      phase: 'live',
      heard: true,
      since: context.now - 100,
      attemptAt: context.now - 400,
    },
    'live, excused': { ...base, phase: 'live', heard: true, probing: true, excused: true },
  },
  'signed-out': { 'signed-out': { ...base, phase: 'signed-out', code: 'auth/required' } },
  blocked: { blocked: { ...base, phase: 'blocked', code: 'frame/malformed', nextAttemptAt: 1_060_000 } },
  'update-needed': { 'update-needed': { ...base, phase: 'update-needed', code: 'document/too-new' } },
}

function describeEffect(effect: SessionEffect): string {
  switch (effect.type) {
    case 'startTimer':
    case 'cancelTimer':
      return `${effect.type} ${effect.name}`
    case 'fetchToken':
      return effect.fresh ? 'fetchToken fresh' : 'fetchToken'
    default:
      return effect.type
  }
}

/** As a cell of the table: the phase, then what is to be done; undefined when nothing at all happens. */
function outcome(before: SessionState, event: SessionEvent): string | undefined {
  const { state, effects } = evaluate(before, event, context)
  if (state.phase === before.phase && state.running === before.running && effects.length === 0) {
    const news = state.step !== before.step || state.code !== before.code
    return news ? state.phase : undefined
  }
  return [state.phase, ...effects.map(describeEffect)].join(', ')
}

/** What the table's short words stand for. */
function expand(cell: string, words: ReadonlyMap<string, string>): string {
  return words.get(cell) ?? cell
}

const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8')

/** Rows of the markdown tables between a heading and the next one. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = spec.split(`\n### ${heading}\n`)[1]?.split('\n#')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const words = new Map(rowsUnder('Words of the table').map(([word = '', meaning = '']) => [word, meaning]))
const documented = new Map(
  rowsUnder('Transitions of the session').map(([state = '', event = '', cell = '']) => [
    `${state} + ${event}`,
    expand(cell, words),
  ]),
)

describe('session machine, every cell of the table in SPEC.md', () => {
  const cells = sessionPhases.flatMap((phase) =>
    Object.entries(states[phase]).flatMap(([stateName, state]) =>
      Object.entries(events).map(([eventName, event]) => ({ stateName, state, eventName, event })),
    ),
  )

  it.each(cells)('[SES-1] $stateName + $eventName', ({ stateName, state, eventName, event }) => {
    expect(outcome(state, event)).toBe(documented.get(`${stateName} + ${eventName}`))
  })

  it('[SES-1] the table speaks of no state and no event that there is not', () => {
    const known = new Set(cells.map(({ stateName, eventName }) => `${stateName} + ${eventName}`))
    expect([...documented.keys()].filter((key) => !known.has(key))).toEqual([])
    expect(documented.size).toBeGreaterThan(100)
  })
})
