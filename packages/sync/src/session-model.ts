/** The words of the session machine: its states, what happens to it, what it wants done, and its times. */
import type { ErrorCode } from '@fulqrun/protocol'

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

/** Why the last attempt or connection failed, for diagnostics; undefined while all is well. */
export type Trouble =
  /** No way to the server. */
  | 'network'
  /** Something answers in the server's place: the sign-in page of a hotel, a proxy's error page. */
  | 'not-ours'
  /** The server asks to come back later (429, 503). */
  | 'busy'
  /** A connection that said nothing any more. */
  | 'silent'

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
  /** Device time by which the answer has to come; hints bring it forward and never put it off. */
  readonly answerBy?: number | undefined
  readonly trouble?: Trouble | undefined
  /** Device time before which the server does not want to be asked again. */
  readonly notBefore?: number | undefined
  /** Device time at which the current or the last attempt began. */
  readonly attemptAt?: number | undefined
  /** The network came or changed: when the deadline that runs passes, connecting begins at once instead of waiting. */
  readonly hinted: boolean
  /** A deadline that fired long after its time, as after sleep, was put off once. */
  readonly excused: boolean
  /** Heartbeats answered in a row; negative after silence or a change of network, until it is trusted again. */
  readonly calm: number
  /** Nobody looks at this page. */
  readonly hidden: boolean
  /** Bytes are dear: DESIGN's bandwidth saver. */
  readonly saving: boolean
}

export type TimerName = 'retry' | 'connect' | 'first-frame' | 'heartbeat' | 'pong' | 'renew'

export type SessionEvent =
  | { readonly type: 'started' }
  | { readonly type: 'stopped' }
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  | { readonly type: 'becameVisible' }
  | { readonly type: 'becameHidden' }
  /** The page goes, perhaps into the back-forward cache, where an open socket is not allowed. */
  | { readonly type: 'pageLeft' }
  /** Somebody wants it now: stronger than the server's wish to be left alone. */
  | { readonly type: 'syncRequested' }
  | { readonly type: 'saverChanged'; readonly on: boolean }
  | { readonly type: 'socketOpened' }
  | { readonly type: 'frameReceived' }
  | { readonly type: 'socketClosed'; readonly code: number; readonly reason: string }
  /** `renewInMs`: when to fetch the next one, by what the token says about its life. */
  | { readonly type: 'tokenFetched'; readonly renewInMs: number }
  | ({ readonly type: 'tokenFailed' } & TokenFailure)
  /** The first document was answered, or none is wanted. */
  | { readonly type: 'authenticated' }
  /** Every wanted document is up to date, or has its own trouble. */
  | { readonly type: 'documentsSynced' }
  /** `lateMs`: how long after its time it fired; negative when the clock was set back meanwhile. */
  | { readonly type: 'timerFired'; readonly name: TimerName; readonly lateMs?: number | undefined }
  | { readonly type: 'signedInAgain' }
  | { readonly type: 'signedOut' }

export interface TokenFailure {
  /**
   * `denied`: the server says that nobody is signed in, or `code`; `busy`: 429 or 503; `not-ours`: an answer that no
   * server of ours gives; `network`: anything else. All but a denial may work later.
   */
  readonly kind: 'network' | 'not-ours' | 'busy' | 'denied'
  /** What the server asked for with `Retry-After`. */
  readonly retryAfterMs?: number | undefined
  readonly code?: ErrorCode | undefined
}

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
  /** Between pings while all is well and somebody looks. */
  heartbeatMs: 10_000,
  /** After silence or a change of network, for {@link waryBeats} beats. */
  waryHeartbeatMs: 5_000,
  /** Nobody looks, or bytes are dear. */
  idleHeartbeatMs: 20_000,
  /** The same, once {@link calmBeats} beats were answered. Proxies close what is silent for 60 s. */
  longestHeartbeatMs: 45_000,
  waryBeats: 3,
  calmBeats: 6,
  pongMs: 5_000,
  /** The system says that the network is gone, which is a hint and often true: a server that is there answers sooner. */
  doubtMs: 1_500,
  /** The network is back or another one: a connection that survived it answers in one round trip. */
  backMs: 750,
  /** Longest wait between attempts: people look at the screen while it reconnects (SYNC E10: 27 s by default). */
  retryCapMs: 2_000,
  retryBaseMs: 250,
  /** After so many failures in a row, about a minute, the waits go on growing: the server is gone for longer. */
  eagerAttempts: 30,
  /** `online`, a look at the page and a person who asks cut these short. */
  longRetryCapMs: 30_000,
  hiddenRetryCapMs: 60_000,
  /** A server's `Retry-After` is heeded up to this; what is longer is meant for a machine, not for somebody who waits. */
  retryAfterCapMs: 60_000,
  /** Devices that were told the same time come back spread over this. */
  retryAfterSpreadMs: 1_000,
  /** However often the network changes, attempts begin this far apart. */
  attemptGapMs: 250,
  /** A connection that lasted this long was good: losing it is news, and the first attempt follows at once. */
  stableMs: 5_000,
  /** A server that called us wrong is asked again this seldom. */
  blockedRetryMs: 60_000,
  /** The token could not be renewed while connected; a minute of its life is left (`limits.tokenRenewBeforeMs`). */
  renewRetryMs: 5_000,
  /** A timer that is this late slept with the device, or the clock was set: what it would conclude is not known. */
  lateMs: 4_000,
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
    hinted: false,
    excused: false,
    calm: 0,
    hidden: false,
    saving: false,
  }
}

/** True while a socket is open. */
export function isConnected(state: SessionState): boolean {
  return state.phase === 'authenticating' || state.phase === 'catching-up' || state.phase === 'live'
}

/**
 * 250 ms doubled per failure up to 2 s, and after a minute of failures up to 30 s, or 60 s while nobody looks; half of it
 * random, so that a thousand devices do not come at once.
 */
export function computeRetryDelay(
  { attempt, hidden }: Pick<SessionState, 'attempt' | 'hidden'>,
  random: number,
): number {
  const { retryBaseMs, retryCapMs, eagerAttempts, longRetryCapMs, hiddenRetryCapMs } = sessionTimings
  const eager = Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(attempt - 1, 10))
  const doubled = eager * 2 ** Math.min(Math.max(0, attempt - eagerAttempts), 10)
  return Math.round(Math.min(hidden ? hiddenRetryCapMs : longRetryCapMs, doubled) * (0.5 + 0.5 * random))
}

/** Time to the next ping: 5 s while in doubt, 10 s while somebody looks, 20 and later 45 s while nobody does. */
export function computeHeartbeat({
  calm,
  hidden,
  saving,
}: Pick<SessionState, 'calm' | 'hidden' | 'saving'>): number {
  if (calm < 0) return sessionTimings.waryHeartbeatMs
  if (!hidden && !saving) return sessionTimings.heartbeatMs
  return calm < sessionTimings.calmBeats ? sessionTimings.idleHeartbeatMs : sessionTimings.longestHeartbeatMs
}
