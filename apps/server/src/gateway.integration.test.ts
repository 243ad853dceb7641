import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp } from 'node:net'
import path from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import {
  documentEndpoint,
  errors,
  financialsEndpoint,
  frameTypes,
  type HistoryPage,
  limits,
  syncTypes,
} from '@fulqrun/protocol'
import { createDocument, getNotes, readProposals } from '@fulqrun/schema'
import { awarenessFrame, seedOfRun, updateFrame, type WireChannel } from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { openAccountTables } from './accounts/accounts.ts'
import { createApiKey, revokeApiKey } from './accounts/api-keys.ts'
import type { PersonId } from './testing/people.ts'
import { openStockClient } from './testing/stock-client.ts'
import { gatewayUrl, openStockYjs, type StockYjsClient } from './testing/stock-yjs-client.ts'
import {
  createOpportunity,
  newOpportunityName,
  openTestServer,
  south,
  type TestServer,
} from './testing/test-server.ts'

/** Stock y-websocket clients at `/yjs/<document name>`, beside people on `/sync`. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(async () => {
  vi.useRealTimers()
  await server[Symbol.asyncDispose]()
})

async function openYjs(id: PersonId, name: string, doc?: Y.Doc): Promise<StockYjsClient> {
  const token = await (await server.person(id)).token()
  return openStockYjs({ url: server.url, name, token, doc })
}

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  return element
}

const notesOf = (doc: Y.Doc): string => getNotes(doc).toJSON()
const nextStepOf = (doc: Y.Doc): unknown => doc.getMap('fields').get('nextStep')

describe('a stock y-websocket client', () => {
  test('[YJS-1] edits a note live with a stock Hocuspocus client and one on the wire, both ways', async () => {
    const ana = await server.newOpportunity('ana')
    const mia = await server.person('mia')
    await using hocuspocus = openStockClient(server.syncUrl, () => mia.token())
    const stock = hocuspocus.open(ana.name)
    await stock.synced
    using ben = await openYjs('ben', ana.name)
    await ben.synced()
    expect(ben.doc.getMap('fields').toJSON()).toEqual(ana.doc.getMap('fields').toJSON())

    getNotes(ben.doc).insert(0, [paragraph('from y-websocket')])
    await ana.until(({ doc }) => notesOf(doc).includes('from y-websocket'))
    await expect.poll(() => notesOf(stock.doc)).toContain('from y-websocket')
    getNotes(stock.doc).insert(0, [paragraph('from Hocuspocus')])
    getNotes(ana.doc).insert(0, [paragraph('from the wire')])
    await expect.poll(() => notesOf(ben.doc)).toContain('from Hocuspocus')
    await expect.poll(() => notesOf(ben.doc)).toContain('from the wire')

    // Three people in one paragraph at once.
    const textIn = (doc: Y.Doc) => (getNotes(doc).get(0) as Y.XmlElement).get(0) as Y.XmlText
    for (let round = 0; round < 50; round++) {
      textIn(ben.doc).insert(0, 'b')
      textIn(stock.doc).insert(0, 's')
      textIn(ana.doc).insert(0, 'a')
    }
    const complete = (doc: Y.Doc) =>
      ['a', 'b', 's'].every((letter) => textIn(doc).toJSON().split(letter).length > 50)
    await expect.poll(() => complete(ben.doc)).toBe(true)
    await ana.until(({ doc }) => complete(doc))
    await expect.poll(() => notesOf(stock.doc)).toBe(notesOf(ana.doc))
    expect(notesOf(ben.doc)).toBe(notesOf(ana.doc))

    const { entries } = await mia.get<HistoryPage>(documentEndpoint(ana.name, 'history'))
    expect(new Set(entries.map(({ author }) => author.id))).toEqual(new Set(['ana', 'ben', 'mia']))
    expect(ben.sockets()).toBe(1)
    expect(server.errors()).toEqual([])
  })

  test('[YJS-1] runs the example of the protocol’s README, line by line', async () => {
    const ana = await server.newOpportunity('ana')
    const readme = await readFile(
      path.join(import.meta.dirname, '../../../packages/protocol/README.md'),
      'utf8',
    )
    const [, example = ''] = /```js\n([^]*?)```/.exec(readme) ?? []
    expect(example).toContain('WebsocketProvider')
    const env = {
      SERVER: server.url.replace('http', 'ws'),
      NAME: ana.name,
      TOKEN: await (await server.person('ben')).token(),
    }
    // In this folder, where its imports are found.
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', example],
      { cwd: import.meta.dirname, env: { ...process.env, ...env }, timeout: 100_000 },
    )
    expect(stderr).toBe('')
    await ana.until(({ doc }) => notesOf(doc).includes('Formulary committee meets on Thursday.'))
  })

  test('[YJS-1] its name may be percent-encoded, once', async () => {
    const ana = await server.newOpportunity('ana')
    using ben = await openYjs('ben', encodeURIComponent(ana.name))
    await ben.synced()
    expect(ben.doc.getMap('fields').get('name')).toBe('Formulary, St. Vincent')
    using twice = await openYjs('ben', encodeURIComponent(encodeURIComponent(ana.name)))
    expect(await twice.gaveUp).toEqual({ code: 4400, reason: 'document/name-invalid' })
  })

  test('[YJS-4] is sent nothing that it does not know', async () => {
    const unknown = vi.spyOn(console, 'error')
    const ana = await server.newOpportunity('ana')
    using ben = await openYjs('ben', ana.name)
    await ben.synced()
    // Acknowledgements, something put back, presence: on /sync each has a frame type of its own.
    ben.doc.getMap('fields').set('nextStep', 'call')
    ben.doc.getMap('financials').set('amount', 1)
    ben.provider.awareness.setLocalStateField('location', { section: 'notes' })
    ana.client.send(awarenessFrame(ana.address, [{ clientId: 5, clock: 1, state: {} }]))
    await ana.until(({ doc }) => nextStepOf(doc) === 'call')
    await expect.poll(() => ben.provider.awareness.getStates().has(5)).toBe(true)
    await expect.poll(() => ben.doc.getMap('financials').size).toBe(0)
    expect(new Set(ben.received)).toEqual(new Set([frameTypes.sync, frameTypes.awareness]))
    expect(unknown).not.toHaveBeenCalled()
    unknown.mockRestore()
  })

  test('[YJS-1] what it wrote is in the log like anybody else’s: a new server has it', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await openYjs('ben', ana.name)
    await ben.synced()
    ben.doc.getMap('fields').set('nextStep', 'kept')
    await ana.until(({ doc }) => nextStepOf(doc) === 'kept')
    ben[Symbol.dispose]()
    await server.restart()
    const mia = await (await server.connect('mia')).open(ana.name)
    expect(nextStepOf(mia.doc)).toBe('kept')
  })

  test('[YJS-1] what it wrote last is not lost when it leaves at once', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await openYjs('ben', ana.name)
    await ben.synced()
    for (let round = 0; round < 100; round++) ben.doc.getMap('fields').set('nextStep', `round ${round}`)
    ben[Symbol.dispose]()
    await ana.until(({ doc }) => nextStepOf(doc) === 'round 99')
    expect(server.quarantine()).toEqual([])
  })

  test('[YJS-3] comes back by itself after a restart of the server, with what it wrote meanwhile', async () => {
    const ana = await server.newOpportunity('ana')
    using ben = await openYjs('ben', ana.name)
    await ben.synced()
    await server.restart()
    await expect.poll(() => ben.closes[0]).toEqual({ code: 4554, reason: 'server/stopping' })
    ben.doc.getMap('fields').set('nextStep', 'while you were away')
    ben.provider.serverUrl = gatewayUrl(server.url)
    const mia = await (await server.connect('mia')).open(ana.name)
    await mia.until(({ doc }) => nextStepOf(doc) === 'while you were away')
    expect(ben.provider.shouldConnect).toBe(true)
  })

  test('[YJS-3] is told when its token has expired, and goes on with a fresh one', async () => {
    const start = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    await using patient = await openTestServer()
    const ana = await patient.newOpportunity('ana')
    const ben = await patient.person('ben')
    const token = await ben.token()
    using stock = openStockYjs({ url: patient.url, name: ana.name, token })
    await stock.synced()
    // Tokens live for five minutes; the server waits half a minute more.
    vi.setSystemTime(start + 5.75 * 60_000)
    expect(await stock.gaveUp).toEqual({ code: 4402, reason: 'auth/token-expired' })
    using late = openStockYjs({ url: patient.url, name: ana.name, token })
    expect(await late.gaveUp).toEqual({ code: 4402, reason: 'auth/token-expired' })
    stock.doc.getMap('fields').set('nextStep', 'with a fresh token')
    stock.provider.params = { token: await ben.token() }
    stock.provider.connect()
    const mia = await (await patient.connect('mia')).open(ana.name)
    await mia.until(({ doc }) => nextStepOf(doc) === 'with a fresh token')
  })
})

test('[YJS-3] [GATE-11] an integration with a key stays until the key is revoked', async () => {
  const start = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  await using patient = await openTestServer()
  const db = await openAccountTables(patient.dataDir)
  const { id, key } = await createApiKey(db, { organizationId: 'meridian', name: 'ERP' })
  const ana = await patient.newOpportunity('ana')
  await ana.client[Symbol.asyncDispose]()
  using erp = openStockYjs({ url: patient.url, name: ana.name, token: key })
  await erp.synced()
  const write = async (text: string) => {
    const mia = await (await patient.connect('mia')).open(ana.name)
    erp.doc.getMap('fields').set('nextStep', text)
    await mia.until(({ doc }) => nextStepOf(doc) === text)
    await mia.client[Symbol.asyncDispose]()
  }
  for (let hour = 1; hour <= 3; hour++) {
    await write(`before hour ${hour}`)
    // Keys are looked at every hour, within half a minute around it. Nobody else says anything meanwhile.
    const before = await patient.metric('fulqrun_frames_total')
    vi.setSystemTime(start + hour * 3_600_000 - 20_000)
    await expect.poll(() => patient.metric('fulqrun_frames_total')).toBe(before + 1)
  }
  await write('three hours later')
  expect(erp.sockets()).toBe(1)
  await revokeApiKey(db, id)
  await db.destroy()
  expect(await erp.gaveUp).toEqual({ code: 4410, reason: 'auth/revoked' })
})

describe('presence', () => {
  test('[YJS-6] goes both ways under the names of the people, whatever they say', async () => {
    const ana = await server.newOpportunity('ana')
    using ben = await openYjs('ben', ana.name)
    await ben.synced()
    ben.provider.awareness.setLocalState({ user: { id: 'mia', name: 'Mia', color: '#ff0000' }, secret: 1 })
    const own = ben.doc.clientID
    await ana.until(({ presence }) => presence.has(own))
    expect(ana.presence.get(own)).toMatchObject({ user: { id: 'ben', color: '#ff0000' } })
    expect(ana.presence.get(own)).not.toHaveProperty('secret')
    const state = { user: { id: 'mia', name: 'Mia' }, location: { section: 'notes' } }
    ana.client.send(awarenessFrame(ana.address, [{ clientId: 77, clock: 1, state }]))
    await expect
      .poll(() => ben.provider.awareness.getStates().get(77))
      .toMatchObject({
        user: { id: 'ana' },
        location: { section: 'notes' },
      })
    // Whoever leaves is gone for the others.
    ben[Symbol.dispose]()
    await ana.until(({ presence }) => presence.get(own) === null)
  })

  test('[YJS-6] nobody speaks for the client id of somebody else, nor takes it away', async () => {
    const ana = await server.newOpportunity('ana')
    const mia = await (await server.connect('mia')).open(ana.name)
    ana.client.send(awarenessFrame(ana.address, [{ clientId: 77, clock: 1, state: {} }]))
    await mia.until(({ presence }) => presence.has(77))
    const raw = await openRaw('ben', ana.name)
    await raw.until(() => raw.received.some(([type]) => type === frameTypes.awareness))
    for (const forged of [{ user: { id: 'ana' }, location: { section: 'forged' } }, null])
      raw.send(bare(awarenessFrame('', [{ clientId: 77, clock: 100, state: forged }])))
    raw.send(bare(awarenessFrame('', [{ clientId: 78, clock: 1, state: {} }])))
    await mia.until(({ presence }) => presence.has(78))
    expect(mia.presence.get(78)).toMatchObject({ user: { id: 'ben' } })
    expect(mia.presence.get(77)).toEqual({ user: { id: 'ana', name: expect.any(String) as string } })
    raw.close()
  })

  test('[YJS-6] a full room does not cost a stock client its connection, though it repeats what it is shown', async () => {
    const ana = await server.newOpportunity('ana')
    const place = { location: { section: 's'.repeat(400), field: 'f'.repeat(400) } }
    for (let socket = 0; socket < 10; socket++) {
      const channel = await (await server.connect('ana')).open(ana.name)
      const ids = [0, 1, 2].map((tab) => 1000 + 3 * socket + tab)
      const presences = ids.map((clientId) => ({ clientId, clock: 1, state: place }))
      channel.client.send(awarenessFrame(channel.address, presences))
    }
    await ana.until(({ presence }) => presence.size === 30)
    using ben = await openYjs('ben', ana.name)
    using mia = await openYjs('mia', ana.name)
    await Promise.all([ben.synced(), mia.synced()])
    for (const { provider } of [ben, mia]) provider.awareness.setLocalState({})
    await expect.poll(() => ben.provider.awareness.getStates().size).toBe(32)
    await expect.poll(() => mia.provider.awareness.getStates().size).toBe(32)
    ben.doc.getMap('fields').set('nextStep', 'still here')
    await ana.until(({ doc }) => nextStepOf(doc) === 'still here')
    expect(ben.closes).toEqual([])
  })
})

describe('who may not', () => {
  test('[YJS-2] gets a code and not one byte: bad tokens, other organizations and territories, names that are none', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.person('ben')).token()
    const eve = await (await server.person('eve')).token()
    const inSouth = await newInSouth()
    const name = ana.name
    const cases: [path: string, code: number, reason: string][] = [
      [name, 4401, 'auth/required'],
      [`${name}?token=`, 4401, 'auth/required'],
      [`${name}?token=nonsense`, 4401, 'auth/token-invalid'],
      [`${name}?token=${ben.slice(0, -4)}AAAA`, 4401, 'auth/token-invalid'],
      [`${name}?token=${eve}`, 4403, 'access/denied'],
      [`${inSouth}?token=${ben}`, 4403, 'access/denied'],
      [`${newOpportunityName('rival')}?token=${ben}`, 4403, 'access/denied'],
      ['', 4400, 'document/name-invalid'],
      ...[
        '%',
        '%zz',
        '%e0%a4%a',
        `${name}/`,
        `/${name}`,
        name.toUpperCase(),
        `${name}%00session`,
        `${name}%0a`,
        name.replace('opportunity', 'secret'),
        `${name}%2f..%2f..`,
        'x'.repeat(5000),
      ].map((wrong): [string, number, string] => [`${wrong}?token=${ben}`, 4400, 'document/name-invalid']),
    ]
    for (const [path, code, reason] of cases) {
      const raw = await RawYjs.connect(`${gatewayUrl(server.url)}/${path}`)
      expect({ path, ...(await raw.closed), received: raw.received }).toEqual({
        path,
        code,
        reason,
        received: [],
      })
    }
    expect(server.errors()).toEqual([])
  })

  test('[YJS-2] a cookie counts for nothing, so a page of another origin can do nothing in somebody’s name', async () => {
    const ana = await server.newOpportunity('ana')
    const { bearer } = await server.person('ana')
    const headers = { cookie: `better-auth.session_token=${bearer}`, origin: 'https://evil.example' }
    const raw = await RawYjs.connect(`${gatewayUrl(server.url)}/${ana.name}`, headers)
    expect(await raw.closed).toEqual({ code: 4401, reason: 'auth/required' })
    expect(raw.received).toEqual([])
  })

  test('[YJS-2] addresses that are none end their connection and nothing else', async () => {
    const { port } = new URL(server.url)
    for (const path of ['//', '//[', '/yjs', '/yjsx/a', 'http://[/yjs/a']) {
      const socket = connectTcp(Number(port), '127.0.0.1')
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      const answer = await new Promise<string>((resolve) => {
        let text = ''
        socket.on('data', (data: Buffer) => (text += data.toString()))
        socket.on('close', () => resolve(text))
      })
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    }
    await server.newOpportunity('ana')
  })

  test('[YJS-5] a reader sees everything; the first thing that she writes ends her connection for good', async () => {
    const ana = await server.newOpportunity('ana')
    using cora = await openYjs('cora', ana.name)
    await cora.synced()
    ana.doc.getMap('fields').set('nextStep', 'for all to read')
    await expect.poll(() => nextStepOf(cora.doc)).toBe('for all to read')
    cora.doc.getMap('fields').set('nextStep', 'by a reader')
    expect(await cora.gaveUp).toEqual({ code: 4403, reason: 'access/read-only' })
    expect(server.quarantine()).toMatchObject([{ code: 'access/read-only', author_id: 'cora' }])
    await ana.client.ping()
    expect(nextStepOf(ana.doc)).toBe('for all to read')
  })

  test('[YJS-2] a session that ends, and a territory that is lost, end the connection', async () => {
    const ana = await server.newOpportunity('ana')
    using ben = await openYjs('ben', ana.name)
    using mia = await openYjs('mia', ana.name)
    await Promise.all([ben.synced(), mia.synced()])
    const adam = await server.person('adam')
    const moved = await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
    expect(moved.status).toBe(204)
    expect(await ben.gaveUp).toEqual({ code: 4403, reason: 'access/denied' })
    await adam.api('POST', '/api/admin/people/mia/end-sessions')
    expect(await mia.gaveUp).toEqual({ code: 4410, reason: 'auth/revoked' })
    ana.doc.getMap('fields').set('nextStep', 'among ourselves')
    await ana.answered()
    expect([nextStepOf(ben.doc), nextStepOf(mia.doc)]).toEqual([undefined, undefined])
  })
})

describe('rules', () => {
  const official = { amount: 45_000, currency: 'USD', version: 1, source: 'Set by Finn Berg' }

  test('[YJS-1] [ADM-1] [POL-1] a pinned value becomes a proposal, and no colleague ever sees it at the wire', async () => {
    const ana = await server.newOpportunity('ana')
    const finn = await server.person('finn')
    const put = await finn.api('PUT', financialsEndpoint(ana.name.split('/')[2] ?? ''), {
      body: { amount: official.amount, currency: 'USD', source: official.source },
      headers: { 'if-match': '0' },
    })
    expect(put.status).toBe(200)
    const mia = await (await server.connect('mia')).open(ana.name)
    const wrong: unknown[] = []
    mia.watch(() => {
      const shown = mia.doc.getMap('financials').toJSON()
      if (!isDeepStrictEqual(shown, official)) wrong.push(shown)
    })
    for (const clientId of [1, 4_294_967_295]) {
      const doc = new Y.Doc()
      doc.clientID = clientId
      using ben = await openYjs('ben', ana.name, doc)
      await ben.synced()
      doc.getMap('financials').set('amount', 99_000 + (clientId % 2))
      await expect.poll(() => doc.getMap('financials').get('amount')).toBe(45_000)
      doc.getMap('financials').delete('amount')
      await expect.poll(() => doc.getMap('financials').get('amount')).toBe(45_000)
      doc.getMap('financials').clear()
      doc.getMap('fields').set('nextStep', `done ${clientId}`)
      await mia.until(() => nextStepOf(mia.doc) === `done ${clientId}`)
      await expect.poll(() => doc.getMap('financials').toJSON()).toEqual(official)
    }
    expect(wrong).toEqual([])
    expect(readProposals(mia.doc).map(({ author, path }) => [author, path])).toContainEqual([
      'ben',
      'financials.amount',
    ])
  })

  test('[YJS-5] [DOC-3] a record comes to be by an update that says what it is, and by no other', async () => {
    const nothing = newOpportunityName()
    using sloppy = await openYjs('ben', nothing)
    await sloppy.synced()
    sloppy.doc.getMap('fields').set('nextStep', 'on nothing')
    expect(await sloppy.gaveUp).toEqual({ code: 4409, reason: 'document/not-created' })

    using elsewhere = await openYjs('ben', nothing)
    await elsewhere.synced()
    createOpportunity(elsewhere, 'ben', { name: 'Not my territory' })
    await expect
      .poll(async () => (await (await server.connect('mia')).open(nothing)).doc.getMap('fields').get('name'))
      .toBe('Not my territory')

    const inSouth = newOpportunityName()
    using foreign = await openYjs('ben', inSouth)
    await foreign.synced()
    createDocument(foreign.doc, {
      kind: 'opportunity',
      territoryId: south,
      createdBy: 'ben',
      createdAt: Date.now(),
      fields: { name: 'South' },
    })
    expect((await foreign.gaveUp).code).toBe(4403)
  })

  test('[YJS-5] a refused update is kept, told by the close, and not brought again', async () => {
    const ana = await server.newOpportunity('ana')
    for (const [size, kept] of [
      [limits.maxFrameBytes + 1, 1],
      [limits.maxSocketPayloadBytes + 1, 0],
    ] as const) {
      using ben = await openYjs('ben', ana.name)
      await ben.synced()
      const before = server.quarantine().length
      ben.doc.getMap('fields').set('nextStep', 'x'.repeat(size))
      expect(await ben.gaveUp).toEqual({ code: 4413, reason: 'update/too-large' })
      expect(server.quarantine().slice(before)).toHaveLength(kept)
      // What it says to itself afterwards goes nowhere.
      ben.doc.getMap('fields').set('product', 'unheard')
      expect(ben.sockets()).toBe(1)
      expect(ben.provider.shouldConnect).toBe(false)
    }
    // Its own copy is beyond repair; a fresh one works on.
    using fresh = await openYjs('ben', ana.name)
    await fresh.synced()
    fresh.doc.getMap('fields').set('nextStep', 'with a fresh copy')
    await ana.until(({ doc }) => nextStepOf(doc) === 'with a fresh copy')
    expect(ana.doc.getMap('fields').has('product')).toBe(false)
  })

  test('[YJS-5] content under the client id of a colleague is refused', async () => {
    const ana = await server.newOpportunity('ana')
    const doc = new Y.Doc()
    doc.clientID = ana.doc.clientID
    using ben = await openYjs('ben', ana.name, doc)
    await ben.synced()
    // Yjs picks another id when it notices; this client does not.
    doc.clientID = ana.doc.clientID
    doc.getMap('fields').set('nextStep', 'as if by Ana')
    expect(await ben.gaveUp).toEqual({ code: 4400, reason: 'update/malformed' })
    await ana.client.ping()
    expect(nextStepOf(ana.doc)).toBeUndefined()
  })

  test('[YJS-1] an update that builds on one that has not arrived is asked for, and waits', async () => {
    const ana = await server.newOpportunity('ana')
    const updates: Uint8Array[] = []
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ana.doc))
    doc.on('update', (update: Uint8Array) => updates.push(update))
    doc.getMap('fields').set('nextStep', 'first')
    doc.getMap('fields').set('nextStep', 'second')
    const raw = await openRaw('ben', ana.name)
    raw.send(handshake)
    const questions = () =>
      raw.received.filter(([type, step]) => type === 0 && step === syncTypes.step1).length
    await raw.until(() => questions() === 1)
    raw.send(bare(updateFrame('', updates[1] ?? new Uint8Array())))
    await raw.until(() => questions() === 2)
    expect(nextStepOf(ana.doc)).toBeUndefined()
    raw.send(bare(updateFrame('', updates[0] ?? new Uint8Array())))
    await ana.until(() => nextStepOf(ana.doc) === 'second')
    raw.close()
  })
})

describe('bytes', () => {
  test('[YJS-7] frames of other protocols and documents end the connection with a code', async () => {
    const ana = await server.newOpportunity('ana')
    const other = await server.newOpportunity('ana')
    const token = await (await server.person('ben')).token()
    const edit = updateFrame(
      other.name,
      updateOf((doc) => doc.getMap('fields').set('nextStep', 'astray')),
    )
    const auth = new Uint8Array([frameTypes.auth, 0, 5, ...Buffer.from('token')])
    for (const frame of [edit, auth, new Uint8Array(), new Uint8Array([5, 0]), new Uint8Array([7])]) {
      const raw = await RawYjs.connect(`${gatewayUrl(server.url)}/${ana.name}?token=${token}`)
      raw.send(frame)
      expect(await raw.closed).toEqual({ code: 4400, reason: 'frame/malformed' })
    }
    const text = await RawYjs.connect(`${gatewayUrl(server.url)}/${ana.name}?token=${token}`)
    text.send('{"type":"auth"}')
    expect((await text.closed).code).toBe(4400)
    await other.client.ping()
    expect(nextStepOf(other.doc)).toBeUndefined()
  })

  test('[YJS-7] presence over the limit ends the connection', async () => {
    const ana = await server.newOpportunity('ana')
    for (const size of [20_000, limits.maxFrameBytes + 1]) {
      const raw = await openRaw('ben', ana.name)
      raw.send(bare(awarenessFrame('', [{ clientId: 3, clock: 1, state: { a: 'x'.repeat(size) } }])))
      expect((await raw.closed).code).toBeGreaterThanOrEqual(4400)
    }
  })

  const seed = seedOfRun()

  test(`[YJS-7] of any kind: the server stays, others read on, nothing forbidden gets in (seed ${seed})`, async () => {
    const ana = await server.newOpportunity('ana')
    const before = ana.doc.getMap('meta').toJSON()
    const token = await (await server.person('ben')).token()
    const url = `${gatewayUrl(server.url)}/${ana.name}?token=${token}`
    const known = new Set<number>(Object.values(errors).flatMap(({ close }) => [close, close + 100]))
    let raw = await RawYjs.connect(url)
    for (const frame of fc.sample(hostileFrames(ana), { numRuns: 400, seed })) {
      if (raw.isClosed || !raw.isOpen) {
        const { code } = await raw.closed
        expect(known).toContain(code)
        raw = await RawYjs.connect(url)
      }
      raw.send(frame)
    }
    raw.close()
    await raw.closed
    using ben = await openYjs('ben', ana.name)
    await ben.synced()
    ben.doc.getMap('fields').set('product', 'still works')
    await ana.until(({ doc }) => doc.getMap('fields').get('product') === 'still works')
    expect(ana.doc.getMap('meta').toJSON()).toEqual(before)
    expect(ana.doc.getMap('financials').size).toBe(0)
    expect(server.errors()).toEqual([])
  })
})

async function newInSouth(): Promise<string> {
  const adam = await (await server.connect('adam')).open(newOpportunityName())
  createDocument(adam.doc, {
    kind: 'opportunity',
    territoryId: south,
    createdBy: 'adam',
    createdAt: Date.now(),
    fields: { name: 'South' },
  })
  await adam.answered()
  expect(adam.refused).toBe(0)
  return adam.name
}

function updateOf(edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  edit(doc)
  return Y.encodeStateAsUpdate(doc)
}

/** What a client without any content begins with: SyncStep1 of nothing. */
const handshake = new Uint8Array([frameTypes.sync, syncTypes.step1, 1, 0])

/** A frame of `/sync` for the address '' without that address: one of the gateway. */
function bare(frame: Uint8Array): Uint8Array {
  return frame.subarray(1)
}

/** Honest messages that are cut, bent or blown up, and any bytes at all. */
function hostileFrames(channel: WireChannel): fc.Arbitrary<Uint8Array> {
  const update = Y.encodeStateAsUpdate(channel.doc)
  const honest = [
    bare(updateFrame('', update)),
    bare(
      updateFrame(
        '',
        updateOf((doc) => doc.getMap('financials').set('amount', 1)),
      ),
    ),
    bare(
      updateFrame(
        '',
        updateOf((doc) => doc.getMap('meta').set('territoryId', south)),
      ),
    ),
    handshake,
    new Uint8Array([frameTypes.queryAwareness]),
    bare(awarenessFrame('', [{ clientId: 4, clock: 4, state: { user: { name: 'x' }, cursor: [1, 2] } }])),
  ]
  const frame = fc.constantFrom(...honest)
  const cut = fc
    .tuple(frame, fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([bytes, share]) => bytes.slice(0, Math.floor(bytes.length * share)))
  const bent = fc
    .tuple(
      frame,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 }),
    )
    .map(([bytes, flips]) => {
      const copy = bytes.slice()
      for (const [at, mask] of flips) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ mask
      return copy
    })
  const anyType = fc
    .tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 60 }))
    .map(([type, rest]) => new Uint8Array([type, ...rest]))
  const addressed = fc.constant(updateFrame(channel.name, update))
  return fc.oneof(frame, cut, bent, anyType, addressed, fc.uint8Array({ maxLength: 300 }))
}

async function openRaw(id: PersonId, name: string): Promise<RawYjs> {
  const token = await (await server.person(id)).token()
  return RawYjs.connect(`${gatewayUrl(server.url)}/${name}?token=${token}`)
}

/** A socket of the gateway that sends what it is told and answers nothing. */
class RawYjs {
  readonly #socket: WebSocket
  readonly received: Uint8Array[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  isClosed = false
  #wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('message', (data) => {
      this.received.push(new Uint8Array(data as Buffer))
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.isClosed = true
        resolve({ code, reason: reason.toString() })
        this.#wake()
      })
    })
  }

  static connect(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawYjs> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false, headers })
      const raw = new RawYjs(socket)
      socket.once('open', () => resolve(raw))
      socket.once('error', reject)
    })
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(data: Uint8Array | string): void {
    this.#socket.send(data)
  }

  close(): void {
    this.#socket.close(4400)
  }

  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.isClosed) throw new Error('the socket is closed')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
