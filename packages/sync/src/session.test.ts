import { createFakeClock, type FakeClock, FakeSocketServer } from '@fulqrun/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { DocumentName, ErrorCode } from '@fulqrun/protocol'
import { type Access, Channel, type ChannelClient, channelTimings } from './channel.ts'
import type { Signal } from './ports.ts'
import { Session, type TokenAnswer } from './session.ts'
import { sessionTimings } from './session-state.ts'
import { organizationId, signInName, turns, until } from './test-device.ts'

/** As many documents of one socket may wait for authentication at a stock server; with more, it ends the socket (SYNC E1). */
const stockPendingDocuments = 100

let clock: FakeClock
let server: FakeSocketServer
let session: Session
let tokens: number
let answerToken: () => TokenAnswer
let signal: (signal: Signal) => void

beforeEach(() => {
  clock = createFakeClock()
  server = new FakeSocketServer()
  tokens = 0
  answerToken = () => ({ ok: true, token: `token-${tokens}`, renewInMs: 240_000 })
  session = new Session({
    url: 'ws://server.test/sync',
    signInName,
    fetchToken: () => {
      tokens += 1
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

function nameOf(index: number): DocumentName {
  return `${organizationId}/contact/0197f0a0-0000-7000-8000-${String(index).padStart(12, '0')}` as DocumentName
}

/** A document without a disk: what it holds, and what it was told. */
class TestClient implements ChannelClient {
  readonly ydoc = new Y.Doc()
  readonly channel: Channel
  readonly name: DocumentName
  unsentIds: string[] = []
  readonly acknowledgedIds: string[] = []
  readonly refusals: ErrorCode[] = []
  access: Access | undefined
  code: ErrorCode | undefined
  caughtUps = 0

  constructor(name: DocumentName) {
    this.name = name
    this.channel = new Channel(this, session.host)
    session.attach(this.channel)
  }

  doc(): Y.Doc {
    return this.ydoc
  }
  unsent(): readonly string[] {
    return [...this.unsentIds]
  }
  unsentUpdate(): undefined {
    // Documents are small here.
  }
  takes(): boolean {
    return true
  }
  acknowledged(ids: readonly string[]): void {
    this.acknowledgedIds.push(...ids)
    this.unsentIds = this.unsentIds.filter((id) => !ids.includes(id))
  }
  refused(code: ErrorCode): void {
    this.refusals.push(code)
  }
  putBack(): void {
    // Not looked at here.
  }
  accessChanged(access: Access, code?: ErrorCode): void {
    this.access = access
    this.code = code
  }
  caughtUp(): void {
    this.caughtUps += 1
  }
  changed(): void {
    // The tests read the parts.
  }

  /** An edit as the outbox would hand it on: in the document, then in a frame. */
  edit(id: string, value: string = id): void {
    let update: Uint8Array = new Uint8Array()
    this.ydoc.once('update', (bytes: Uint8Array) => {
      update = bytes
    })
    this.ydoc.getMap('fields').set('name', value)
    this.unsentIds.push(id)
    this.channel.sendUpdate(update, [id])
  }

  get serverValue(): unknown {
    return server.doc(this.name).getMap('fields').get('name')
  }
}

/** Time goes by while the network works, so that pings are answered. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000))
    await turns(3)
  }
}

async function goLive(): Promise<void> {
  session.dispatch({ type: 'started' })
  await until(() => session.state.get().phase === 'live')
}

describe('session and channels', () => {
  it('[SES-11] is live without a document, and the socket is bound to the person', async () => {
    await goLive()
    expect(server.seen.filter(({ type }) => type === 'auth')).toEqual([
      { document: signInName, type: 'auth', payload: 'token-1' },
    ])
    expect(server.count('step1')).toBe(0)
  })

  it('[SES-12] after `online` it is connected again within a second, without waiting for a timer (SYNC 16)', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    await pass(60_000)
    server.behaviour.accepts = false
    server.closeAll()
    await until(() => session.state.get().phase === 'connecting')
    // The attempt hangs, as behind a network that is gone; the timeout fails it and the next one waits.
    clock.advance(sessionTimings.connectMs)
    await until(() => session.state.get().phase === 'offline')
    server.behaviour.accepts = true
    const before = clock.now()
    signal('online')
    await until(() => session.state.get().phase === 'live')
    await until(() => client.channel.phase === 'open')
    expect(clock.now() - before).toBeLessThan(1_000)
  })

  it('[SES-13] leaves a mute server and finds the next one (SYNC 17)', async () => {
    server.behaviour.isMute = true
    session.dispatch({ type: 'started' })
    await until(() => session.state.get().phase === 'authenticating')
    await until(() => server.network.waiting === 0)
    server.behaviour.isMute = false
    clock.advance(sessionTimings.firstFrameMs)
    expect(session.state.get().phase).toBe('offline')
    clock.advance(sessionTimings.retryCapMs)
    await until(() => session.state.get().phase === 'live')
    expect(server.opened).toBe(2)
  })

  it('[SES-13] notices a half-open socket by the heartbeat (SYNC 17)', async () => {
    await goLive()
    server.behaviour.isMute = true
    clock.advance(sessionTimings.heartbeatMs)
    await until(() => server.count('ping') === 2)
    expect(session.state.get().phase).toBe('live')
    server.behaviour.isMute = false
    clock.advance(sessionTimings.pongMs)
    await until(() => session.state.get().phase === 'live' && server.opened === 2)
    expect(server.connections).toBe(1)
  })

  it('[SES-4] the system says that the network is gone: known within a second and a half', async () => {
    await goLive()
    server.behaviour.isMute = true
    session.dispatch({ type: 'offline' })
    await until(() => server.count('ping') === 2)
    clock.advance(1_499)
    expect(session.state.get().phase).toBe('live')
    clock.advance(1)
    expect(session.state.get().phase).not.toBe('live')
  })

  it('[SES-14] a token endpoint that answers 503 once costs one retry, not the document (SYNC 10)', async () => {
    const client = new TestClient(nameOf(1))
    answerToken = () =>
      tokens === 1 ? { ok: false, kind: 'network' } : { ok: true, token: 'good', renewInMs: 240_000 }
    session.dispatch({ type: 'started' })
    await until(() => session.state.get().phase === 'offline')
    clock.advance(sessionTimings.retryCapMs)
    await until(() => client.channel.phase === 'open')
    client.edit('1')
    await until(() => client.acknowledgedIds.length === 1)
    expect(tokens).toBe(2)
  })

  it('[SES-14] a token that is renewed goes over the open socket; nothing is dropped', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    await pass(240_000)
    await until(() => server.seen.some(({ type, payload }) => type === 'auth' && payload === 'token-2'))
    expect(server.opened).toBe(1)
    client.edit('1')
    await until(() => client.acknowledgedIds.length === 1)
  })

  it('[SES-14] the server may ask for a token at any time', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.requestToken(nameOf(1))
    await until(() => server.seen.some(({ type, payload }) => type === 'auth' && payload === 'token-2'))
    expect(client.channel.phase).toBe('open')
  })

  it('[ATT-3] a thousand documents sync, again after the socket drops, with one authentication each (SYNC 1)', async () => {
    const count = 1_000
    const clients = Array.from({ length: count }, (_, index) => new TestClient(nameOf(index)))
    await goLive()
    expect(clients.every(({ channel }) => channel.phase === 'open')).toBe(true)
    expect(server.mostPending).toBeLessThanOrEqual(stockPendingDocuments)
    await pass(9_000)
    server.seen.length = 0
    server.closeAll()
    await until(() => server.opened === 2 && session.state.get().phase === 'live')
    expect(clients.every(({ channel }) => channel.phase === 'open')).toBe(true)
    expect(server.count('auth')).toBe(count + 1)
    expect(server.opened).toBe(2)
  })

  it('[CHN-1] sends nothing about a document before the server has let it in', async () => {
    server.behaviour.denied.set(nameOf(1), 'access/denied')
    const client = new TestClient(nameOf(1))
    client.edit('1')
    await goLive()
    const frames = server.seen.filter(({ document }) => document === nameOf(1))
    expect(frames.map(({ type }) => type)).toEqual(['auth'])
    expect(client).toMatchObject({ access: 'none', code: 'access/denied' })
  })

  it('[CHN-2] one denied document never harms the others, however much is typed into it (SYNC 9)', async () => {
    server.behaviour.denied.set(nameOf(1), 'access/denied')
    const [denied, healthy] = [new TestClient(nameOf(1)), new TestClient(nameOf(2))]
    await goLive()
    for (let turn = 0; turn < 1_100; turn++) denied.edit(`d${turn}`)
    healthy.edit('h')
    await until(() => healthy.acknowledgedIds.length === 1)
    expect(server.opened).toBe(1)
    expect(server.count('update', nameOf(1))).toBe(0)
    expect(denied.channel.phase).toBe('denied')
  })

  it('[CHN-2] access that is taken away mid-session freezes that document alone (SYNC 9)', async () => {
    const [revoked, healthy] = [new TestClient(nameOf(1)), new TestClient(nameOf(2))]
    await goLive()
    server.behaviour.denied.set(nameOf(1), 'access/denied')
    server.closeDocument(nameOf(1), 'access/denied')
    await until(() => revoked.access === 'none')
    await pass(60_000)
    expect(server.count('auth', nameOf(1))).toBe(1)
    healthy.edit('h')
    await until(() => healthy.acknowledgedIds.length === 1)
    // The next socket is another chance: access may have come back.
    server.behaviour.denied.clear()
    server.closeAll()
    await until(() => revoked.access === 'write')
  })

  it('[CHN-3] a document that the server let go of is attached again and later edits arrive (SYNC 6)', async () => {
    const [client, other] = [new TestClient(nameOf(1)), new TestClient(nameOf(2))]
    await goLive()
    server.closeDocument(nameOf(1))
    await until(() => client.channel.phase === 'paused')
    client.edit('1', 'typed while it was gone')
    clock.advance(channelTimings.retryBaseMs)
    await until(() => client.acknowledgedIds.length === 1)
    expect(client.serverValue).toBe('typed while it was gone')
    client.edit('2', 'typed after')
    await until(() => client.serverValue === 'typed after')
    expect(server.opened).toBe(1)
    expect(other.caughtUps).toBe(1)
  })

  it('[CHN-3] a document that is closed again and again is asked for ever more seldom', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    const waits: number[] = []
    for (let turn = 0; turn < 4; turn++) {
      server.behaviour.denied.set(nameOf(1), 'server/storage')
      if (turn === 0) server.closeDocument(nameOf(1))
      await until(() => client.channel.phase === 'paused')
      const wait = clock.waiting.find((ms) => ms < 9_000) ?? 0
      waits.push(wait)
      clock.advance(wait)
      await until(() => client.channel.phase !== 'waiting' && client.channel.phase !== 'authenticating')
    }
    expect(waits).toEqual([188, 375, 750, 1500])
  })

  it('[CHN-4] a document whose attach is not answered is left and tried again', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.closeDocument(nameOf(1))
    await until(() => client.channel.phase === 'paused')
    server.network.pause()
    clock.advance(200)
    expect(client.channel.phase).toBe('authenticating')
    server.network.cut()
    // Other frames keep the socket alive meanwhile.
    server.network.resume()
    for (let ms = 0; ms < channelTimings.attachMs; ms += 1_000) {
      clock.advance(1_000)
      await turns(5)
    }
    expect(client.channel.phase).not.toBe('authenticating')
    clock.advance(2_000)
    await until(() => client.channel.phase === 'open')
    expect(server.opened).toBe(1)
  })

  it('[CHN-5] opening a document again right after leaving it waits for the server to have left it', async () => {
    const first = new TestClient(nameOf(1))
    await goLive()
    session.detach(first.channel)
    const second = new TestClient(nameOf(1))
    await until(() => second.channel.phase === 'open')
    second.edit('1')
    await until(() => second.acknowledgedIds.length === 1)
    const order = server.seen.filter(({ document }) => document === nameOf(1)).map(({ type }) => type)
    expect(order.slice(0, 5)).toEqual(['auth', 'step1', 'step2', 'close', 'auth'])
  })

  it('[CHN-6] bytes from the server that are no update cost that attachment and nothing else', async () => {
    const [client, other] = [new TestClient(nameOf(1)), new TestClient(nameOf(2))]
    await goLive()
    const good = server.seen.length
    server.sendRaw(junkUpdate(nameOf(1)))
    server.sendRaw(Uint8Array.of(255, 255, 255))
    await until(() => client.channel.phase === 'paused')
    expect(server.seen.length).toBeGreaterThan(good)
    clock.advance(channelTimings.retryBaseMs)
    await until(() => client.channel.phase === 'open')
    expect(other.caughtUps).toBe(1)
    expect(server.opened).toBe(1)
  })

  it('[CHN-7] only the answer to its last question brings a document up to date', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    expect(client.caughtUps).toBe(1)
    // Another document takes the place of the first while a question about that one is under way.
    client.channel.restart()
    client.channel.restart()
    await until(() => server.count('step1', nameOf(1)) === 3)
    await turns()
    expect(client.caughtUps).toBe(2)
  })

  it('[ACK-1] an acknowledgement removes exactly what its frame held, in order', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.behaviour.holdsStatuses = true
    client.edit('1')
    client.edit('2')
    await until(() => server.count('update') === 2)
    await turns()
    expect(client.acknowledgedIds).toEqual([])
    server.releaseStatuses()
    await until(() => client.acknowledgedIds.length === 2)
    expect(client.acknowledgedIds).toEqual(['1', '2'])
  })

  it('[ACK-2] step 2 covers all that was waiting, and nothing that came after it', async () => {
    const client = new TestClient(nameOf(1))
    client.edit('offline 1')
    client.edit('offline 2')
    server.behaviour.holdsStatuses = true
    await goLive()
    client.edit('online')
    await until(() => server.count('update') === 1)
    expect(client.channel.inFlight).toBe(2)
    expect(client.channel.covers('online')).toBe(true)
    server.releaseStatuses()
    await until(() => client.acknowledgedIds.length === 3)
    expect(server.count('step2')).toBe(1)
    expect(client.serverValue).toBe('online')
  })

  it('[ACK-3] what was not answered before the connection broke is sent again and counted once', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.behaviour.holdsStatuses = true
    client.edit('1')
    await until(() => server.count('update') === 1)
    server.closeAll()
    await until(() => client.channel.phase === 'detached')
    expect(client.unsentIds).toEqual(['1'])
    server.behaviour.holdsStatuses = false
    clock.advance(5_000)
    await until(() => client.acknowledgedIds.length === 1)
    expect(client.acknowledgedIds).toEqual(['1'])
  })

  it('[ACK-4] a step 1 of the server at any time is answered with what it lacks', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.behaviour.refusing.set(nameOf(1), 'update/not-applied')
    client.edit('1', 'not lost')
    await until(() => server.count('update') === 1)
    await turns()
    expect(client.refusals).toEqual([])
    expect(client.unsentIds).toEqual(['1'])
    server.behaviour.refusing.clear()
    // The device asks again by itself, and the server's own question brings the edit.
    clock.advance(channelTimings.retryBaseMs)
    await until(() => client.acknowledgedIds.length === 1)
    expect(client.serverValue).toBe('not lost')
  })

  it('[ACK-5] a refusal reports the reason that follows it (SYNC 11)', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.behaviour.refusing.set(nameOf(1), 'update/too-large')
    client.edit('1')
    await until(() => client.refusals.length === 1)
    expect(client.refusals).toEqual(['update/too-large'])
    expect(client.acknowledgedIds).toEqual([])
  })

  it('[ACK-5] a burst that is refused as one is reported once', async () => {
    const client = new TestClient(nameOf(1))
    await goLive()
    server.behaviour.refusing.set(nameOf(1), 'update/malformed')
    server.behaviour.refusesSilently = true
    client.edit('1')
    client.edit('2')
    await until(() => server.count('update') === 2)
    await until(() => client.channel.inFlight === 0)
    server.sendStateless(nameOf(1), { type: 'refused', code: 'update/malformed' })
    await until(() => client.refusals.length > 0)
    await turns()
    expect(client.refusals).toEqual(['update/malformed'])
  })

  it('[ACK-6] a stock server gives no reason: a reader was refused, anybody else tries again (SYNC 11)', async () => {
    server.behaviour.refusesSilently = true
    server.behaviour.readOnly.add(nameOf(1))
    const client = new TestClient(nameOf(1))
    await goLive()
    expect(client.access).toBe('read')
    client.edit('1')
    await until(() => client.channel.inFlight === 0)
    clock.advance(channelTimings.reasonMs)
    expect(client.refusals).toEqual(['access/read-only'])
  })
})

function junkUpdate(name: string): Uint8Array {
  const text = new TextEncoder().encode(name)
  return Uint8Array.of(text.length, ...text, 0, 2, 4, 9, 200, 200, 200)
}
