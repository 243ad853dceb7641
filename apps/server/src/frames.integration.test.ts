import { frameTypes, limits, syncTypes } from '@fulqrun/protocol'
import {
  awarenessFrame,
  documentJson,
  syncFrame,
  tokenFrame,
  updateFrame,
  type WireChannel,
  WireClient,
  wireFrame,
  seedOfRun,
} from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { writeUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { openStockClient } from './testing/stock-client.ts'
import { newOpportunityName, openTestServer, type TestServer } from './testing/test-server.ts'

/** Bytes that are no frames, frames that are too large, and documents that are refused beside others that are not. */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function freshCopy(name: WireChannel['name']): Promise<Y.Doc> {
  const client = await server.connect('mia')
  const channel = await client.open(name)
  await client[Symbol.asyncDispose]()
  return channel.doc
}

/** Ben, who goes on working on the same record while somebody else misbehaves. */
async function openBystander(name: WireChannel['name']) {
  const ben = await (await server.connect('ben')).open(name)
  let edits = 0
  return {
    ben,
    /** Edits and waits for the acknowledgement: the server is well. */
    async works(): Promise<void> {
      ben.doc.getMap('fields').set('product', `edit ${++edits}`)
      await ben.answered()
      expect(ben.client.isOpen).toBe(true)
      expect(ben.refused).toBe(0)
    },
  }
}

describe('bytes that are not frames', () => {
  const seed = seedOfRun()

  test(`[GATE-4] a thousand of them: each is answered with a code or changes nothing, nobody else notices (seed ${seed})`, async () => {
    const victim = await server.newOpportunity('ana')
    const { works } = await openBystander(victim.name)
    const token = await (await server.person('ana')).token()
    const open = async () => {
      const client = await WireClient.connect({ url: server.syncUrl, token })
      return { client, channel: await client.open(victim.name, { answersSync: false }) }
    }
    let { client, channel } = await open()
    const codes = new Map<string, number>()
    let sent = 0
    for (const bytes of fc.sample(malformed(victim, token), { numRuns: 1000, seed })) {
      if (channel.detached !== undefined) await client[Symbol.asyncDispose]()
      if (!client.isOpen) ({ client, channel } = await open())
      client.send(bytes)
      sent++
      await Promise.race([client.ping().catch(() => undefined), client.closed])
      const outcome = client.close?.reason ?? (channel.refused > 0 ? 'refused' : 'ignored')
      if (client.close !== undefined) {
        expect(client.close.code).toBeGreaterThanOrEqual(4400)
        expect(client.close.code).toBeLessThan(4500)
      }
      codes.set(outcome, (codes.get(outcome) ?? 0) + 1)
      if (sent % 50 === 0) await works()
    }
    await client[Symbol.asyncDispose]()
    expect(sent).toBe(1000)
    expect(codes.get('frame/malformed')).toBeGreaterThan(100)
    expect(codes.get('server/internal')).toBeUndefined()
    await works()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(server.errors()).toEqual([])
  }, 120_000)

  test('[GATE-4] text messages, unknown types and long addresses end the socket with a code', async () => {
    const victim = await server.newOpportunity('ana')
    const attempts: (Uint8Array | string)[] = [
      'hello',
      new Uint8Array(0),
      wireFrame(victim.name, 99),
      wireFrame('x'.repeat(600), frameTypes.ping),
      wireFrame(victim.name, frameTypes.broadcastStateless, (encoder) =>
        writeVarString(encoder, 'to everybody'),
      ),
      wireFrame(victim.name, frameTypes.auth, (encoder) => writeVarUint(encoder, 2)),
      syncFrame(victim.name, 7, new Uint8Array([0, 0])),
      awarenessFrame(victim.name, [{ clientId: 1, clock: 1, state: 'x'.repeat(20_000) }]),
      awarenessFrame(victim.name, [{ clientId: 1, clock: 1, state: ['not', 'an', 'object'] }]),
    ]
    for (const attempt of attempts) {
      const client = await server.connect('ana')
      await client.open(victim.name)
      client.send(attempt)
      expect((await client.closed).reason).toBe('frame/malformed')
    }
  })

  test('[GATE-4] [DOC-2] updates that decode to nonsense are refused and kept, the socket stays', async () => {
    const victim = await server.newOpportunity('ana')
    const before = documentJson(victim.doc)
    const nonsense = [
      new Uint8Array([1]),
      new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
      new Uint8Array([1, 1, 1, 0, 4]),
      new Uint8Array([0, 1, 1, 1, 255, 255, 255, 255, 255]),
    ]
    for (const bytes of nonsense) {
      victim.send(bytes)
      await victim.answered()
      expect(victim.verdicts.at(-1)).toBe(false)
      expect(victim.messages.at(-1)).toMatchObject({ type: 'refused', code: 'update/malformed' })
    }
    const kept = server.quarantine().filter(({ document }) => document === victim.name)
    expect(kept.map(({ data }) => data)).toEqual(nonsense)
    expect(new Set(kept.map(({ code, author_id: author }) => `${code} ${author}`))).toEqual(
      new Set(['update/malformed ana']),
    )
    victim.doc.getMap('fields').set('nextStep', 'still here')
    await victim.answered()
    expect(documentJson(await freshCopy(victim.name))).toMatchObject(before)
  })

  test('[GATE-8] whoever does not sign in may neither send much nor name many documents', async () => {
    const flood = await WireClient.connect({ url: server.syncUrl })
    const name = newOpportunityName()
    for (let frame = 0; frame <= limits.maxFramesBeforeAuth; frame++)
      flood.send(updateFrame(name, new Uint8Array([0, 0])))
    expect((await flood.closed).reason).toBe('frame/before-auth')
    const crowd = await WireClient.connect({ url: server.syncUrl })
    for (let document = 0; document <= limits.maxDocumentsBeforeAuth + 1; document++)
      crowd.send(updateFrame(newOpportunityName(), new Uint8Array([0, 0])))
    expect((await crowd.closed).reason).toBe('frame/before-auth')
    const forged = await WireClient.connect({ url: server.syncUrl, token: 'eyJhbGciOiJub25lIn0.e30.' })
    const channel = forged.attach(name)
    await forged.until(() => channel.denied !== undefined)
    expect(channel.denied).toBe('auth/token-invalid')
    await forged[Symbol.asyncDispose]()
  })
})

describe('updates that are too large', () => {
  test('[GATE-9] [DOC-2] over 1 MiB: refused with a reason and kept, while the edits of others keep flowing (SYNC 28)', async () => {
    const ana = await server.newOpportunity('ana')
    const { ben, works } = await openBystander(ana.name)
    const before = documentJson(ana.doc)
    const large = new Y.Doc()
    Y.applyUpdate(large, Y.encodeStateAsUpdate(ana.doc))
    const vector = Y.encodeStateVector(large)
    large.transact(() => {
      for (let key = 0; key < 60_000; key++) large.getMap('fields').set(`key-${key}`, 'x'.repeat(10))
    })
    const update = Y.encodeStateAsUpdate(large, vector)
    expect(update.byteLength).toBeGreaterThan(limits.maxFrameBytes)
    expect(update.byteLength).toBeLessThan(limits.maxSocketPayloadBytes)
    ana.send(update)
    // Ben gets through a hundred edits, one after the other; were the large one applied, its keys would reach him.
    for (let edit = 0; edit < 100; edit++) await works()
    await ana.answered()
    expect(ana.verdicts.at(-1)).toBe(false)
    expect(ana.messages.at(-1)).toMatchObject({ type: 'refused', code: 'update/too-large' })
    expect(ana.messages.at(-1)).toHaveProperty('quarantineId')
    expect(server.quarantine().find(({ document }) => document === ana.name)?.data).toEqual(update)
    expect(Object.keys(ben.doc.getMap('fields').toJSON()).filter((key) => key.startsWith('key-'))).toEqual([])
    ana.doc.getMap('fields').set('nextStep', 'a small one')
    await ana.answered()
    expect(ana.verdicts.at(-1)).toBe(true)
    expect(documentJson(await freshCopy(ana.name))).toMatchObject({
      ...before,
      fields: { nextStep: 'a small one', product: 'edit 100' },
      edited: expect.anything() as unknown,
    })
  })

  test('[GATE-9] over 4 MiB: the socket ends with a code, and others are not concerned (SYNC 28)', async () => {
    const ana = await server.newOpportunity('ana')
    const { works } = await openBystander(ana.name)
    ana.send(new Uint8Array(limits.maxSocketPayloadBytes + 1))
    const { code } = await ana.client.closed
    // 1009, message too big: the WebSocket layer's own, which stops reading before there is a frame to look at.
    expect(code).toBe(1009)
    await works()
  })

  test('[GATE-9] frames that are no writes are closed when they are too large', async () => {
    const ana = await server.newOpportunity('ana')
    ana.client.send(
      wireFrame(ana.address, frameTypes.stateless, (encoder) =>
        writeUint8Array(encoder, new Uint8Array(limits.maxFrameBytes)),
      ),
    )
    expect((await ana.client.closed).reason).toBe('frame/too-large')
  })

  test('[ADM-4] a crowd of small keys is admitted and put back without an error', async () => {
    const ana = await server.newOpportunity('ana')
    const crowd = new Y.Doc()
    Y.applyUpdate(crowd, Y.encodeStateAsUpdate(ana.doc))
    const vector = Y.encodeStateVector(crowd)
    crowd.transact(() => {
      for (let key = 0; key < 5000; key++) crowd.getMap('fields').set(`key-${key}`, key)
    })
    ana.send(Y.encodeStateAsUpdate(crowd, vector))
    await ana.answered()
    const fresh = await freshCopy(ana.name)
    expect(fresh.getMap('fields').size).toBe(1)
    expect(server.errors()).toEqual([])
  })
})

describe('one refused document', () => {
  test('[GATE-3] 1,100 edits on it leave the others on the same socket alone: stock provider (SYNC 9)', async () => {
    const mine = await server.newOpportunity('ana')
    const ana = await server.person('ana')
    const foreign = newOpportunityName('rival')
    await using stock = openStockClient(server.syncUrl, () => ana.token())
    let drops = 0
    stock.socket.on('disconnect', () => drops++)
    const healthy = stock.open(mine.name)
    const denied = stock.open(foreign)
    await healthy.synced
    await expect.poll(() => denied.denied()).toBe('access/denied')
    for (let edit = 0; edit < 1100; edit++) {
      denied.doc.getMap('fields').set('nextStep', `edit ${edit}`)
      if (edit % 100 === 0) healthy.doc.getMap('fields').set('nextStep', `edit ${edit}`)
    }
    healthy.doc.getMap('fields').set('product', 'arrives')
    await mine.until(() => mine.doc.getMap('fields').get('product') === 'arrives')
    await expect.poll(() => healthy.provider.hasUnsyncedChanges).toBe(false)
    expect(drops).toBe(0)
    expect(healthy.provider.isAuthenticated).toBe(true)
  })

  test('[GATE-3] every write to it is answered with no', async () => {
    const mine = await server.newOpportunity('ana')
    const { client } = mine
    const denied = client.attach(newOpportunityName('rival'))
    await client.until(() => denied.denied !== undefined)
    for (let edit = 0; edit < 1100; edit++) denied.send(new Uint8Array([0, 0]))
    await denied.answered()
    expect(denied.acknowledged).toBe(0)
    expect(denied.refused).toBe(1100)
    mine.doc.getMap('fields').set('nextStep', 'fine')
    await mine.answered()
    expect(mine.refused).toBe(0)
  })
})

/** Random bytes, and honest frames that are cut, bent, swapped or blown up. */
function malformed(channel: WireChannel, token: string): fc.Arbitrary<Uint8Array> {
  const update = Y.encodeStateAsUpdate(channel.doc)
  const honest = [
    updateFrame(channel.name, update),
    syncFrame(channel.name, syncTypes.step1, Y.encodeStateVector(channel.doc)),
    syncFrame(channel.name, syncTypes.step2, update),
    awarenessFrame(channel.name, [{ clientId: 4, clock: 4, state: { user: { name: 'x' }, cursor: [1, 2] } }]),
    wireFrame(channel.name, frameTypes.stateless, (encoder) => writeVarString(encoder, '{"type":"refused"}')),
    wireFrame(channel.name, frameTypes.queryAwareness),
    tokenFrame(channel.name, token),
  ]
  const frame = fc.constantFrom(...honest)
  const cut = fc
    .tuple(frame, fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([bytes, share]) => bytes.slice(0, Math.floor(bytes.length * share)))
  const bent = fc
    .tuple(
      frame,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 }),
    )
    .map(([bytes, flips]) => {
      const copy = bytes.slice()
      for (const [at, mask] of flips) {
        const index = at % copy.length
        copy[index] = (copy[index] ?? 0) ^ mask
      }
      return copy
    })
  // Bent behind the name, where a parser of updates or of presence has to cope with it.
  const bentInside = fc
    .tuple(frame, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([bytes, at, noise]) => {
      const head = channel.name.length + 3
      const copy = bytes.slice()
      const from = Math.min(head + (at % Math.max(1, copy.length - head)), copy.length - 1)
      copy.set(noise.subarray(0, copy.length - from), from)
      return copy
    })
  const hugeLength = fc
    .tuple(fc.constantFrom(0, 1, 4, 5), fc.nat({ max: 2 ** 31 - 1 }))
    .map(([type, length]) =>
      wireFrame(channel.name, type, (encoder) => {
        writeVarUint(encoder, 2)
        writeVarUint(encoder, length)
        writeUint8Array(encoder, new Uint8Array(10))
      }),
    )
  const anyType = fc
    .tuple(fc.nat({ max: 300 }), fc.uint8Array({ maxLength: 60 }))
    .map(([type, rest]) => wireFrame(channel.name, type, (encoder) => writeUint8Array(encoder, rest)))
  const anyUpdate = fc.uint8Array({ maxLength: 200 }).map((bytes) => updateFrame(channel.name, bytes))
  return fc.oneof(fc.uint8Array({ maxLength: 300 }), cut, bent, bentInside, hugeLength, anyType, anyUpdate)
}
