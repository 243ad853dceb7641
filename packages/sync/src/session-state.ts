/**
 * The session: is this device connected, and if not, what happens next. A pure machine; `session.ts` is its shell.
 *
 *                      started, online, retry
 *        offline ───────────────────────────────▶ connecting ──tokenFetched, socketOpened──▶ authenticating
 *           ▲  ▲                                   │  ▲                                           │
 *           │  └── timeouts, closes, lost pongs ───┤  └─ at once after a stable connection        │ authenticated
 *           │                                      │                                              ▼
 *        stopped                                   └── token denied ──▶ signed-out     catching-up ──▶ live
 *                                                                                        documentsSynced
 *   closes with a code of `reaction.ts`: sign-in ▶ signed-out (after one try with a fresh token),
 *   update-app ▶ update-needed, report and the like ▶ blocked (tried again once a minute), everything else ▶ retry.
 *
 * Invariants (SPEC.md SES): a socket exists only in connecting (step socket), authenticating, catching-up and live;
 * whenever nothing is connected and the session is wanted, a retry timer runs; a server that says nothing is left.
 */
import { type ErrorCode, errors, isErrorCode, reactionTo } from '@fulqrun/protocol'

export const sessionPhases = [
  'offline',
  'connecting',
  'authenticating',
  'catching-up',
  'live',
  'signed-out',
  'blocked',
  'update-needed',
] as const
export type SessionPhase = (typeof sessionPhases)[number]

export interface SessionState {
  readonly phase: SessionPhase
  /** Device time at which the phase was entered. */
  readonly since: number
  /** Failed attempts in a row; 0 while all is well. */
  readonly attempt: number
  /** Device time of the next attempt, while one is waited for. */
  readonly nextAttemptAt?: number | undefined
  /** Why the server does not want us, in the phases signed-out, blocked and update-needed. */
  readonly code?: ErrorCode | undefined
  /** False before `started` and after `stopped`. */
  readonly running: boolean
  /** What connecting waits for. */
  readonly step?: 'token' | 'socket' | undefined
  /** The token of this attempt was fetched for it: being turned away with it is final. */
  readonly fresh: boolean
  /** The current socket has said something. */
  readonly heard: boolean
  /** A ping is out and unanswered. */
  readonly probing: boolean
}

export type TimerName = 'retry' | 'connect' | 'first-frame' | 'heartbeat' | 'pong' | 'renew'

export type SessionEvent =
  | { readonly type: 'started' }
  | { readonly type: 'stopped' }
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  | { readonly type: 'becameVisible' }
  | { readonly type: 'socketOpened' }
  | { readonly type: 'frameReceived' }
  | { readonly type: 'socketClosed'; readonly code: number; readonly reason: string }
  /** `renewInMs`: when to fetch the next one, by what the token says about its life. */
  | { readonly type: 'tokenFetched'; readonly renewInMs: number }
  /** `denied`: the server says that nobody is signed in; `network`: anything else, it may work later. */
  | { readonly type: 'tokenFailed'; readonly kind: 'network' | 'denied' }
  /** The first document was answered, or none is wanted. */
  | { readonly type: 'authenticated' }
  /** Every wanted document is up to date, or has its own trouble. */
  | { readonly type: 'documentsSynced' }
  | { readonly type: 'timerFired'; readonly name: TimerName }
  | { readonly type: 'signedInAgain' }
  | { readonly type: 'signedOut' }

export type SessionEffect =
  /** `fresh`: one that was not used before; else one in hand will do. */
  | { readonly type: 'fetchToken'; readonly fresh: boolean }
  | { readonly type: 'openSocket' }
  | { readonly type: 'closeSocket' }
  | { readonly type: 'attachAll' }
  /** Hand the new token to the open connection. */
  | { readonly type: 'sendToken' }
  | { readonly type: 'sendPing' }
  | { readonly type: 'startTimer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'cancelTimer'; readonly name: TimerName }
  | { readonly type: 'cancelTimers' }

export interface SessionContext {
  readonly now: number
  /** 0 to 1. */
  readonly random: number
}

export interface SessionStep {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

export const sessionTimings = {
  /** Token and socket together. A phone that changes cells needs 2 to 4 s; ten is hopeless. */
  connectMs: 10_000,
  /** An upgraded socket that says nothing, not even to a ping, is a dead proxy or a hung server (SYNC E13). */
  firstFrameMs: 5_000,
  heartbeatMs: 10_000,
  pongMs: 5_000,
  /** The system says that the network is gone, which is a hint and often true: a server that is there answers sooner. */
  doubtMs: 1_500,
  /** Longest wait between attempts: people look at the screen while it reconnects (SYNC E10: 27 s by default). */
  retryCapMs: 2_000,
  retryBaseMs: 250,
  /** A connection that lasted this long was good: losing it is news, and the first attempt follows at once. */
  stableMs: 5_000,
  /** A server that called us wrong is asked again this seldom. */
  blockedRetryMs: 60_000,
  /** The token could not be renewed while connected; a minute of its life is left (`limits.tokenRenewBeforeMs`). */
  renewRetryMs: 5_000,
} as const

export function initialSession(now: number): SessionState {
  return {
    phase: 'offline',
    since: now,
    attempt: 0,
    running: false,
    fresh: false,
    heard: false,
    probing: false,
  }
}

/** True while a socket is open. */
export function isConnected(state: SessionState): boolean {
  return state.phase === 'authenticating' || state.phase === 'catching-up' || state.phase === 'live'
}

export function evaluate(state: SessionState, event: SessionEvent, context: SessionContext): SessionStep {
  switch (event.type) {
    case 'started':
      return state.running ? stay(state) : connect({ ...state, running: true, attempt: 0 }, context)
    case 'stopped':
      return leave({ ...state, running: false }, 'offline', context)
    case 'signedOut':
      return leave(state, 'signed-out', context)
    case 'signedInAgain':
      return signedInAgain(state, context)
    case 'online':
      return online(state, context)
    case 'offline':
      return isConnected(state) ? doubt(state) : stay(state)
    case 'becameVisible':
      if (isWaiting(state)) return connect(state, context)
      return isConnected(state) ? probe(state) : stay(state)
    case 'socketOpened':
      return socketOpened(state, context)
    case 'frameReceived':
      return frameReceived(state)
    case 'authenticated':
      return state.phase === 'authenticating' ? accepted(state, 'catching-up', context) : stay(state)
    case 'documentsSynced':
      return state.phase === 'authenticating' || state.phase === 'catching-up'
        ? accepted(state, 'live', context)
        : stay(state)
    case 'socketClosed':
      return socketClosed(state, event, context)
    case 'tokenFetched':
      return tokenFetched(state, event.renewInMs)
    case 'tokenFailed':
      return tokenFailed(state, event.kind, context)
    case 'timerFired':
      return timerFired(state, event.name, context)
  }
}

function stay(state: SessionState, ...effects: SessionEffect[]): SessionStep {
  return { state, effects }
}

function start(name: 'connect' | 'heartbeat' | 'renew'): SessionEffect {
  const ms = {
    connect: sessionTimings.connectMs,
    heartbeat: sessionTimings.heartbeatMs,
    renew: sessionTimings.renewRetryMs,
  }[name]
  return { type: 'startTimer', name, ms }
}

/**
 * A deadline for the server's next frame. It doubles with each attempt that failed: on a slow line one large frame can
 * hold up all others for longer than a healthy server would ever be silent, and giving up would start it over.
 */
function patient(name: 'first-frame' | 'pong', state: SessionState): SessionEffect {
  const ms = name === 'pong' ? sessionTimings.pongMs : sessionTimings.firstFrameMs
  return { type: 'startTimer', name, ms: ms * 2 ** Math.min(state.attempt, 3) }
}

/** Enters a phase; what belongs to the phase before is dropped. */
function enter(state: SessionState, phase: SessionPhase, context: SessionContext): SessionState {
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
function isWaiting(state: SessionState): boolean {
  return state.running && (state.phase === 'offline' || state.phase === 'blocked')
}

function connect(
  state: SessionState,
  context: SessionContext,
  options: { readonly fresh: boolean } = { fresh: false },
): SessionStep {
  const next: SessionState = {
    ...enter(state, 'connecting', context),
    step: 'token',
    fresh: options.fresh,
    heard: false,
    probing: false,
  }
  return stay(next, { type: 'cancelTimers' }, { type: 'closeSocket' }, start('connect'), {
    type: 'fetchToken',
    fresh: options.fresh,
  })
}

/** Goes to a phase in which nothing is open. */
function leave(
  state: SessionState,
  phase: SessionPhase,
  context: SessionContext,
  code?: ErrorCode,
): SessionStep {
  const next = { ...enter(state, phase, context), fresh: false, heard: false, probing: false, code }
  return stay(next, { type: 'cancelTimers' }, { type: 'closeSocket' })
}

/** The attempt or the connection failed: try again, at once when it had been good, else after a growing wait. */
function fail(state: SessionState, context: SessionContext): SessionStep {
  const wasStable = state.phase === 'live' && context.now - state.since >= sessionTimings.stableMs
  if (wasStable) return connect({ ...state, attempt: 0 }, context)
  const attempt = state.attempt + 1
  const ms = computeRetryDelay(attempt, context.random)
  const left = leave({ ...state, attempt }, 'offline', context)
  return stay({ ...left.state, nextAttemptAt: context.now + ms }, ...left.effects, {
    type: 'startTimer',
    name: 'retry',
    ms,
  })
}

/** 250 ms doubled per failure up to 2 s, of which a random half, so that a thousand devices do not come at once. */
export function computeRetryDelay(attempt: number, random: number): number {
  const full = Math.min(
    sessionTimings.retryCapMs,
    sessionTimings.retryBaseMs * 2 ** Math.min(attempt - 1, 10),
  )
  return Math.round(full * (0.5 + 0.5 * random))
}

function signedInAgain(state: SessionState, context: SessionContext): SessionStep {
  if (!state.running || state.phase === 'update-needed') return stay(state)
  // Connected: the new session's token takes the place of the old one on the same socket.
  if (isConnected(state)) return stay(state, { type: 'fetchToken', fresh: true })
  return connect({ ...state, attempt: 0 }, context, { fresh: true })
}

function online(state: SessionState, context: SessionContext): SessionStep {
  if (isWaiting(state)) return connect(state, context)
  // An attempt made before the network came back may hang in a lost packet for seconds: start over.
  if (state.phase === 'connecting' || (state.phase === 'authenticating' && !state.heard)) {
    return connect(state, context, { fresh: state.fresh })
  }
  return isConnected(state) ? probe(state) : stay(state)
}

/** Asks the server for a sign of life. */
function probe(state: SessionState): SessionStep {
  if (state.probing) return stay(state)
  return stay({ ...state, probing: true }, { type: 'sendPing' }, patient('pong', state))
}

/** The same with a short deadline, also when a probe is already on its way. */
function doubt(state: SessionState): SessionStep {
  const effects: SessionEffect[] = state.probing ? [] : [{ type: 'sendPing' }]
  const deadline: SessionEffect = { type: 'startTimer', name: 'pong', ms: sessionTimings.doubtMs }
  return stay({ ...state, probing: true }, ...effects, deadline)
}

function socketOpened(state: SessionState, context: SessionContext): SessionStep {
  if (state.phase !== 'connecting' || state.step !== 'socket') return stay(state)
  return stay(
    { ...enter(state, 'authenticating', context), heard: false, probing: false },
    { type: 'cancelTimer', name: 'connect' },
    patient('first-frame', state),
    { type: 'sendPing' },
    { type: 'attachAll' },
  )
}

function frameReceived(state: SessionState): SessionStep {
  if (!isConnected(state)) return stay(state)
  const effects: SessionEffect[] = []
  if (!state.heard) effects.push({ type: 'cancelTimer', name: 'first-frame' }, start('heartbeat'))
  if (state.probing) effects.push({ type: 'cancelTimer', name: 'pong' })
  if (effects.length === 0) return stay(state)
  return stay({ ...state, heard: true, probing: false }, ...effects)
}

/** The server took the token, so being turned away later is about something else. */
function accepted(state: SessionState, phase: 'catching-up' | 'live', context: SessionContext): SessionStep {
  return stay({ ...enter(state, phase, context), fresh: false })
}

function socketClosed(
  state: SessionState,
  event: { readonly code: number; readonly reason: string },
  context: SessionContext,
): SessionStep {
  if (!isConnected(state) && state.phase !== 'connecting') return stay(state)
  const code = readCloseCode(event)
  if (code === undefined) return fail(state, context)
  switch (reactionTo(code)) {
    case 'retry':
      // A token can expire between two renewals when the device slept: nothing else is wrong.
      return code === 'auth/token-expired' && !state.fresh
        ? connect(state, context, { fresh: true })
        : fail(state, context)
    case 'sign-in':
      // Keys rotate and sessions are renewed: one try with a fresh token, unless the session itself was ended.
      return code === 'auth/revoked' || state.fresh
        ? leave(state, 'signed-out', context, code)
        : connect(state, context, { fresh: true })
    case 'update-app':
      return leave(state, 'update-needed', context, code)
    case 'report':
    case 'detach':
    case 'set-aside':
    case 'tell': {
      const left = leave({ ...state, attempt: state.attempt + 1 }, 'blocked', context, code)
      const ms = sessionTimings.blockedRetryMs
      return stay({ ...left.state, nextAttemptAt: context.now + ms }, ...left.effects, {
        type: 'startTimer',
        name: 'retry',
        ms,
      })
    }
  }
}

/** Our codes travel as the reason; for anything else in our range, the first code with that number. */
function readCloseCode(event: { readonly code: number; readonly reason: string }): ErrorCode | undefined {
  if (isErrorCode(event.reason)) return event.reason
  if (event.code < 4400 || event.code > 4499) return undefined
  const match = Object.entries(errors).find(([, entry]) => entry.close === event.code)
  return match === undefined || !isErrorCode(match[0]) ? undefined : match[0]
}

function tokenFetched(state: SessionState, renewInMs: number): SessionStep {
  const renew: SessionEffect = { type: 'startTimer', name: 'renew', ms: renewInMs }
  if (state.phase === 'connecting' && state.step === 'token') {
    return stay({ ...state, step: 'socket' }, { type: 'openSocket' }, renew)
  }
  return isConnected(state) ? stay(state, { type: 'sendToken' }, renew) : stay(state)
}

function tokenFailed(state: SessionState, kind: 'network' | 'denied', context: SessionContext): SessionStep {
  const isFetching = state.phase === 'connecting' && state.step === 'token'
  if (!isFetching && !isConnected(state)) return stay(state)
  if (kind === 'denied') return leave(state, 'signed-out', context, 'auth/required')
  return isFetching ? fail(state, context) : stay(state, start('renew'))
}

function timerFired(state: SessionState, name: TimerName, context: SessionContext): SessionStep {
  switch (name) {
    case 'retry':
      return isWaiting(state) ? connect(state, context) : stay(state)
    case 'connect':
      return state.phase === 'connecting' ? fail(state, context) : stay(state)
    case 'first-frame':
      return isConnected(state) && !state.heard ? fail(state, context) : stay(state)
    case 'pong':
      return isConnected(state) && state.probing ? fail(state, context) : stay(state)
    case 'heartbeat': {
      if (!isConnected(state)) return stay(state)
      const probed = probe(state)
      return stay(probed.state, ...probed.effects, start('heartbeat'))
    }
    case 'renew':
      return isConnected(state) ? stay(state, { type: 'fetchToken', fresh: true }) : stay(state)
  }
}
