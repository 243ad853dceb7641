import { createFakeClock, type FakeClock, FakeSocketServer } from '@fulqrun/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FeedMessage } from '@fulqrun/protocol'
import type { Signal } from './ports.ts'
import { Session, type TokenAnswer } from './session.ts'
import { sessionTimings } from './session-state.ts'
import { signInName, turns, until } from './test-device.ts'

/** The session in the conditions of the field: captive portals, busy servers, sleep, the back-forward cache. */

let clock: FakeClock
let server: FakeSocketServer
let session: Session
let asked: number
let answerToken: () => TokenAnswer
let signal: (signal: Signal) => void
let feeds: FeedMessage[]
const good: TokenAnswer = { ok: true, token: 'token', renewInMs: 240_000 }

beforeEach(() => {
  clock = createFakeClock()
  server = new FakeSocketServer()
  asked = 0
  answerToken = () => good
  feeds = []
  session = new Session({
    url: 'ws://server.test/sync',
    signInName,
    onFeed: (message) => feeds.push(message),
    fetchToken: () => {
      asked += 1
      return Promise.resolve(answerToken())
    },
    ports: {
      openSocket: () => server.openSocket(),
      fetch: () => Promise.reject(new Error('not used')),
      indexedDB: undefined,
      now: () => clock.now(),
      random: () => 0.5,
      startTimer: (ms, fire) => clock.startTimer(ms, fire),
      watchSignals: (listener) => {
        signal = listener
        return () => undefined
      },
      isVisible: () => true,
      newId: () => 'id',
    },
  })
})

const phase = () => session.state.get().phase

async function goLive(): Promise<void> {
  session.dispatch({ type: 'started' })
  await until(() => phase() === 'live')
}

/** Time goes by while the network works. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    clock.advance(Math.min(left, 500))
    await turns(3)
  }
}

describe('captive portals', () => {
  it('[SES-16] a portal in front of the token endpoint: nobody is signed out, and it goes on when the portal is gone', async () => {
    answerToken = () => ({ ok: false, kind: 'not-ours' })
    session.dispatch({ type: 'started' })
    await pass(20_000)
    expect(session.state.get()).toMatchObject({ phase: 'offline', trouble: 'not-ours' })
    expect(server.opened).toBe(0)
    expect(asked).toBeLessThan(20)
    answerToken = () => good
    signal('online')
    await until(() => phase() === 'live')
    expect(session.state.get().trouble).toBeUndefined()
  })

  it('[SES-16] a portal that answers the upgrade with a page: backed off from, then live', async () => {
    server.behaviour.upgrades = false
    session.dispatch({ type: 'started' })
    await pass(20_000)
    expect(phase()).toBe('offline')
    expect(server.opened).toBeGreaterThan(3)
    expect(server.opened).toBeLessThan(20)
    server.behaviour.upgrades = true
    await pass(sessionTimings.retryCapMs)
    expect(phase()).toBe('live')
  })
})

describe('busy servers', () => {
  const busy = (retryAfterMs: number): TokenAnswer => ({ ok: false, kind: 'busy', retryAfterMs })

  it('[SES-17] 503 with Retry-After: not asked before, neither by its own timer nor for `online`', async () => {
    answerToken = () => busy(20_000)
    session.dispatch({ type: 'started' })
    await until(() => phase() === 'offline')
    answerToken = () => good
    for (let second = 0; second < 20; second++) {
      await pass(1_000)
      signal(second % 2 === 0 ? 'online' : 'visible')
    }
    expect(asked).toBe(1)
    await pass(sessionTimings.retryAfterSpreadMs)
    expect(phase()).toBe('live')
    expect(asked).toBe(2)
  })

  it('[SES-17] an hour of Retry-After is cut to a minute', async () => {
    answerToken = () => busy(3_600_000)
    session.dispatch({ type: 'started' })
    await until(() => phase() === 'offline')
    answerToken = () => good
    await pass(sessionTimings.retryAfterCapMs - 1_000)
    expect(asked).toBe(1)
    await pass(2_000)
    expect(phase()).toBe('live')
  })

  it('[SES-17] a person who asks, or signs in, does not wait', async () => {
    answerToken = () => busy(60_000)
    session.dispatch({ type: 'started' })
    await until(() => phase() === 'offline')
    answerToken = () => good
    await pass(500)
    session.dispatch({ type: 'syncRequested' })
    await until(() => phase() === 'live')
    expect(asked).toBe(2)
  })

  it('[SES-17] while connected, a renewal that is refused for now drops nothing', async () => {
    await goLive()
    answerToken = () => busy(20_000)
    await pass(240_000)
    expect(asked).toBe(2)
    answerToken = () => good
    await pass(19_000)
    expect(asked).toBe(2)
    await pass(2_000)
    expect(asked).toBe(3)
    expect(server.opened).toBe(1)
  })

  it('[SES-17] an overloaded server is not met by all its devices at once', async () => {
    await goLive()
    await pass(30_000)
    server.closeAll(4453, 'server/overloaded')
    await until(() => phase() !== 'live')
    expect(session.state.get()).toMatchObject({ phase: 'offline', trouble: 'busy' })
  })
})

describe('servers that end it', () => {
  it('[SES-22] a wiped device: signed out with the code, nothing more is tried', async () => {
    await goLive()
    server.closeAll(4410, 'auth/device-wiped')
    await until(() => phase() === 'signed-out')
    expect(session.state.get().code).toBe('auth/device-wiped')
    await pass(120_000)
    expect(server.opened).toBe(1)
    expect(clock.waiting).toEqual([])
  })

  it('[SES-22] told by the token endpoint, too; and an app that is too old stops', async () => {
    answerToken = () => ({ ok: false, kind: 'denied', code: 'auth/device-wiped' })
    session.dispatch({ type: 'started' })
    await until(() => phase() === 'signed-out')
    expect(session.state.get().code).toBe('auth/device-wiped')
    answerToken = () => ({ ok: false, kind: 'denied', code: 'document/too-new' })
    session.dispatch({ type: 'signedInAgain' })
    await until(() => phase() === 'update-needed')
  })

  it.each(['auth/token-expired', 'auth/token-invalid', 'server/stopping', 'server/internal'])(
    '[SES-23] a server that lets in and throws out in one breath (%s) is backed off from',
    async (reason) => {
      server.behaviour.throwsOut = reason
      session.dispatch({ type: 'started' })
      await pass(30_000)
      // At most two a second in the end, not one per round trip.
      expect(server.opened).toBeLessThan(70)
      expect(server.opened).toBeGreaterThan(5)
      expect(phase()).not.toBe('signed-out')
    },
  )

  it('[SES-3] a server that restarts is found again within seconds of its return', async () => {
    await goLive()
    await pass(30_000)
    server.behaviour.upgrades = false
    server.closeAll(4454, 'server/stopping')
    await pass(10_000)
    expect(phase()).not.toBe('live')
    server.behaviour.upgrades = true
    await pass(sessionTimings.retryCapMs)
    expect(phase()).toBe('live')
  })

  it('[SES-4] [SES-13] a restart in the morning: a server that goes mute at noon is found out as soon as ever', async () => {
    await goLive()
    await pass(30_000)
    server.behaviour.upgrades = false
    server.closeAll(4454, 'server/stopping')
    await pass(30_000)
    server.behaviour.upgrades = true
    await pass(60_000)
    expect(phase()).toBe('live')
    server.behaviour.isMute = true
    await pass(sessionTimings.heartbeatMs + sessionTimings.pongMs)
    expect(phase()).not.toBe('live')
  })
})

describe('pages and devices that sleep', () => {
  it('[SES-21] a page that goes into the back-forward cache closes its socket and connects as it comes back', async () => {
    await goLive()
    await pass(10_000)
    signal('pagehide')
    expect(server.connections).toBe(0)
    expect(phase()).toBe('offline')
    signal('visible')
    await until(() => phase() === 'live')
    expect(server.connections).toBe(1)
  })

  it('[SES-18] the lid closes for an hour over a dead connection: found out in a second and a half, not fifteen', async () => {
    await goLive()
    await pass(30_000)
    server.behaviour.isMute = true
    clock.sleep(3_600_000)
    await turns(3)
    clock.advance(sessionTimings.doubtMs)
    server.behaviour.isMute = false
    await until(() => phase() === 'live')
    expect(server.opened).toBe(2)
  })

  it('[SES-19] [SAV-3] pings of an idle client: six a minute looked at, about four where nobody looks, then less', async () => {
    await goLive()
    const pingsIn = async (minutes: number) => {
      server.seen.length = 0
      await pass(minutes * 60_000)
      return server.count('ping') / minutes
    }
    expect(await pingsIn(5)).toBe(6)
    signal('hidden')
    expect(await pingsIn(10)).toBeLessThan(2)
    signal('visible')
    expect(await pingsIn(5)).toBeGreaterThanOrEqual(6)
    session.dispatch({ type: 'saverChanged', on: true })
    expect(await pingsIn(10)).toBeLessThan(2)
    expect(server.opened).toBe(1)
  })
})

describe('news', () => {
  it('the feed is heard on whatever channel it comes, also of a document that nobody has open', async () => {
    await goLive()
    const message: FeedMessage = { type: 'feed', from: 1, cursor: '2.a', events: [] }
    server.sendStateless(signInName, message)
    server.sendStateless('org-1/contact/0197f0a0-0000-7000-8000-000000000009', message)
    await until(() => feeds.length === 2)
    expect(feeds[0]).toEqual(message)
  })
})
