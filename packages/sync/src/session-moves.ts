/** What the session machine is made of: the moves that its answers to events share. */
import type { ErrorCode } from '@fulqrun/protocol'
import {
  computeHeartbeat,
  computeRetryDelay,
  type SessionContext,
  type SessionEffect,
  type SessionPhase,
  type SessionState,
  type SessionStep,
  sessionTimings,
  type TimerName,
  type Trouble,
} from './session-model.ts'

export function stay(state: SessionState, ...effects: SessionEffect[]): SessionStep {
  return { state, effects }
}

export function startTimer(name: TimerName, ms: number): SessionEffect {
  return { type: 'startTimer', name, ms }
}

export function beatLater(state: SessionState): SessionEffect {
  return startTimer('heartbeat', computeHeartbeat(state))
}

/**
 * A deadline for the server's next frame. It doubles with each attempt that failed: on a slow line one large frame can
 * hold up all others for longer than a healthy server would ever be silent, and giving up would start it over.
 */
export function patiently(state: SessionState, ms: number): number {
  return ms * 2 ** Math.min(state.attempt, 3)
}

/** After a hint there is less reason for patience: the deadline doubles once. */
export function briefly(state: SessionState, ms: number): number {
  return state.attempt === 0 ? ms : ms * 2
}

/** The connection is not to be trusted for the next beats. */
export function wary(state: SessionState): SessionState {
  return { ...state, calm: -sessionTimings.waryBeats }
}

/** Enters a phase; what belongs to the phase before is dropped. */
export function enter(state: SessionState, phase: SessionPhase, context: SessionContext): SessionState {
  return {
    ...state,
    phase,
    since: state.phase === phase ? state.since : context.now,
    nextAttemptAt: undefined,
    code: undefined,
    step: undefined,
  }
}

/** Nothing is open and the next attempt only waits for its timer. */
export function isWaiting(state: SessionState): boolean {
  return state.running && (state.phase === 'offline' || state.phase === 'blocked')
}

/** What belongs to one socket, before there is one. */
export const untried = {
  heard: false,
  probing: false,
  answerBy: undefined,
  hinted: false,
  excused: false,
} as const

export function connect(
  state: SessionState,
  context: SessionContext,
  options: { readonly fresh: boolean } = { fresh: false },
): SessionStep {
  const next: SessionState = {
    ...enter(state, 'connecting', context),
    ...untried,
    step: 'token',
    fresh: options.fresh,
    attemptAt: context.now,
    calm: Math.min(state.calm, 0),
  }
  return stay(
    next,
    { type: 'cancelTimers' },
    { type: 'closeSocket' },
    startTimer('connect', sessionTimings.connectMs),
    { type: 'fetchToken', fresh: options.fresh },
  )
}

/** Goes to a phase in which nothing is open. */
export function leave(
  state: SessionState,
  phase: SessionPhase,
  context: SessionContext,
  code?: ErrorCode,
): SessionStep {
  const next = { ...enter(state, phase, context), ...untried, fresh: false, code }
  return stay(next, { type: 'cancelTimers' }, { type: 'closeSocket' })
}

/** Leaves, and comes back after `ms`. */
export function pause(
  state: SessionState,
  phase: 'offline' | 'blocked',
  context: SessionContext,
  wait: { readonly ms: number; readonly code?: ErrorCode | undefined },
): SessionStep {
  const left = leave(state, phase, context, wait.code)
  const nextAttemptAt = context.now + wait.ms
  return stay({ ...left.state, nextAttemptAt }, ...left.effects, startTimer('retry', wait.ms))
}

interface Failure {
  readonly trouble: Trouble
  /** The server wants to be left alone for so long. */
  readonly retryAfterMs?: number | undefined
}

/** A connection that lasted so long was good. */
export function isStable({ phase, since }: SessionState, { now }: SessionContext): boolean {
  return phase === 'live' && now - since >= sessionTimings.stableMs
}

/** The attempt or the connection failed: try again, at once when it had been good, else after a growing wait. */
export function fail(state: SessionState, context: SessionContext, failure: Failure): SessionStep {
  const { trouble } = failure
  const wasStable = isStable(state, context)
  const failed = trouble === 'silent' ? wary({ ...state, trouble }) : { ...state, trouble }
  if (wasStable && trouble !== 'busy') return connect({ ...failed, attempt: 0 }, context)
  const attempt = wasStable ? 1 : state.attempt + 1
  const retryMs = computeRetryDelay({ ...state, attempt }, context.random)
  const askedMs = Math.min(failure.retryAfterMs ?? 0, sessionTimings.retryAfterCapMs)
  if (askedMs <= 0) return pause({ ...failed, attempt }, 'offline', context, { ms: retryMs })
  const ms = Math.max(retryMs, Math.round(askedMs + context.random * sessionTimings.retryAfterSpreadMs))
  return pause({ ...failed, attempt, notBefore: context.now + ms }, 'offline', context, { ms })
}

/** A reason to try now: heeded at once, or as soon as the last attempt is {@link sessionTimings.attemptGapMs} old. */
export function hurry(state: SessionState, context: SessionContext): SessionStep {
  if (isToBeLeftAlone(state, context)) return stay(state)
  const gap = sessionTimings.attemptGapMs - Math.abs(context.now - (state.attemptAt ?? -Infinity))
  if (gap <= 0) return connect(state, context, { fresh: state.fresh })
  if (isWaiting(state)) {
    const ms = Math.min(gap, Math.max(0, (state.nextAttemptAt ?? context.now) - context.now))
    return stay({ ...state, nextAttemptAt: context.now + ms }, startTimer('retry', ms))
  }
  const deadline = state.phase === 'connecting' ? 'connect' : 'first-frame'
  return stay({ ...state, hinted: true }, startTimer(deadline, gap))
}

/** The bounds keep a clock that was set back from turning a minute into a day. */
function isToBeLeftAlone({ notBefore }: SessionState, { now }: SessionContext): boolean {
  return (
    notBefore !== undefined &&
    now < notBefore &&
    notBefore - now <= sessionTimings.retryAfterCapMs + sessionTimings.retryAfterSpreadMs
  )
}

/** Asks the server for a sign of life. */
export function probe(state: SessionState, context: SessionContext): SessionStep {
  if (state.probing) return stay(state)
  return expectAnswer(state, context, patiently(state, sessionTimings.pongMs))
}

/** The same with a short deadline, also when a probe is already on its way. */
export function doubt(
  state: SessionState,
  context: SessionContext,
  ms: number = sessionTimings.doubtMs,
): SessionStep {
  return expectAnswer(wary(state), context, briefly(state, ms))
}

function expectAnswer(state: SessionState, context: SessionContext, ms: number): SessionStep {
  if (!state.probing) {
    const asked = { ...state, probing: true, answerBy: context.now + ms }
    return stay(asked, { type: 'sendPing' }, startTimer('pong', ms))
  }
  const left = (state.answerBy ?? context.now) - context.now
  // Due sooner than that already; negative or far off, the clock was set.
  if (left >= 0 && left <= ms) return stay(state)
  return stay({ ...state, answerBy: context.now + ms }, startTimer('pong', ms))
}
