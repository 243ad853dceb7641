import { type IncomingMessage, request } from 'node:http'
import {
  type CatalogueEntry,
  type CataloguePage,
  type DocumentName,
  documentEndpoint,
  endpoints,
  type FeedEvent,
  type FeedMessage,
  kpiEndpoint,
  limits,
  type Problem,
} from '@fulqrun/protocol'
import { createDocument, newDocumentId, propose, setField } from '@fulqrun/schema'
import type { WireChannel, WireClient } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { openAccountTables } from './accounts/accounts.ts'
import { createApiKey, revokeApiKey } from './accounts/api-keys.ts'
import { createDisk, type DiskSwitch } from './testing/failing-store.ts'
import type { PersonId } from './testing/people.ts'
import { newOpportunityName, north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** What happens, told on sockets and as a stream of events. */

/** A busy machine takes its time; nothing depends on it being reached. */
const patience = { timeout: 15_000 }
let server: TestServer
let disk: DiskSwitch
beforeEach(async () => {
  disk = createDisk()
  server = await openTestServer({ openStore: (file) => disk.open(file) })
})
afterEach(() => server[Symbol.asyncDispose]())

const rename = ({ doc }: WireChannel, name: string) => setField(doc, 'fields.name', name, { now: Date.now() })

async function catalogue(id: PersonId, query = ''): Promise<CataloguePage> {
  return (await server.person(id)).get<CataloguePage>(`${endpoints.catalogue}${query}`)
}

/** A device's list of records, kept by the feed as packages/sync keeps it. */
class ListedRecords {
  readonly rows = new Map<DocumentName, CatalogueEntry>()
  cursor: string
  gaps = 0

  constructor(page: CataloguePage) {
    this.cursor = page.cursor
    this.#apply(page.entries, page.removed)
  }

  take({ from, cursor, entries, removed = [] }: FeedMessage): void {
    if (entries === undefined || headOf(this.cursor) < from) this.gaps += 1
    else this.#apply(entries, removed)
    if (headOf(cursor) > headOf(this.cursor)) this.cursor = cursor
  }

  #apply(entries: readonly CatalogueEntry[], removed: readonly DocumentName[]): void {
    for (const entry of entries) this.rows.set(entry.name, entry)
    for (const name of removed) this.rows.delete(name)
  }
}

const headOf = (cursor: string) => Number(cursor.split('.')[0])
const eventsOf = (client: WireClient): FeedEvent[] => client.feeds.flatMap(({ events }) => events)

describe('the feed on a socket', () => {
  test('[FEED-3] keeps a list equal to the catalogue, while records come, change, move and go', async () => {
    const first = await server.newOpportunity('ana')
    await first.client.until(() => first.client.feeds.length > 0)
    const ben = await server.connect('ben')
    await ben.open(first.name)
    const list = new ListedRecords(await catalogue('ben'))
    const made: WireChannel[] = [first]
    for (let round = 0; round < 6; round++) {
      made.push(await server.newOpportunity('ana', { name: `Round ${round}` }))
      const channel = made[round]
      if (channel === undefined) throw new Error('one was made each round')
      rename(channel, `Renamed in round ${round}`)
      await channel.answered()
    }
    const adam = await server.person('adam')
    const [, moved, removed] = made
    if (moved === undefined || removed === undefined) throw new Error('six were made')
    await adam.api('PATCH', '/api/admin/people/mia', { body: { territoryIds: [north, south] } })
    const adams = await catalogue('adam')
    await adam.api('PUT', documentEndpoint(moved.name, 'territory'), {
      body: { territoryId: south, reason: 'x' },
    })
    await adam.api('DELETE', documentEndpoint(removed.name), { body: { reason: 'x' } })
    const head = headOf((await catalogue('adam', `?cursor=${adams.cursor}`)).cursor)
    await ben.until(() => ben.feeds.some(({ cursor }) => headOf(cursor) >= head))
    for (const message of ben.feeds) list.take(message)
    expect(list.gaps).toBe(0)
    // Messages follow each other.
    const heads = ben.feeds.map(({ cursor }) => headOf(cursor))
    expect(ben.feeds.slice(1).map(({ from }) => from)).toEqual(heads.slice(0, -1))
    const page = await catalogue('ben')
    const byName = (one: CatalogueEntry, other: CatalogueEntry) => (one.name < other.name ? -1 : 1)
    expect([...list.rows.values()].toSorted(byName)).toEqual([...page.entries].toSorted(byName))
    expect(page.entries).toHaveLength(5)
    expect(list.cursor).toBe(page.cursor)
    expect(await server.metric('fulqrun_feed_messages_total')).toBeGreaterThan(0)
  })

  test('[FEED-2] tells each person what they may read, and of a loss only that it is gone', async () => {
    const ana = await server.newOpportunity('ana')
    const adam = await server.person('adam')
    const sockets = {
      ben: await server.connect('ben'),
      finn: await server.connect('finn'),
      eve: await server.connect('eve'),
    }
    await sockets.ben.open(ana.name)
    await sockets.finn.open(ana.name)
    await sockets.eve.open(newOpportunityName('rival'))
    rename(ana, 'Seen by all of the territory')
    await sockets.ben.until(() => eventsOf(sockets.ben).some(({ type }) => type === 'record.changed'))
    // He keeps a record of his own open, or there would be nothing to tell him on.
    const own = await server.newOpportunity('ben')
    await adam.api('PUT', documentEndpoint(ana.name, 'territory'), {
      body: { territoryId: south, reason: 'x' },
    })
    const isGone = ({ type, name }: FeedEvent) => type === 'record.removed' && name === ana.name
    await own.client.until(() => eventsOf(own.client).some(isGone))
    const told = own.client.feeds.find(({ events }) => events.some(isGone))
    expect(told?.removed).toEqual([ana.name])
    const seq = told?.events.find(isGone)?.seq ?? Infinity
    expect(eventsOf(own.client).filter((event) => event.seq >= seq && !isGone(event))).toEqual([])
    await sockets.finn.until(() => eventsOf(sockets.finn).some((event) => event.seq === seq))
    expect(eventsOf(sockets.finn).filter(isGone)).toEqual([])
    await sockets.eve.ping()
    expect(sockets.eve.feeds).toEqual([])
  })

  test('[FEED-2] tells nothing that is not on disk', async () => {
    const ana = await server.newOpportunity('ana')
    await ana.client.until(() => ana.client.feeds.length > 0)
    const ben = await (await server.connect('ben')).open(ana.name)
    disk.state = 'failing'
    rename(ana, 'not yet')
    await ben.until(({ doc }) => doc.getMap('fields').get('name') === 'not yet')
    await expect.poll(() => disk.tried, patience).toBeGreaterThan(2)
    const before = ben.client.feeds.length
    expect(eventsOf(ben.client).every(({ seq }) => seq === 1)).toBe(true)
    disk.work()
    await ben.client.until(() => ben.client.feeds.length > before)
    const page = await catalogue('ben')
    expect(ben.client.feeds.at(-1)?.entries).toEqual(page.entries)
    expect(page.entries[0]?.title).toBe('not yet')
  })
})

interface Stream {
  readonly answer: IncomingMessage
  /** Events so far. */
  readonly events: FeedEvent[]
  /** The id that a client would resume from. */
  lastId: string | undefined
  readonly ended: Promise<void>
  until(isDone: (stream: Stream) => boolean): Promise<void>
  cut(): void
}

const streams: Stream[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.cut()
})

/** A stream as a client of server-sent events reads it. */
async function listen(token: string, lastEventId?: string): Promise<Stream> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    }
    const outgoing = request(server.url + endpoints.events, { headers }, resolve)
    outgoing.on('error', reject)
    outgoing.end()
  })
  let wake = (): void => undefined
  const stream: Stream = {
    answer,
    events: [],
    lastId: lastEventId,
    ended: new Promise((resolve) => answer.on('close', resolve)),
    async until(isDone) {
      while (!isDone(stream)) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        if (isDone(stream)) return
        await Promise.race([
          woken,
          stream.ended.then(() => {
            if (!isDone(stream)) throw new Error('the stream has ended')
          }),
        ])
      }
    },
    cut: () => answer.destroy(),
  }
  let text = ''
  answer.setEncoding('utf8')
  // Cut by a test or by the server: `ended` tells.
  answer.on('error', () => undefined)
  answer.on('data', (chunk: string) => {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) stream.events.push(JSON.parse(data) as FeedEvent)
      stream.lastId = /^id: (.*)$/m.exec(block)?.[1] ?? stream.lastId
    }
    wake()
  })
  streams.push(stream)
  return stream
}

const listenAs = async (id: PersonId, lastEventId?: string) =>
  listen((await server.person(id)).bearer, lastEventId)
const has =
  (type: FeedEvent['type'], name?: DocumentName) =>
  ({ events }: Stream) =>
    events.some((event) => event.type === type && (name === undefined || event.name === name))

describe('the stream of events', () => {
  test('[SSE-1] tells of conflicts, proposals, decisions and KPIs as they happen', async () => {
    const stream = await listenAs('mia')
    expect(stream.answer.headers['content-type']).toContain('text/event-stream')
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    // Ben is offline while Ana changes the account's name.
    const offline = new Y.Doc()
    Y.applyUpdate(offline, Y.encodeStateAsUpdate(ben.doc))
    rename(ana, 'As Ana says')
    await ana.answered()
    setField(offline, 'fields.name', 'As Ben says', { now: Date.now() - 1000 })
    ben.send(Y.encodeStateAsUpdate(offline, Y.encodeStateVector(ben.doc)))
    await ben.answered()
    await stream.until((heard) => has('conflict.opened')(heard) || has('conflict.closed')(heard))
    const clash = stream.events.find(({ type }) => type.startsWith('conflict.'))
    expect(clash).toMatchObject({ name: ana.name, path: 'fields.name' })
    expect(clash !== undefined && 'people' in clash && [...clash.people].toSorted()).toEqual(['ana', 'ben'])

    const proposalId = propose(ana.doc, {
      path: 'financials.amount',
      value: 5000,
      reason: 'volume',
      author: 'ana',
      now: Date.now(),
    })
    await ana.answered()
    await stream.until(has('proposal.made', ana.name))
    const finn = await server.person('finn')
    await finn.api('POST', documentEndpoint(ana.name, `proposals/${proposalId}`), {
      body: { decision: 'approved' },
    })
    await stream.until(has('proposal.decided', ana.name))
    expect(stream.events.find(({ type }) => type === 'proposal.decided')).toMatchObject({
      proposalId,
      path: 'financials.amount',
      status: 'approved',
      author: 'ana',
    })

    const kpi = `meridian/kpi/${newDocumentId()}` as DocumentName
    const mia = await (await server.connect('mia')).open(kpi)
    const period = { kind: 'kpi', territoryId: north, createdBy: 'mia', createdAt: Date.now() } as const
    createDocument(mia.doc, { ...period, fields: { period: '2026-Q3', title: 'North' } })
    await mia.answered()
    const answer = await finn.api('PUT', kpiEndpoint(kpi.split('/')[2] ?? '', 'values'), {
      body: { trx: { value: 40, asOf: 1, formulaVersion: 1 } },
    })
    expect(answer.status).toBe(204)
    await stream.until(has('kpi.moved', kpi))
    expect(stream.events.find(({ type }) => type === 'kpi.moved')).toMatchObject({
      path: 'values.trx',
      after: { value: 40 },
    })
    expect(server.errors()).toEqual([])
  })

  test('[SSE-2] goes on behind the last id, over a restart, and tells the same', async () => {
    const whole = await listenAs('ben')
    const ana = await server.newOpportunity('ana')
    await whole.until(has('record.changed', ana.name))
    const cutOff = await listenAs('ben', whole.lastId)
    await cutOff.until(({ lastId }) => lastId !== undefined)
    cutOff.cut()
    for (let index = 0; index < 5; index++) {
      rename(ana, `Name ${index}`)
      await ana.answered()
    }
    const { lastId } = cutOff
    const last = (await catalogue('ben')).entries[0]?.head ?? 0
    await whole.until(({ events }) => events.at(-1)?.seq === last)
    await server.restart()
    const resumed = await listenAs('ben', lastId)
    await resumed.until(({ events }) => events.at(-1)?.seq === last)
    expect(resumed.events).toEqual(whole.events.slice(-5))
    expect(resumed.lastId).toBe(String(last))
    const strange = await (
      await server.person('ben')
    ).api('GET', endpoints.events, {
      headers: { 'last-event-id': 'yesterday' },
    })
    expect(((await strange.json()) as Problem).code).toBe('input/invalid')
  })

  test('[SSE-3] is open to keys of integrations, within their organization', async () => {
    const db = await openAccountTables(server.dataDir)
    const { id, key } = await createApiKey(db, { organizationId: 'meridian', name: 'ERP' })
    const rival = await createApiKey(db, { organizationId: 'rival', name: 'ERP' })
    const stream = await listen(key)
    const other = await listen(rival.key)
    const ana = await server.newOpportunity('ana')
    await stream.until(has('record.changed', ana.name))
    await revokeApiKey(db, id)
    await db.destroy()
    await stream.ended
    expect(other.events).toEqual([])
    expect(other.answer.destroyed).toBe(false)
  })

  test('[SSE-4] ends when the session does', async () => {
    const stream = await listenAs('ana')
    await stream.until(({ lastId }) => lastId !== undefined)
    expect(await server.metric('fulqrun_event_streams')).toBe(1)
    const adam = await server.person('adam')
    await adam.api('POST', '/api/admin/people/ana/end-sessions')
    await stream.ended
    await expect.poll(() => server.metric('fulqrun_event_streams'), patience).toBe(0)
    const nobody = await fetch(server.url + endpoints.events)
    expect(nobody.status).toBe(401)
    expect(((await nobody.json()) as Problem).code).toBe('auth/required')
  })

  test('[SSE-5] asking for the headers alone opens no stream', async () => {
    const ana = await server.person('ana')
    for (let index = 0; index <= limits.maxEventStreams; index++) {
      const answer = await ana.api('HEAD', endpoints.events)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ])
    }
    await (await listenAs('ana')).until(({ lastId }) => lastId !== undefined)
    await expect.poll(() => server.metric('fulqrun_event_streams'), patience).toBe(1)
  })

  test('[SSE-5] a person has ten at most, and another one when one is closed', async () => {
    const open = await Promise.all(Array.from({ length: limits.maxEventStreams }, () => listenAs('ana')))
    const ana = await server.person('ana')
    const refused = await ana.api('GET', endpoints.events)
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([
      429,
      'events/too-many-streams',
    ])
    await (await listenAs('ben')).until(({ lastId }) => lastId !== undefined)
    open[0]?.cut()
    await expect.poll(() => server.metric('fulqrun_event_streams'), patience).toBe(limits.maxEventStreams)
    const next = await listenAs('ana')
    await next.until(({ lastId }) => lastId !== undefined)
    expect(next.answer.statusCode).toBe(200)
  })
})
