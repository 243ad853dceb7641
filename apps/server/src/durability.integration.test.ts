import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { documentEndpoint, endpoints, frameTypes, type HistoryPage } from '@fulqrun/protocol'
import { documentJson, type WireChannel, wireFrame } from '@fulqrun/testkit'
import { writeVarString } from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDisk } from './testing/failing-store.ts'
import { openTestServer, type TestServer } from './testing/test-server.ts'

/** What happens to edits when the disk, the log or the end of the process gets in the way. */

async function freshCopy(server: TestServer, name: WireChannel['name']): Promise<Y.Doc> {
  const client = await server.connect('mia')
  const channel = await client.open(name)
  await client[Symbol.asyncDispose]()
  return channel.doc
}

const loaded = (server: TestServer) => server.metric('fulqrun_documents_loaded')

describe('a disk that fails', () => {
  test('[DOC-1] [LOG-3] the last client leaves while the store refuses: nothing is acknowledged, nothing is lost (SYNC 3)', async () => {
    const disk = createDisk()
    await using server = await openTestServer({ openStore: disk.open })
    const ana = await server.newOpportunity('ana')
    const acknowledged = ana.acknowledged
    disk.state = 'failing'
    for (let edit = 0; edit < 50; edit++) ana.doc.getMap('fields').set('nextStep', `step ${edit}`)
    await ana.client.ping()
    await expect.poll(() => disk.tried).toBeGreaterThan(1)
    expect(ana.verdicts.length).toBe(acknowledged)
    await ana.client[Symbol.asyncDispose]()
    await expect.poll(() => server.metric('fulqrun_sockets')).toBe(0)
    const tried = disk.tried
    await expect.poll(() => disk.tried).toBeGreaterThan(tried + 1)
    // Nobody has it open and the disk refuses it, so memory is the only place where it is.
    expect(await loaded(server)).toBe(1)
    disk.work()
    // The next attempt comes after a second at most, and the summary a second after it.
    await expect.poll(() => loaded(server)).toBe(0)
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').get('nextStep')).toBe('step 49')
  })

  test('[LOG-1] acknowledgements stop while it fails and resume when it works; colleagues see edits all the time (SYNC 3)', async () => {
    const disk = createDisk()
    await using server = await openTestServer({ openStore: disk.open })
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    disk.state = 'failing'
    const before = ana.verdicts.length
    for (let edit = 0; edit < 20; edit++) {
      ana.doc.getMap('fields').set('nextStep', `step ${edit}`)
      await ben.until(() => ben.doc.getMap('fields').get('nextStep') === `step ${edit}`)
    }
    expect(ana.verdicts.length).toBe(before)
    const ready = () => fetch(server.url + endpoints.ready).then(({ status }) => status)
    await expect.poll(ready).toBe(503)
    disk.work()
    await ana.answered()
    expect(ana.refused).toBe(0)
    expect(await ready()).toBe(200)
    await server.restart()
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').get('nextStep')).toBe('step 19')
  })

  test('[LOG-3] the history of an edit cannot be written once: the process lives and writes it later (SYNC 8)', async () => {
    const disk = createDisk()
    await using server = await openTestServer({ openStore: disk.open })
    const ana = await server.newOpportunity('ana')
    disk.state = 'failing'
    ana.doc.getMap('fields').set('nextStep', 'written at the second try')
    await expect.poll(() => disk.tried).toBeGreaterThan(0)
    disk.work()
    await ana.answered()
    const mia = await server.person('mia')
    const { entries } = await mia.get<HistoryPage>(documentEndpoint(ana.name, 'history'))
    expect(entries[0]?.changes).toMatchObject([
      { path: 'fields.nextStep', after: 'written at the second try' },
    ])
    expect(server.logs.map(({ msg }) => msg)).not.toContain('a rejection was not handled')
  })

  test('[LOG-5] a document whose summary cannot be made does not stop the log for the others (SYNC 8)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const update = new Y.Doc()
    // Everything an honest schema would never hold, in one update; whatever the rules let through must be describable.
    for (const key of ['name', 'stage', 'closeDate', 'probability', 'ownerId'])
      update.getMap('fields').set(key, { toString: 1, valueOf: null, length: -1 })
    ana.send(Y.encodeStateAsUpdate(update))
    await ana.answered()
    ana.doc.getMap('fields').set('nextStep', 'goes on')
    await ana.answered()
    expect(ana.refused).toBe(0)
    expect(server.errors()).toEqual([])
  })
})

describe('going down', () => {
  test('a server that stops finishes what it has, answers upgrades with 503, and takes the rest back up (SYNC 27)', async () => {
    const disk = createDisk()
    await using server = await openTestServer({ openStore: disk.open })
    const ana = await server.newOpportunity('ana')
    const before = ana.verdicts.length
    disk.state = 'stuck'
    ana.doc.getMap('fields').set('nextStep', 'on its way to disk')
    await expect.poll(() => disk.tried).toBe(1)
    const { port, hostname } = new URL(server.url)
    const half = connectTcp(Number(port), hostname)
    await once(half, 'connect')
    half.write('GET /sync HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n')
    // An answer on another connection means that the first one's bytes have been read.
    await fetch(server.url + endpoints.health)
    const closing = server.close()
    half.write(
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    const [answer] = (await once(half, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /)
    expect(ana.verdicts.length).toBe(before)
    disk.work()
    await closing
    await ana.client.closed
    expect(ana.client.close?.reason).toBe('server/stopping')
    // The acknowledgement was sent before the close.
    expect(ana.verdicts.length).toBe(before + 1)
    await server.restart()
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').get('nextStep')).toBe('on its way to disk')
  })

  test('a client that never answers the close does not keep it (SYNC 27)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    ana.client.stopReading()
    // The socket library by itself would wait for half a minute.
    const deadline = AbortSignal.timeout(25_000)
    await server.close()
    expect(deadline.aborted).toBe(false)
    expect(ana.client.isOpen).toBe(true)
    ana.client.terminate()
  })

  test('a disk that never comes back is told, not waited for (SYNC 27)', async () => {
    const disk = createDisk()
    await using server = await openTestServer({ openStore: disk.open })
    const ana = await server.newOpportunity('ana')
    const before = ana.verdicts.length
    disk.state = 'failing'
    ana.doc.getMap('fields').set('nextStep', 'never durable')
    await ana.client.ping()
    await expect(server.close()).rejects.toThrow(/could not be written/)
    expect(ana.verdicts.length).toBe(before)
    disk.work()
    await server.restart()
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').has('nextStep')).toBe(false)
  })
})

describe('leaving memory', () => {
  test('[STO-4] a document of thousands of updates is unloaded, and comes back from its snapshot and what follows', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const notes = ana.doc.getText('text:meddpicc.metrics.currentCost')
    for (let edit = 0; edit < 1500; edit++) {
      notes.insert(notes.length, `word ${edit} `)
      if (edit % 5 === 0) await ana.answered()
      if (edit === 1200) await ana.answered()
    }
    await ana.answered()
    const before = documentJson(ana.doc)
    await ana.client[Symbol.asyncDispose]()
    await expect.poll(() => loaded(server)).toBe(0)
    const again = await (await server.connect('ana')).open(ana.name)
    expect(documentJson(again.doc)).toEqual(before)
    again.doc.getMap('fields').set('nextStep', 'after the snapshot')
    await again.answered()
    await again.client[Symbol.asyncDispose]()
    await expect.poll(() => loaded(server)).toBe(0)
    await server.restart()
    const fresh = await freshCopy(server, ana.name)
    expect(documentJson(fresh)).toEqual(documentJson(again.doc))
  })

  test('[DOC-1] coming and going a hundred times while documents are being unloaded loses nothing', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    await ana.client[Symbol.asyncDispose]()
    const clients = await Promise.all([server.connect('ana'), server.connect('ben')])
    for (let round = 0; round < 100; round++) {
      const client = clients[round % 2]
      if (client === undefined) throw new Error('there are two')
      const channel = await client.open(ana.name)
      channel.doc.getMap('fields').set('nextStep', `round ${round}`)
      const left = channel.name
      // Leaves without waiting for the answer; the next one comes while the document is on its way out.
      client.send(closeFrame(left))
      if (round > 0 && round % 10 === 0) await client.ping()
    }
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').get('nextStep')).toBe('round 99')
    expect(server.errors()).toEqual([])
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
    await expect.poll(() => loaded(server)).toBe(0)
    await server.restart()
    expect((await freshCopy(server, ana.name)).getMap('fields').get('nextStep')).toBe('round 99')
  })

  test('[GATE-5] an update that builds on one that has not arrived waits for it, unanswered (SYNC 26)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    const updates: Uint8Array[] = []
    const device = new Y.Doc()
    Y.applyUpdate(device, Y.encodeStateAsUpdate(ana.doc))
    device.on('update', (update: Uint8Array) => updates.push(update))
    device.getMap('fields').set('product', 'first')
    device.getMap('fields').set('nextStep', 'second')
    const [first, second] = updates
    if (first === undefined || second === undefined) throw new Error('there are two')
    const before = ana.verdicts.length
    const asked = ana.questions
    ana.send(second)
    await ana.until(() => ana.questions > asked)
    await ana.client.ping()
    await ben.client.ping()
    expect(ben.doc.getMap('fields').has('nextStep')).toBe(false)
    const newcomer = await (await server.connect('mia')).open(ana.name)
    expect(newcomer.doc.store.pendingStructs).toBeNull()
    ana.send(first)
    await ana.answered()
    expect(ana.verdicts.slice(before)).not.toContain(false)
    await ben.client.ping()
    expect(ben.doc.getMap('fields').toJSON()).toMatchObject({ product: 'first', nextStep: 'second' })
    await server.restart()
    const fresh = await freshCopy(server, ana.name)
    expect(fresh.getMap('fields').toJSON()).toMatchObject({ product: 'first', nextStep: 'second' })
  })
})

function closeFrame(address: string): Uint8Array {
  return wireFrame(address, frameTypes.close, (encoder) => writeVarString(encoder, 'leaving'))
}
