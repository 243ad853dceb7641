import { describe, expect, it } from 'vitest'
import {
  computeRetryDelay,
  evaluate,
  initialSession,
  type SessionEvent,
  type SessionPhase,
  type SessionState,
  sessionTimings,
} from './session-state.ts'

const context = { now: 1_000_000, random: 0.5 }

const events = {
  started: { type: 'started' },
  stopped: { type: 'stopped' },
  online: { type: 'online' },
  becameVisible: { type: 'becameVisible' },
  socketClosed: { type: 'socketClosed', code: 1006, reason: '' },
  'tokenFailed:network': { type: 'tokenFailed', kind: 'network' },
  'tokenFailed:denied': { type: 'tokenFailed', kind: 'denied' },
  'timerFired:retry': { type: 'timerFired', name: 'retry' },
  'timerFired:first-frame': { type: 'timerFired', name: 'first-frame' },
  'timerFired:heartbeat': { type: 'timerFired', name: 'heartbeat' },
  'timerFired:pong': { type: 'timerFired', name: 'pong' },
} as const satisfies Record<string, SessionEvent>

/** A state of each phase as the machine itself would have it; connecting has two, by what it waits for. */
type StateName = Exclude<SessionPhase, 'connecting'> | 'connecting:token' | 'connecting:socket'

const base: SessionState = { ...initialSession(900_000), running: true }

const states: Record<StateName, SessionState> = {
  offline: { ...base, phase: 'offline', attempt: 1, nextAttemptAt: 1_001_000 },
  'connecting:token': { ...base, phase: 'connecting', step: 'token' },
  'connecting:socket': { ...base, phase: 'connecting', step: 'socket' },
  authenticating: { ...base, phase: 'authenticating' },
  'catching-up': { ...base, phase: 'catching-up', heard: true },
  live: { ...base, phase: 'live', heard: true },
  'signed-out': { ...base, phase: 'signed-out', code: 'auth/required' },
  blocked: { ...base, phase: 'blocked', code: 'frame/malformed', nextAttemptAt: 1_060_000 },
  'update-needed': { ...base, phase: 'update-needed', code: 'document/too-new' },
}

function run(state: SessionState, ...happened: SessionEvent[]): SessionState {
  return happened.reduce((current, event) => evaluate(current, event, context).state, state)
}

describe('session machine, sequences', () => {
  it('[SES-2] starts, and goes by the token and the socket to live', () => {
    const live = run(
      initialSession(0),
      { type: 'started' },
      { type: 'tokenFetched', renewInMs: 1 },
      { type: 'socketOpened' },
      { type: 'frameReceived' },
      { type: 'authenticated' },
      { type: 'documentsSynced' },
    )
    expect(live).toMatchObject({ phase: 'live', heard: true, fresh: false, attempt: 0 })
  })

  it('[SES-3] tries again at once after a stable connection, and backs off while attempts fail', () => {
    const lost = evaluate(states.live, events.socketClosed, context)
    expect(lost.state).toMatchObject({ phase: 'connecting', attempt: 0 })
    const again = run(lost.state, events['tokenFailed:network'])
    expect(again).toMatchObject({ phase: 'offline', attempt: 1, nextAttemptAt: context.now + 188 })
  })

  it('[SES-3] a server that hangs up right after each sync is backed off from', () => {
    const justLive = { ...states.live, since: context.now - 100, attempt: 3 }
    expect(run(justLive, events.socketClosed)).toMatchObject({ phase: 'offline', attempt: 4 })
  })

  it('[SES-3] waits at most 2 s for the first minute, at least half of the step (SYNC 16)', () => {
    const waits = [1, 2, 3, 4, 5, sessionTimings.eagerAttempts].map((attempt) =>
      computeRetryDelay({ attempt, hidden: false }, 1),
    )
    expect(waits).toEqual([250, 500, 1000, 2000, 2000, 2000])
    expect(computeRetryDelay({ attempt: 5, hidden: true }, 0)).toBe(sessionTimings.retryCapMs / 2)
  })

  it('[SES-24] then up to 30 s, or 60 s while nobody looks', () => {
    const after = (more: number) => ({ attempt: sessionTimings.eagerAttempts + more, hidden: false })
    expect([1, 2, 3, 4, 1000].map((more) => computeRetryDelay(after(more), 1))).toEqual([
      4000, 8000, 16_000, 30_000, 30_000,
    ])
    expect(computeRetryDelay({ ...after(1000), hidden: true }, 1)).toBe(60_000)
    expect(computeRetryDelay({ ...after(1000), hidden: true }, 0)).toBe(30_000)
  })

  it('[SES-24] a server that is away for an hour is asked a hundred times or so, not a thousand', () => {
    const hourMs = 3_600_000
    const attemptsIn = (hidden: boolean) => {
      let state: SessionState = { ...initialSession(0), running: true, hidden }
      let attempts = 0
      for (let now = 0; now < hourMs; attempts += 1) {
        state = evaluate(state, { type: 'timerFired', name: 'retry' }, { now, random: 0.5 }).state
        state = evaluate(state, events['tokenFailed:network'], { now, random: 0.5 }).state
        now = state.nextAttemptAt ?? Infinity
      }
      return attempts
    }
    expect(attemptsIn(false)).toBeLessThan(200)
    expect(attemptsIn(true)).toBeLessThan(120)
  })

  it.each(['online', 'becameVisible', 'syncRequested'] as const)(
    '[SES-24] %s ends a long wait at once, and the next waits are short again',
    (type) => {
      const away = { ...states.offline, attempt: 500, nextAttemptAt: context.now + 29_000 }
      const woken = evaluate(away, { type }, context)
      expect(woken.state.phase).toBe('connecting')
      const failed = run(woken.state, events['tokenFailed:network'])
      expect((failed.nextAttemptAt ?? Infinity) - context.now).toBeLessThanOrEqual(sessionTimings.retryCapMs)
    },
  )

  it('[SES-4] a socket that opens and stays mute is left after the first-frame timeout (SYNC 17)', () => {
    const mute = run(states['connecting:socket'], { type: 'socketOpened' })
    expect(run(mute, events['timerFired:first-frame'])).toMatchObject({ phase: 'offline', attempt: 1 })
    const heard = run(mute, { type: 'frameReceived' })
    expect(run(heard, events['timerFired:first-frame']).phase).toBe('authenticating')
  })

  it('[SES-4] an unanswered ping ends the connection, any frame answers it', () => {
    const probing = run(states.live, events['timerFired:heartbeat'])
    expect(run(probing, events['timerFired:pong']).phase).toBe('connecting')
    const answered = evaluate(probing, { type: 'frameReceived' }, context)
    expect(answered.effects).toEqual([{ type: 'cancelTimer', name: 'pong' }])
    expect(run(answered.state, events['timerFired:pong']).phase).toBe('live')
  })

  it('[SES-4] the deadlines double while attempts fail, so that a slow line can get a large frame through', () => {
    const deadlines = [0, 1, 2, 3, 9].map((attempt) => {
      const step = evaluate({ ...states.live, attempt }, events['timerFired:heartbeat'], context)
      return step.effects.find((effect) => effect.type === 'startTimer' && effect.name === 'pong')
    })
    expect(deadlines).toMatchObject([
      { ms: 5_000 },
      { ms: 10_000 },
      { ms: 20_000 },
      { ms: 40_000 },
      { ms: 40_000 },
    ])
  })

  it('[SES-4] a stable connection that answers a ping is not waited for because of what failed before it', () => {
    const tired = { ...states.live, attempt: 9 }
    const asked = run(tired, events['timerFired:heartbeat'])
    expect(run(asked, { type: 'frameReceived' }).attempt).toBe(0)
    // An answer within the first seconds says little: a server that hangs up right after each sync gives one, too.
    const young = { ...asked, since: context.now - sessionTimings.stableMs + 1 }
    expect(run(young, { type: 'frameReceived' }).attempt).toBe(9)
  })

  it('[SES-5] `online` does not wait for the retry timer, nor for an attempt from before (SYNC 16)', () => {
    expect(run(states.offline, events.online).phase).toBe('connecting')
    const restarted = evaluate(states['connecting:socket'], events.online, context)
    expect(restarted.state).toMatchObject({ phase: 'connecting', step: 'token' })
    expect(restarted.effects).toContainEqual({ type: 'closeSocket' })
  })

  it('[SES-5] what failed before `online` puts no attempt after it off', () => {
    const tired = { ...states.offline, attempt: 9 }
    const hurried = evaluate(tired, events.online, context).state
    const failed = evaluate(hurried, events['tokenFailed:network'], context)
    expect(failed.state.phase).toBe('offline')
    expect((failed.state.nextAttemptAt ?? Infinity) - context.now).toBeLessThanOrEqual(500)
  })

  it('[SES-6] a token that cannot be fetched is tried again; only a denial signs out (SYNC 10)', () => {
    expect(run(states['connecting:token'], events['tokenFailed:network']).phase).toBe('offline')
    expect(run(states['connecting:token'], events['tokenFailed:denied'])).toMatchObject({
      phase: 'signed-out',
      code: 'auth/required',
    })
    expect(run(states.live, events['tokenFailed:network']).phase).toBe('live')
  })

  const close = (reason: string, code = 4400): SessionEvent => ({ type: 'socketClosed', code, reason })

  it('[SES-7] a rejected token is replaced once, then the person is signed out', () => {
    const first = run(states['connecting:socket'], close('auth/token-invalid'))
    expect(first).toMatchObject({ phase: 'connecting', fresh: true })
    const second = run(first, { type: 'tokenFetched', renewInMs: 1 }, close('auth/token-invalid'))
    expect(second).toMatchObject({ phase: 'signed-out', code: 'auth/token-invalid' })
  })

  it('[SES-7] an ended session signs out at once, an expired token does not', () => {
    expect(run(states.live, close('auth/revoked')).phase).toBe('signed-out')
    expect(run(states.live, close('auth/token-expired'))).toMatchObject({ phase: 'connecting', fresh: true })
  })

  it('[SES-8] close codes that call this app old or wrong stop the retries or slow them down', () => {
    expect(run(states.live, close('document/too-new')).phase).toBe('update-needed')
    expect(run(states.live, close('frame/malformed'))).toMatchObject({
      phase: 'blocked',
      nextAttemptAt: context.now + sessionTimings.blockedRetryMs,
    })
    expect(run(states.live, close('server/stopping')).phase).toBe('connecting')
  })

  it('[SES-8] a code without a reason of ours is read by its number', () => {
    expect(run(states['catching-up'], close('', 4400)).phase).toBe('blocked')
    expect(run(states['catching-up'], close('Reset Connection', 4205)).phase).toBe('offline')
  })

  it('[SES-9] after `stopped` nothing happens until `started`', () => {
    const stopped = run(states.live, events.stopped)
    for (const event of [events.online, events.becameVisible, events['timerFired:retry']]) {
      expect(evaluate(stopped, event, context)).toEqual({ state: stopped, effects: [] })
    }
    expect(run(stopped, events.started).phase).toBe('connecting')
  })
})
