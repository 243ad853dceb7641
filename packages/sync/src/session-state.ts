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
 * whenever nothing is connected and the session is wanted, a retry timer runs; a server that says nothing is left;
 * attempts begin at least 250 ms apart, whatever the network does. The table of all transitions is in SPEC.md.
 */
import { type ErrorCode, errors, isErrorCode, reactionTo } from '@fulqrun/protocol'
import {
  isConnected,
  type SessionContext,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type SessionStep,
  sessionTimings,
  type TimerName,
  type TokenFailure,
} from './session-model.ts'
import {
  beatLater,
  briefly,
  connect,
  doubt,
  enter,
  fail,
  hurry,
  isStable,
  isWaiting,
  leave,
  patiently,
  pause,
  probe,
  startTimer,
  stay,
  untried,
  wary,
} from './session-moves.ts'

export * from './session-model.ts'

export function evaluate(state: SessionState, event: SessionEvent, context: SessionContext): SessionStep {
  switch (event.type) {
    case 'started':
      return state.running
        ? stay(state)
        : connect({ ...state, running: true, attempt: 0, notBefore: undefined }, context)
    case 'stopped':
      return leave({ ...state, running: false }, 'offline', context)
    case 'signedOut':
      return leave(state, 'signed-out', context)
    case 'signedInAgain':
      return signedInAgain(state, context)
    case 'online':
      return online(state, context)
    case 'offline':
      return isConnected(state) ? doubt(state, context) : stay(state)
    case 'becameVisible':
      return becameVisible(state.hidden ? { ...state, hidden: false } : state, context)
    case 'becameHidden':
      return stay(state.hidden ? state : { ...state, hidden: true })
    case 'pageLeft':
      return pageLeft(state, context)
    case 'syncRequested':
      return online({ ...state, notBefore: undefined }, context)
    case 'saverChanged':
      return stay(state.saving === event.on ? state : { ...state, saving: event.on })
    case 'socketOpened':
      return socketOpened(state, context)
    case 'frameReceived':
      return frameReceived(state, context)
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
      return tokenFailed(state, event, context)
    case 'timerFired':
      return Math.abs(event.lateMs ?? 0) >= sessionTimings.lateMs
        ? timerFiredLate(state, event.name, context)
        : timerFired(state, event.name, context)
  }
}

function signedInAgain(state: SessionState, context: SessionContext): SessionStep {
  if (!state.running || state.phase === 'update-needed') return stay(state)
  // Connected: the new session's token takes the place of the old one on the same socket.
  if (isConnected(state)) return stay(state, { type: 'fetchToken', fresh: true })
  return connect({ ...state, attempt: 0, notBefore: undefined }, context, { fresh: true })
}

function online(state: SessionState, context: SessionContext): SessionStep {
  // An attempt made before the network came back may hang in a lost packet for seconds: start over.
  const isStuck = state.phase === 'connecting' || (state.phase === 'authenticating' && !state.heard)
  // What failed without a network says nothing about this one: should it need a moment, the next attempt follows soon.
  if (isWaiting(state) || isStuck) return hurry({ ...state, attempt: Math.min(state.attempt, 1) }, context)
  return isConnected(state) ? doubt({ ...state, hinted: true }, context, sessionTimings.backMs) : stay(state)
}

/** Failures of a server that was given up on, as far as they count once somebody looks again. */
const eagerAgain = sessionTimings.eagerAttempts / 2

function becameVisible(state: SessionState, context: SessionContext): SessionStep {
  // Somebody looks: the waits are short again.
  if (isWaiting(state)) return hurry({ ...state, attempt: Math.min(state.attempt, eagerAgain) }, context)
  if (!isConnected(state)) return stay(state)
  const probed = probe(state, context)
  // The pause that was right for a page nobody looks at is too long now.
  return state.heard ? stay(probed.state, ...probed.effects, beatLater(state)) : probed
}

/** Whether the page comes back is not known; if it does, this timer or `becameVisible` connects. */
function pageLeft(state: SessionState, context: SessionContext): SessionStep {
  if (!isConnected(state) && state.phase !== 'connecting') return stay(state)
  return pause(state, 'offline', context, { ms: sessionTimings.retryCapMs })
}

function socketOpened(state: SessionState, context: SessionContext): SessionStep {
  if (state.phase !== 'connecting' || state.step !== 'socket') return stay(state)
  return stay(
    { ...enter(state, 'authenticating', context), ...untried },
    { type: 'cancelTimer', name: 'connect' },
    startTimer('first-frame', patiently(state, sessionTimings.firstFrameMs)),
    { type: 'sendPing' },
    { type: 'attachAll' },
  )
}

function frameReceived(state: SessionState, context: SessionContext): SessionStep {
  if (!isConnected(state)) return stay(state)
  const effects: SessionEffect[] = []
  if (!state.heard) effects.push({ type: 'cancelTimer', name: 'first-frame' }, beatLater(state))
  if (state.probing) effects.push({ type: 'cancelTimer', name: 'pong' })
  if (effects.length === 0) return stay(state)
  // What failed before a connection that is good is no reason to be patient with it.
  const attempt = isStable(state, context) ? 0 : state.attempt
  return stay({ ...state, attempt, heard: true, probing: false, hinted: false, excused: false }, ...effects)
}

/** The server took the token, so being turned away later is about something else. */
function accepted(state: SessionState, phase: 'catching-up' | 'live', context: SessionContext): SessionStep {
  return stay({ ...enter(state, phase, context), fresh: false, trouble: undefined, notBefore: undefined })
}

function socketClosed(
  state: SessionState,
  event: { readonly code: number; readonly reason: string },
  context: SessionContext,
): SessionStep {
  if (!isConnected(state) && state.phase !== 'connecting') return stay(state)
  const code = readCloseCode(event)
  if (code === undefined) return fail(state, context, { trouble: 'network' })
  switch (reactionTo(code)) {
    case 'retry':
      // A token can expire between two renewals when the device slept: nothing else is wrong.
      if (code === 'auth/token-expired') return connectFresh(state, context)
      return fail(state, context, { trouble: code === 'server/overloaded' ? 'busy' : 'network' })
    case 'sign-in':
      // Keys rotate and sessions are renewed: one try with a fresh token, unless the session itself was ended.
      return code === 'auth/revoked' || state.fresh
        ? leave(state, 'signed-out', context, code)
        : connectFresh(state, context)
    case 'erase':
      return leave(state, 'signed-out', context, code)
    case 'update-app':
      return leave(state, 'update-needed', context, code)
    case 'report':
    case 'detach':
    case 'set-aside':
    case 'tell': {
      const wait = { ms: sessionTimings.blockedRetryMs, code }
      return pause({ ...state, attempt: state.attempt + 1 }, 'blocked', context, wait)
    }
  }
}

/** Another token, at once; but a server that lets in and throws out again in one breath is backed off from. */
function connectFresh(state: SessionState, context: SessionContext): SessionStep {
  const wasLetIn = state.phase === 'live' || state.phase === 'catching-up'
  const isQuick = context.now - (state.attemptAt ?? -Infinity) < sessionTimings.stableMs
  return state.fresh || (wasLetIn && isQuick)
    ? fail(state, context, { trouble: 'network' })
    : connect(state, context, { fresh: true })
}

/** Our codes travel as the reason; for anything else in our range, the first code with that number. */
function readCloseCode(event: { readonly code: number; readonly reason: string }): ErrorCode | undefined {
  if (isErrorCode(event.reason)) return event.reason
  if (event.code < 4400 || event.code > 4499) return undefined
  const match = Object.entries(errors).find(([, entry]) => entry.close === event.code)
  return match === undefined || !isErrorCode(match[0]) ? undefined : match[0]
}

function tokenFetched(state: SessionState, renewInMs: number): SessionStep {
  const renew = startTimer('renew', renewInMs)
  if (state.phase === 'connecting' && state.step === 'token') {
    return stay({ ...state, step: 'socket' }, { type: 'openSocket' }, renew)
  }
  return isConnected(state) ? stay(state, { type: 'sendToken' }, renew) : stay(state)
}

function tokenFailed(state: SessionState, failure: TokenFailure, context: SessionContext): SessionStep {
  const isFetching = state.phase === 'connecting' && state.step === 'token'
  if (!isFetching && !isConnected(state)) return stay(state)
  const { kind, code = 'auth/required', retryAfterMs = 0 } = failure
  if (kind === 'denied') {
    const phase = reactionTo(code) === 'update-app' ? 'update-needed' : 'signed-out'
    return leave(state, phase, context, code)
  }
  if (isFetching) return fail(state, context, { trouble: kind, retryAfterMs })
  const askedMs = Math.min(retryAfterMs, sessionTimings.retryAfterCapMs)
  return stay(state, startTimer('renew', Math.max(sessionTimings.renewRetryMs, askedMs)))
}

function timerFired(state: SessionState, name: TimerName, context: SessionContext): SessionStep {
  switch (name) {
    case 'retry':
      return isWaiting(state) ? connect({ ...state, notBefore: undefined }, context) : stay(state)
    case 'connect':
      if (state.phase !== 'connecting') return stay(state)
      if (state.hinted) return connect(state, context, { fresh: state.fresh })
      return fail(state, context, { trouble: state.trouble === 'not-ours' ? 'not-ours' : 'network' })
    case 'first-frame':
      if (!isConnected(state) || state.heard) return stay(state)
      return state.hinted
        ? connect(state, context, { fresh: state.fresh })
        : fail(state, context, { trouble: 'silent' })
    case 'pong':
      if (!isConnected(state) || !state.probing) return stay(state)
      return state.hinted
        ? connect({ ...wary(state), trouble: 'silent' }, context)
        : fail(state, context, { trouble: 'silent' })
    case 'heartbeat':
      return isConnected(state) ? beat(state, context) : stay(state)
    case 'renew':
      return isConnected(state) ? stay(state, { type: 'fetchToken', fresh: true }) : stay(state)
  }
}

function beat(state: SessionState, context: SessionContext): SessionStep {
  // A ping that is still out has not been answered within a whole beat: nothing to be calm about.
  const next = state.probing ? state : { ...state, calm: state.calm + 1 }
  const probed = probe(next, context)
  return stay(probed.state, ...probed.effects, beatLater(next))
}

/**
 * The device slept, or its clock was set: the time that has passed says nothing about the server. Ask it, with a short
 * deadline, before believing that it is gone; once, because browsers delay all timers of a page that nobody looks at.
 */
function timerFiredLate(state: SessionState, name: TimerName, context: SessionContext): SessionStep {
  // The attempt slept, too: it is begun again without counting as failed.
  if (name === 'connect' && state.phase === 'connecting')
    return connect(state, context, { fresh: state.fresh })
  if (!isConnected(state) || name === 'retry') return timerFired(state, name, context)
  const isDeadline = name === 'pong' ? state.probing : name === 'first-frame' && !state.heard
  if (isDeadline && state.excused) return timerFired(state, name, context)
  if (isDeadline) {
    const ms = briefly(state, sessionTimings.doubtMs)
    const excused = { ...wary(state), excused: true, answerBy: context.now + ms }
    return stay(excused, { type: 'sendPing' }, startTimer(name === 'pong' ? 'pong' : 'first-frame', ms))
  }
  if (name !== 'heartbeat' && name !== 'renew') return stay(state)
  const asked = doubt(state, context)
  const next: SessionEffect =
    name === 'heartbeat' ? beatLater(asked.state) : { type: 'fetchToken', fresh: true }
  return stay(asked.state, ...asked.effects, next)
}
