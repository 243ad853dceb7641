/**
 * A session on a network that comes and goes, in simulated time: the machine with a shell whose tokens, sockets and
 * pings travel over a network that may be gone. No promises: a minute of it takes a millisecond.
 */
import { createFakeClock, type FakeClock } from '@fulqrun/testkit'
import {
  evaluate,
  initialSession,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from './session-state.ts'

export interface FlappingNetwork {
  /** A way to the server, in ms. */
  readonly latencyMs: number
  /** Without a network requests fail at once, as most systems do; else they hang. */
  readonly failsFast: boolean
  /** The system says `online` and `offline`. */
  readonly hasSignals: boolean
}

export interface FlappingWorld {
  readonly clock: FakeClock
  readonly state: SessionState
  /** Device times at which attempts began. */
  readonly attempts: readonly number[]
  readonly frames: number
  dispatch(event: SessionEvent): void
  /** The network comes or goes. */
  switchTo(isUp: boolean): void
}

export function createFlappingWorld(
  network: FlappingNetwork,
  random: () => number = () => 0.5,
): FlappingWorld {
  const clock = createFakeClock()
  let state = initialSession(clock.now())
  let isUp = true
  /** Grows with each socket and each change of network: what was under way before is lost. */
  let era = 0
  let frames = 0
  const attempts: number[] = []
  const timers = new Map<string, () => void>()

  /** What a round trip brings, unless the network or the socket went meanwhile. */
  function travel(arrive: () => void, lost: () => void = () => undefined): void {
    const sentIn = era
    if (isUp) clock.startTimer(network.latencyMs, () => sentIn === era && arrive())
    else if (network.failsFast) clock.startTimer(1, () => sentIn === era && lost())
  }

  function run(effect: SessionEffect): void {
    switch (effect.type) {
      case 'fetchToken':
        if (state.phase === 'connecting') {
          era += 1
          attempts.push(clock.now())
        }
        return travel(
          () => dispatch({ type: 'tokenFetched', renewInMs: 240_000 }),
          () => dispatch({ type: 'tokenFailed', kind: 'network' }),
        )
      case 'openSocket':
        return travel(
          () => dispatch({ type: 'socketOpened' }),
          () => dispatch({ type: 'socketClosed', code: 1006, reason: '' }),
        )
      case 'closeSocket':
        era += 1
        return undefined
      case 'attachAll':
        return travel(() => {
          frames += 2
          dispatch({ type: 'frameReceived' })
          dispatch({ type: 'authenticated' })
          dispatch({ type: 'documentsSynced' })
        })
      case 'sendPing':
        frames += 1
        return travel(() => {
          frames += 1
          dispatch({ type: 'frameReceived' })
        })
      case 'startTimer': {
        timers.get(effect.name)?.()
        const due = clock.now() + effect.ms
        const { name } = effect
        timers.set(
          name,
          clock.startTimer(effect.ms, () => {
            timers.delete(name)
            dispatch({ type: 'timerFired', name, lateMs: clock.now() - due })
          }),
        )
        return undefined
      }
      case 'cancelTimer':
        timers.get(effect.name)?.()
        timers.delete(effect.name)
        return undefined
      case 'cancelTimers':
        for (const cancel of timers.values()) cancel()
        timers.clear()
        return undefined
      case 'sendToken':
        return undefined
    }
  }

  function dispatch(event: SessionEvent): void {
    const step = evaluate(state, event, { now: clock.now(), random: random() })
    state = step.state
    for (const effect of step.effects) run(effect)
  }

  return {
    clock,
    get state() {
      return state
    },
    attempts,
    get frames() {
      return frames
    },
    dispatch,
    switchTo(wanted) {
      if (wanted === isUp) return
      isUp = wanted
      era += 1
      if (network.hasSignals) dispatch({ type: wanted ? 'online' : 'offline' })
    },
  }
}
