import {
  authTypes,
  type CataloguePage,
  documentEndpoint,
  frameTypes,
  type HistoryPage,
} from '@fulqrun/protocol'
import { createDocument } from '@fulqrun/schema'
import { tokenFrame, updateFrame } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { signIn } from './testing/people.ts'
import { openStockClient } from './testing/stock-client.ts'
import { newOpportunityName, north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** Permissions that change while people are connected (SYNC 12), and tokens that are renewed on open sockets. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(async () => {
  vi.useRealTimers()
  await server[Symbol.asyncDispose]()
})

async function administer(person: string, change: object): Promise<void> {
  const adam = await server.person('adam')
  const answer = await adam.api('PATCH', `/api/admin/people/${person}`, { body: change })
  expect(answer.status).toBe(204)
}

async function endSessions(person: string, where = server): Promise<void> {
  const adam = await where.person('adam')
  const answer = await adam.api('POST', `/api/admin/people/${person}/end-sessions`)
  expect(answer.status).toBe(200)
}

describe('revocation', () => {
  test('[GATE-10] ends the connection at once, and the token opens no other (SYNC 12)', async () => {
    // What looks at the database twice a second stands still: it is the request that ends the connection.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    await using still = await openTestServer()
    const ana = await still.newOpportunity('ana')
    const token = await (await still.person('ana')).token()
    await endSessions('ana', still)
    const { code, reason } = await ana.client.closed
    expect({ code, reason }).toEqual({ code: 4410, reason: 'auth/revoked' })
    const again = await still.connect('ben')
    const channel = again.attach(ana.name, { token })
    await again.until(() => channel.denied !== undefined)
    expect(channel.denied).toBe('auth/revoked')
    expect(channel.received).toEqual([])
  })

  test('[GATE-10] a blocked person loses the connection too', async () => {
    const ana = await server.newOpportunity('ana')
    await administer('ana', { blocked: true })
    expect((await ana.client.closed).reason).toBe('auth/revoked')
  })

  test('[GATE-10] a client that takes no notice of the close writes and reads nothing more', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    ana.client.stopReading()
    await endSessions('ana')
    const attack = new Y.Doc()
    attack.getMap('fields').set('nextStep', 'from the grave')
    ana.client.send(updateFrame(ana.address, Y.encodeStateAsUpdate(attack)))
    ben.doc.getMap('fields').set('product', 'said among colleagues')
    await ben.answered()
    await expect.poll(() => server.metric('fulqrun_sockets')).toBe(1)
    await ben.client.ping()
    expect(ben.doc.getMap('fields').has('nextStep')).toBe(false)
    ana.client.resumeReading()
    await ana.client.closed
    expect(ana.doc.getMap('fields').has('product')).toBe(false)
    const { entries } = await (
      await server.person('ben')
    ).get<HistoryPage>(documentEndpoint(ana.name, 'history'))
    expect(entries.map(({ author }) => author.id)).toEqual(['ben', 'ana'])
  })
})

describe('other rights', () => {
  test('[GATE-10] whoever becomes a reader has the next write refused, and reads on', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    await administer('ana', { role: 'compliance' })
    ana.doc.getMap('fields').set('nextStep', 'too late')
    await ana.answered()
    expect(ana.verdicts.at(-1)).toBe(false)
    await ana.until(({ messages }) => messages.length > 0)
    expect(ana.messages).toMatchObject([{ type: 'refused', code: 'access/read-only' }])
    ben.doc.getMap('fields').set('product', 'still seen')
    await ana.until(({ doc }) => doc.getMap('fields').get('product') === 'still seen')
    await administer('ana', { role: 'rep' })
    ana.send(Y.encodeStateAsUpdate(ana.doc))
    await ben.until(({ doc }) => doc.getMap('fields').get('nextStep') === 'too late')
  })

  test('[GATE-10] change while everybody writes: neither side waits for the other in vain', async () => {
    const ana = await server.newOpportunity('ana')
    const roles = ['manager', 'rep'] as const
    for (let round = 0; round < 20; round++) {
      ana.doc.getMap('fields').set('nextStep', `round ${round}`)
      await administer('ben', { role: roles[round % 2] })
    }
    await ana.answered()
    expect(ana.refused).toBe(0)
  })

  test('[GATE-6] whoever loses a territory loses its documents and keeps the others, on the same socket', async () => {
    const mia = await server.connect('mia')
    const inNorth = await mia.open(newOpportunityName())
    const inSouth = await mia.open(newOpportunityName())
    for (const [channel, territoryId] of [
      [inNorth, north],
      [inSouth, south],
    ] as const) {
      createDocument(channel.doc, {
        kind: 'opportunity',
        territoryId,
        createdBy: 'mia',
        createdAt: Date.now(),
        fields: { name: territoryId },
      })
      await channel.answered()
    }
    await administer('ben', { territoryIds: [north, south] })
    const ben = await server.connect('ben')
    const north1 = await ben.open(inNorth.name)
    const south1 = await ben.open(inSouth.name)
    await administer('ben', { territoryIds: [south] })
    await ben.until(() => north1.denied !== undefined)
    expect(north1.denied).toBe('access/denied')
    inNorth.doc.getMap('fields').set('nextStep', 'not for ben')
    await inNorth.answered()
    north1.send(updateOf((doc) => doc.getMap('fields').set('nextStep', 'by ben')))
    await north1.answered()
    expect(north1.verdicts.at(-1)).toBe(false)
    inSouth.doc.getMap('fields').set('nextStep', 'for ben')
    await south1.until(({ doc }) => doc.getMap('fields').get('nextStep') === 'for ben')
    expect(north1.doc.getMap('fields').has('nextStep')).toBe(false)
    expect(inNorth.doc.getMap('fields').get('nextStep')).toBe('not for ben')
    const again = ben.attach(inNorth.name)
    await ben.until(() => again.denied !== undefined)
    expect(again.received).toEqual([])
  })

  test('[API-2] a list from before is completed anew when what one may see has changed', async () => {
    const ana = await server.newOpportunity('ana')
    const ben = await server.person('ben')
    const first = await ben.get<CataloguePage>('/api/catalogue')
    expect(first.complete).toBe(true)
    expect(first.entries.map(({ name }) => name)).toEqual([ana.name])
    const next = await ben.get<CataloguePage>(`/api/catalogue?cursor=${first.cursor}`)
    expect(next).toMatchObject({ complete: false, entries: [], cursor: first.cursor })
    await administer('ben', { territoryIds: [south] })
    const after = await ben.get<CataloguePage>(`/api/catalogue?cursor=${first.cursor}`)
    expect(after).toMatchObject({ complete: true, entries: [] })
    expect(after.cursor).not.toBe(first.cursor)
  })
})

describe('tokens', () => {
  test('[GATE-1] a fresh token on an open document moves the socket to the new session', async () => {
    const ana = await server.newOpportunity('ana')
    const other = await signIn(() => server.url, 'ana')
    ana.client.send(tokenFrame(ana.address, await other.token()))
    await ana.client.ping()
    ana.doc.getMap('fields').set('nextStep', 'with the new token')
    await ana.answered()
    const first = await server.person('ana')
    // The first session ends, and the socket stands on the second one.
    await expect
      .poll(async () => (await first.api('POST', '/api/auth/sign-out', { body: {} })).status)
      .toBe(200)
    ana.doc.getMap('fields').set('nextStep', 'after signing out elsewhere')
    await ana.answered()
    expect(ana.refused).toBe(0)
    await other.api('POST', '/api/auth/sign-out', { body: {} })
    expect((await ana.client.closed).reason).toBe('auth/revoked')
  })

  test('[GATE-1] the token of somebody else ends the socket on an open document, and is refused for another one', async () => {
    const ana = await server.newOpportunity('ana')
    const other = await server.newOpportunity('ana')
    const benToken = await (await server.person('ben')).token()
    const second = ana.client.attach(other.name, { token: benToken })
    await ana.client.until(() => second.denied !== undefined)
    expect(second.denied).toBe('access/denied')
    ana.doc.getMap('fields').set('nextStep', 'still Ana')
    await ana.answered()
    expect(ana.refused).toBe(0)
    ana.client.send(tokenFrame(ana.address, benToken))
    expect((await ana.client.closed).reason).toBe('access/denied')
  })

  test('[GATE-11] before a token expires the server asks for another: who answers stays, who does not is closed', async () => {
    const start = Date.now()
    // Before the server starts, so that it looks at this clock too.
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    await using patient = await openTestServer()
    const silent = await patient.newOpportunity('ana')
    const ben = await patient.person('ben')
    let fetched = 0
    await using stock = openStockClient(patient.syncUrl, () => {
      fetched++
      return ben.token()
    })
    const opened = stock.open(silent.name)
    await opened.synced
    let drops = 0
    stock.socket.on('disconnect', () => drops++)
    expect(fetched).toBe(1)
    const asked = () =>
      silent.client.frames.filter(
        ({ type, subtype }) => type === frameTypes.auth && subtype === authTypes.token,
      ).length
    // Tokens live for five minutes; the server asks half a minute before the end and waits as long after it.
    vi.setSystemTime(start + 4.75 * 60_000)
    await silent.until(() => asked() === 1)
    await expect.poll(() => fetched).toBe(2)
    vi.setSystemTime(start + 5.75 * 60_000)
    expect((await silent.client.closed).reason).toBe('auth/token-expired')
    opened.doc.getMap('fields').set('nextStep', 'still connected')
    await expect.poll(() => opened.provider.hasUnsyncedChanges).toBe(false)
    expect(drops).toBe(0)
    expect(asked()).toBe(1)
  })
})

function updateOf(edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  edit(doc)
  return Y.encodeStateAsUpdate(doc)
}
