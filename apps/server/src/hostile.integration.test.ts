import { isDeepStrictEqual } from 'node:util'
import { type CataloguePage, documentEndpoint, financialsEndpoint, type HistoryPage } from '@fulqrun/protocol'
import {
  createDocument,
  defineRoots,
  newDocumentId,
  readOpportunity,
  readProposals,
  rootsOf,
} from '@fulqrun/schema'
import {
  arbitraryHostileEdit,
  awarenessFrame,
  documentJson,
  hostileUpdate,
  type WireChannel,
  seedOfRun,
} from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  createOpportunity,
  newOpportunityName,
  north,
  openTestServer,
  south,
  type TestServer,
} from './testing/test-server.ts'

/**
 * A client with a rep's token, raw Yjs and no manners against a record that a colleague has open. Every update frame
 * that the colleague receives is applied to a replica one by one, and after each the official values must be there.
 */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const official = { amount: 45_000, currency: 'USD', discount: 5, margin: 61.5, version: 1, source: 'ERP' }
const lowId = 1
const highId = 4_294_967_295

interface Scene {
  readonly ana: WireChannel
  readonly ben: WireChannel
  /** What ben's replica has shown of the official values since the scene was set, update by update. */
  readonly seen: unknown[]
}

/** Ana's opportunity with official financials, open at ben's. */
async function openScene(): Promise<Scene> {
  const ana = await server.newOpportunity('ana')
  const finn = await server.person('finn')
  const { version: _version, ...values } = official
  const put = await finn.api('PUT', financialsEndpoint(ana.name.split('/')[2] ?? ''), {
    body: values,
    headers: { 'if-match': '0' },
  })
  expect(put.status).toBe(200)
  const ben = await (await server.connect('ben')).open(ana.name)
  await ben.until(() => ben.doc.getMap('financials').get('version') === 1)
  const seen: unknown[] = []
  ben.watch(() => seen.push(ben.doc.getMap('financials').toJSON()))
  return { ana, ben, seen }
}

/** The update that an attacker makes who has seen `doc`; roots have whatever type the attack gives them. */
function attackUpdate(doc: Y.Doc, clientId: number, attack: (attacker: Y.Doc) => void): Uint8Array {
  const attacker = new Y.Doc()
  Y.applyUpdate(attacker, Y.encodeStateAsUpdate(doc))
  attacker.clientID = clientId
  const before = Y.encodeStateVector(attacker)
  attack(attacker)
  return Y.encodeStateAsUpdate(attacker, before)
}

/** Everything that has been admitted so far has reached ben when this resolves. */
async function settle({ ana, ben }: Scene): Promise<void> {
  await ana.answered()
  await ben.client.ping()
}

async function freshCopy(name: WireChannel['name']): Promise<Y.Doc> {
  const client = await server.connect('mia')
  const channel = await client.open(name)
  await client[Symbol.asyncDispose]()
  return channel.doc
}

async function expectUnmoved(scene: Scene): Promise<void> {
  await settle(scene)
  expect(scene.seen.filter((shown) => !isDeepStrictEqual(shown, official))).toEqual([])
  const fresh = await freshCopy(scene.ana.name)
  expect(fresh.getMap('financials').toJSON()).toEqual(official)
  expect(documentJson(fresh)).toEqual(documentJson(scene.ben.doc))
}

const nastyValues: Readonly<Record<string, () => unknown>> = {
  number: () => 99_000,
  negative: () => -1,
  infinity: () => Infinity,
  text: () => 'USD',
  'huge text': () => 'x'.repeat(200_000),
  null: () => null,
  undefined: () => undefined,
  bigint: () => 2n ** 60n,
  bytes: () => new Uint8Array(1000),
  'nested map': () => new Y.Map([['amount', 1]]),
  'nested array': () => Y.Array.from([1, 2, 3]),
  'nested text': () => new Y.Text('45000'),
  'xml element': () => new Y.XmlElement('script'),
  subdocument: () => new Y.Doc(),
  object: () => ({ value: 1, ['__proto__']: { polluted: true } }),
}

describe('a hostile rep never moves an official value on a colleague screen', () => {
  for (const clientId of [lowId, highId]) {
    describe(`with ${clientId === lowId ? 'a low' : 'a high'} client id`, () => {
      test('[ADM-1] sets every pinned key to every kind of value', async () => {
        const scene = await openScene()
        for (const key of [...Object.keys(official), 'unlisted', '__proto__', '']) {
          for (const make of Object.values(nastyValues)) {
            scene.ana.send(
              attackUpdate(scene.ben.doc, clientId, (doc) => doc.getMap('financials').set(key, make())),
            )
            await settle(scene)
          }
        }
        await expectUnmoved(scene)
        expect(scene.ana.refused).toBe(0)
      })

      test('[ADM-1] deletes pinned keys, one by one and all at once', async () => {
        const scene = await openScene()
        for (const key of Object.keys(official)) {
          scene.ana.send(attackUpdate(scene.ben.doc, clientId, (doc) => doc.getMap('financials').delete(key)))
          await settle(scene)
        }
        scene.ana.send(attackUpdate(scene.ben.doc, clientId, (doc) => doc.getMap('financials').clear()))
        await expectUnmoved(scene)
        expect(scene.ana.refused).toBe(0)
      })

      test('[ADM-1] writes and deletes the same key many times in one update, with old updates replayed, reordered and doubled', async () => {
        const scene = await openScene()
        const updates: Uint8Array[] = []
        const attacker = new Y.Doc()
        Y.applyUpdate(attacker, Y.encodeStateAsUpdate(scene.ben.doc))
        attacker.clientID = clientId
        attacker.on('update', (update: Uint8Array) => updates.push(update))
        for (let round = 0; round < 20; round++) {
          attacker.transact(() => {
            attacker.getMap('financials').set('amount', round)
            attacker.getMap('financials').delete('amount')
            attacker.getMap('financials').set('amount', -round)
            attacker.getMap('fields').set('nextStep', `step ${round}`)
          })
        }
        for (const update of updates.toReversed()) scene.ana.send(update)
        for (const update of updates) scene.ana.send(update)
        for (const update of updates) scene.ana.send(update)
        scene.ana.send(Y.mergeUpdates(updates))
        await expectUnmoved(scene)
        expect(scene.ben.doc.getMap('fields').get('nextStep')).toBe('step 19')
      })
    })
  }

  test('[ADM-5] puts list content into map roots, map content into text roots and anything into unknown roots', async () => {
    const scene = await openScene()
    const before = documentJson(scene.ben.doc)
    const roots = rootsOf('opportunity')
    const attacks: ((doc: Y.Doc) => void)[] = [
      ...roots
        .filter(({ type }) => type === 'map')
        .flatMap(({ name }) => [
          (doc: Y.Doc) => doc.getArray(name).insert(0, [1, { a: 1 }, new Y.Map()]),
          (doc: Y.Doc) => doc.getText(name).insert(0, 'text', { bold: true }),
          (doc: Y.Doc) => doc.getXmlFragment(name).insert(0, [new Y.XmlElement('script')]),
        ]),
      ...roots
        .filter(({ type }) => type !== 'map')
        .flatMap(({ name }) => [
          (doc: Y.Doc) => doc.getMap(name).set('key', 'value'),
          (doc: Y.Doc) => doc.getMap(name).set('key', new Y.Map([['deep', new Y.Array()]])),
          (doc: Y.Doc) => doc.getArray(name).insert(0, [new Y.Map([['deep', 1]])]),
        ]),
      ...[
        'unknown',
        '__proto__',
        'constructor',
        '',
        'financials.amount',
        'text:unknown',
        'x'.repeat(5000),
      ].flatMap((name) => [
        (doc: Y.Doc) => doc.getMap(name).set('amount', 1),
        (doc: Y.Doc) => doc.getArray(name).insert(0, ['a', new Y.Map([['b', new Y.Text('c')]])]),
        (doc: Y.Doc) => doc.getText(name).insert(0, 'text'),
      ]),
    ]
    for (const [index, attack] of attacks.entries()) {
      scene.ana.send(attackUpdate(emptyRoots(scene.ben.doc), 10_000 + index, attack))
      await settle(scene)
    }
    await expectUnmoved(scene)
    expect(documentJson(scene.ben.doc)).toEqual(before)
    expect(scene.ana.refused).toBe(0)
  })

  const seed = seedOfRun()

  test(`[ADM-1] does three hundred arbitrary things (seed ${seed})`, async () => {
    const scene = await openScene()
    const edits = fc.sample(arbitraryHostileEdit('opportunity'), { numRuns: 300, seed })
    for (const [index, edit] of edits.entries()) {
      const clientId = index % 2 === 0 ? 5 + index : highId - 5 - index
      scene.ana.send(hostileUpdate(scene.ben.doc, edit, clientId))
      await settle(scene)
      expect(() => readOpportunity(scene.ben.doc)).not.toThrow()
    }
    await expectUnmoved(scene)
    const history = await (
      await server.person('ben')
    ).get<HistoryPage>(documentEndpoint(scene.ana.name, 'history'))
    expect(history.entries.every(({ author }) => author.id === 'ana' || author.id === 'finn')).toBe(true)
    const catalogue = await (await server.person('ben')).get<CataloguePage>('/api/catalogue')
    expect(catalogue.entries.map(({ name }) => name)).toContain(scene.ana.name)
  })

  test('[POL-3] changes where a record belongs, who made it, its kind and its version', async () => {
    const scene = await openScene()
    const before = scene.ben.doc.getMap('meta').toJSON()
    const metaSeen: unknown[] = []
    scene.ben.watch(() => metaSeen.push(scene.ben.doc.getMap('meta').toJSON()))
    for (const clientId of [lowId + 1, highId - 1]) {
      for (const [key, value] of Object.entries({
        territoryId: south,
        createdBy: 'ben',
        createdAt: 1,
        kind: 'kpi',
        schemaVersion: 999,
        extra: 1,
      })) {
        for (const attack of [
          (doc: Y.Doc) => doc.getMap('meta').set(key, value),
          (doc: Y.Doc) => doc.getMap('meta').delete(key),
        ]) {
          scene.ana.send(attackUpdate(scene.ben.doc, clientId, attack))
          await settle(scene)
        }
      }
    }
    await expectUnmoved(scene)
    expect(metaSeen.filter((shown) => !isDeepStrictEqual(shown, before))).toEqual([])
  })

  test('[POL-4] forges proposals: another author, approved already, changed and deleted afterwards (SYNC 24)', async () => {
    const scene = await openScene()
    const forged = {
      path: 'financials.amount',
      value: 1,
      author: 'ben',
      proposedAt: 5,
      status: 'approved',
      decidedBy: 'finn',
      decidedAt: 6,
      comment: 'fine',
    }
    scene.ana.send(attackUpdate(scene.ben.doc, 77, (doc) => doc.getMap('proposals').set('p1', forged)))
    scene.ana.send(attackUpdate(scene.ben.doc, 78, (doc) => doc.getMap('proposals').set('p2', 'nonsense')))
    scene.ana.send(
      attackUpdate(scene.ben.doc, 79, (doc) =>
        doc.getMap('proposals').set('p3', new Y.Map(Object.entries(forged))),
      ),
    )
    await settle(scene)
    scene.ana.send(
      attackUpdate(scene.ben.doc, 80, (doc) => doc.getMap('proposals').set('p1', { ...forged, value: 2 })),
    )
    scene.ana.send(attackUpdate(scene.ben.doc, 81, (doc) => doc.getMap('proposals').delete('p1')))
    await expectUnmoved(scene)
    expect(readProposals(scene.ben.doc)).toMatchObject([
      { id: 'p1', author: 'ana', status: 'waiting', value: 1, path: 'financials.amount' },
    ])
    expect(readProposals(scene.ben.doc)[0]).not.toHaveProperty('decidedBy')
  })

  test('[POL-3] writes conflicts, edit times in the future and of paths that are not there', async () => {
    const scene = await openScene()
    scene.ana.send(
      attackUpdate(scene.ben.doc, 90, (doc) => {
        doc.getMap('conflicts').set('c1', { path: 'fields.name', values: [1, 2] })
        doc.getMap('edited').set('fields.name', Date.now() + 1e10)
        doc.getMap('edited').set('fields.nonsense', 5)
        doc.getMap('edited').set('fields.account', { nested: true })
        doc.getMap('edited').set('fields.product', new Y.Map())
      }),
    )
    await expectUnmoved(scene)
    expect(scene.ben.doc.getMap('conflicts').size).toBe(0)
    const edited = scene.ben.doc.getMap('edited').toJSON()
    expect(edited['fields.name']).toBeLessThanOrEqual(Date.now())
    expect(Object.keys(edited)).not.toContain('fields.nonsense')
    // Beside the times there is what the server notes for itself.
    const times = Object.entries(edited).filter(([path]) => !path.startsWith('stands:'))
    expect(times.every(([, time]) => typeof time === 'number')).toBe(true)
  })

  test('[POL-1] writes targets and values of a KPI set', async () => {
    const mia = await (await server.connect('mia')).open(`meridian/kpi/${newDocumentId()}` as never)
    createDocument(mia.doc, {
      kind: 'kpi',
      territoryId: north,
      createdBy: 'mia',
      createdAt: Date.now(),
      fields: { period: '2026-Q3', title: 'North' },
    })
    await mia.answered()
    const finn = await server.person('finn')
    const trx = { value: 812, asOf: 1_790_000_000_000, formulaVersion: 1 }
    const id = mia.name.split('/')[2] ?? ''
    expect((await finn.api('PUT', `/api/kpis/${id}/values`, { body: { trx } })).status).toBe(204)
    expect((await finn.api('PUT', `/api/kpis/${id}/targets`, { body: { trx: 1000 } })).status).toBe(204)
    const ben = await (await server.connect('ben')).open(mia.name)
    await ben.until(() => ben.doc.getMap('targets').get('trx') === 1000)
    const ana = await (await server.connect('ana')).open(mia.name, { answersSync: false })
    const scene: Scene = { ana, ben, seen: [] }
    const shown = () => ({
      values: ben.doc.getMap('values').toJSON() as unknown,
      targets: ben.doc.getMap('targets').toJSON() as unknown,
    })
    const before = shown()
    const wrong: unknown[] = []
    ben.watch(() => {
      if (!isDeepStrictEqual(shown(), before)) wrong.push(shown())
    })
    for (const clientId of [lowId, highId]) {
      for (const root of ['values', 'targets']) {
        for (const attack of [
          (doc: Y.Doc) => doc.getMap(root).set('trx', 5),
          (doc: Y.Doc) => doc.getMap(root).set('trx', { ...trx, value: 99_999 }),
          (doc: Y.Doc) => doc.getMap(root).set('nrx', 5),
          (doc: Y.Doc) => doc.getMap(root).clear(),
          (doc: Y.Doc) => doc.getMap(root).set('trx', new Y.Map([['value', 3]])),
          (doc: Y.Doc) => doc.getMap('meta').set('territoryId', south),
          (doc: Y.Doc) => doc.getMap('fields').set('period', '1999-Q1'),
        ]) {
          ana.send(attackUpdate(ben.doc, clientId, attack))
          await settle(scene)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(ben.doc.getMap('fields').get('period')).toBe('2026-Q3')
    const fresh = await freshCopy(mia.name)
    expect(fresh.getMap('targets').toJSON()).toEqual({ trx: 1000 })
    expect(fresh.getMap('values').toJSON()).toEqual({ trx })
  })

  test('[GATE-5] hides a write behind an edit that the colleague has yet to make', async () => {
    // The hostile struct waits for the colleague's next letter. It must neither wait in the colleague's replica, where
    // it would come to life before the server has judged it, nor be taken for the colleague's own work.
    const scene = await openScene()
    const { ana, ben } = scene
    const benId = 2_000_000
    ben.doc.clientID = benId
    const anaToo = new Y.Doc()
    Y.applyUpdate(anaToo, Y.encodeStateAsUpdate(ben.doc))
    anaToo.clientID = benId
    anaToo.getText('text:commentary')
    const shadow = new Y.Doc()
    Y.applyUpdate(shadow, Y.encodeStateAsUpdate(ben.doc))
    shadow.clientID = benId
    shadow.getText('text:meddpicc.metrics.currentCost').insert(0, 'b')
    const seenShadow = Y.encodeStateVector(shadow)
    shadow.clientID = 3_000_000
    shadow.getText('text:meddpicc.metrics.currentCost').insert(1, 'x')
    shadow.getMap('financials').set('amount', 666)
    shadow.getMap('fields').set('nextStep', 'forged')
    ana.send(Y.encodeStateAsUpdate(shadow, seenShadow))
    await ana.client.ping()
    // Ben opens the record anew: whatever the server keeps of the attack would come with it.
    const again = await (await server.connect('ben')).open(ana.name)
    again.doc.clientID = benId
    const wrong: unknown[] = []
    again.watch(() => {
      if (again.doc.getMap('financials').get('amount') !== official.amount)
        wrong.push(again.doc.getMap('financials').get('amount'))
    })
    again.doc.getText('text:meddpicc.metrics.currentCost').insert(0, 'b')
    ana.doc.getMap('fields').set('product', 'Velorin')
    await again.answered()
    await again.client.ping()
    await ben.client.ping()
    expect(wrong).toEqual([])
    expect(scene.seen.filter((shown) => !isDeepStrictEqual(shown, official))).toEqual([])
    const history = await (await server.person('mia')).get<HistoryPage>(documentEndpoint(ana.name, 'history'))
    const byBen = history.entries
      .filter(({ author }) => author.id === 'ben')
      .flatMap(({ changes }) => changes)
    expect(byBen.map(({ path }) => path)).not.toContain('fields.nextStep')
    expect(byBen.map(({ path }) => path)).not.toContain('financials.amount')
  })
})

describe('names and identities', () => {
  test('[GATE-1] documents of another organization and of another territory give not one byte', async () => {
    const secret = await server.newOpportunity('ana', { name: 'Secret of North' })
    const eve = await server.connect('eve')
    const denied = eve.attach(secret.name)
    await eve.until(() => denied.denied !== undefined)
    expect(denied.denied).toBe('access/denied')
    denied.send(attackUpdate(secret.doc, 5, (doc) => doc.getMap('fields').set('name', 'Taken over')))
    await denied.answered()
    expect(denied.verdicts).toEqual([false])
    expect(denied.received).toEqual([])
    expect(denied.presence.size).toBe(0)
    // Under her own organization the same id is another document.
    const own = await eve.open(secret.name.replace('meridian', 'rival') as never)
    expect(documentJson(own.doc)).toEqual({})
    await eve[Symbol.asyncDispose]()
    const fresh = await freshCopy(secret.name)
    expect(fresh.getMap('fields').get('name')).toBe('Secret of North')
  })

  test('[GATE-6] whoever waits on a name before the record exists gets nothing when it comes to be elsewhere', async () => {
    const name = newOpportunityName()
    const ben = await server.connect('ben')
    const early = await ben.open(name)
    const mia = await (await server.connect('mia')).open(name)
    createDocument(mia.doc, {
      kind: 'opportunity',
      territoryId: south,
      createdBy: 'mia',
      createdAt: Date.now(),
      fields: { name: 'Secret of South' },
    })
    await mia.answered()
    expect(mia.verdicts.every(Boolean)).toBe(true)
    await ben.until(() => early.denied !== undefined)
    expect(early.denied).toBe('access/denied')
    mia.doc.getMap('fields').set('nextStep', 'secret')
    await mia.answered()
    await ben.ping()
    expect(documentJson(early.doc)).toEqual({})
  })

  test('[DOC-3] records cannot be created in a territory or an organization that is not the writer’s', async () => {
    const ana = await server.connect('ana')
    for (const territoryId of [south, 'rival-west', 'nowhere', '']) {
      const channel = await ana.open(newOpportunityName())
      const doc = new Y.Doc()
      createDocument(doc, {
        kind: 'opportunity',
        territoryId,
        createdBy: 'ana',
        createdAt: 1,
        fields: { name: 'x' },
      })
      channel.send(Y.encodeStateAsUpdate(doc))
      await channel.answered()
      expect(channel.verdicts.at(-1)).toBe(false)
      expect(channel.messages).toMatchObject([{ type: 'refused', code: 'access/denied' }])
    }
    const entries = (
      await (await server.person('mia')).get<{ entries: { territoryId: string }[] }>('/api/catalogue')
    ).entries
    expect(entries.map(({ territoryId }) => territoryId)).not.toContain('nowhere')
  })

  test('[ADM-9] whoever says to have created a record is not believed (SYNC 24)', async () => {
    const client = await server.connect('ana')
    const channel = await client.open(newOpportunityName())
    createOpportunity(channel, 'ben')
    await channel.answered()
    await channel.until(() => channel.doc.getMap('meta').get('createdBy') === 'ana')
    const fresh = await freshCopy(channel.name)
    expect(fresh.getMap('meta').get('createdBy')).toBe('ana')
  })

  test('[GATE-4] malformed names are refused when they ask, and end the socket when they write', async () => {
    for (const name of [
      '',
      'x',
      'meridian/opportunity/1',
      'meridian/secret/0',
      '../../etc/passwd',
      'a/b/c/d',
    ]) {
      const ana = await server.connect('ana')
      const channel = ana.attach(name as never, { answersSync: false })
      expect((await ana.closed).reason).toBe('document/name-invalid')
      expect(channel.denied).toBe('document/name-invalid')
    }
  })

  test('[GATE-7] presence shows who is behind it, whatever the client says (SYNC 24)', async () => {
    const scene = await openScene()
    const { ana, ben } = scene
    ben.client.send(
      awarenessFrame(ben.address, [{ clientId: 500, clock: 1, state: { user: { name: 'Whoever' } } }]),
    )
    await ana.until(() => ana.presence.has(500))
    expect(ana.presence.get(500)).toMatchObject({ user: { id: 'ben', name: 'Ben Okafor' } })
    const rude = { clientId: 500, state: { user: { id: 'ben', name: 'Ben, but rude' }, cursor: 1 } }
    ana.client.send(awarenessFrame(ana.address, [{ ...rude, clock: 9 }]))
    ana.client.send(awarenessFrame(ana.address, [{ ...rude, clock: 11, state: null }]))
    ana.client.send(
      awarenessFrame(ana.address, [
        {
          clientId: 600,
          clock: 1,
          state: { user: { id: 'ben', name: 'Ben Okafor', color: 'red;background:url(//evil)' } },
        },
      ]),
    )
    await ben.until(() => ben.presence.has(600))
    expect(ben.presence.get(600)).toEqual({ user: { id: 'ana', name: 'Ana Castillo' } })
    const cora = await (await server.connect('cora')).open(ana.name)
    await cora.until(() => cora.presence.has(600) && cora.presence.has(500))
    expect(cora.presence.get(500)).toMatchObject({ user: { id: 'ben', name: 'Ben Okafor' } })
    expect(cora.presence.get(500)).not.toHaveProperty('cursor')
    expect(ben.presence.get(500) ?? {}).not.toHaveProperty('cursor')
  })

  test('[GATE-1] compliance reads and writes nothing: refused with a reason, kept, and again when it comes back', async () => {
    const scene = await openScene()
    const cora = await (await server.connect('cora')).open(scene.ana.name)
    expect(cora.scope).toBe('readonly')
    const update = attackUpdate(cora.doc, 9, (doc) => doc.getMap('fields').set('name', 'Rewritten'))
    cora.send(update)
    cora.send(update)
    await cora.answered()
    cora.send(update)
    await cora.answered()
    cora.send(update)
    await cora.answered()
    await expect.poll(() => cora.messages.length).toBeGreaterThanOrEqual(2)
    expect(cora.messages[0]).toMatchObject({ type: 'refused', code: 'access/read-only' })
    // The log still works for everybody.
    scene.ana.doc.getMap('fields').set('nextStep', 'still works')
    await expectUnmoved(scene)
    expect(scene.ben.doc.getMap('fields').get('nextStep')).toBe('still works')
    expect(scene.ben.doc.getMap('fields').get('name')).not.toBe('Rewritten')
  })

  test('history names the authenticated author of every entry (SYNC 24)', async () => {
    const scene = await openScene()
    scene.ana.send(
      attackUpdate(scene.ben.doc, scene.ben.doc.clientID, (doc) => doc.getMap('fields').set('name', 'A')),
    )
    await settle(scene)
    const { entries } = await (
      await server.person('ben')
    ).get<HistoryPage>(documentEndpoint(scene.ana.name, 'history'))
    expect(entries.map(({ author }) => author.id)).toEqual(['ana', 'finn', 'ana'])
  })
})

describe('an offline colleague and an official value (SYNC 13)', () => {
  for (const clientId of [lowId, highId]) {
    test(`[ADM-1] finance sets it while a device with ${clientId === lowId ? 'a low' : 'a high'} client id edits it offline: the official value holds everywhere (SYNC 13)`, async () => {
      const scene = await openScene()
      const { ana, ben } = scene
      const offline = new Y.Doc()
      defineRoots(offline, 'opportunity')
      Y.applyUpdate(offline, Y.encodeStateAsUpdate(ana.doc))
      offline.clientID = clientId
      await ana.client[Symbol.asyncDispose]()
      offline.getMap('financials').set('amount', 1)
      offline.getMap('financials').set('amount', 2)
      offline.getMap('fields').set('nextStep', 'written offline')
      const finn = await server.person('finn')
      const path = financialsEndpoint(ana.name.split('/')[2] ?? '')
      const put = await finn.api('PUT', path, { body: { amount: 60_000 }, headers: { 'if-match': '1' } })
      expect(put.status).toBe(200)
      await ben.until(() => ben.doc.getMap('financials').get('amount') === 60_000)
      const wrong: unknown[] = []
      ben.watch(() => {
        const amount = ben.doc.getMap('financials').get('amount')
        if (amount !== 60_000) wrong.push(amount)
      })
      const back = await (await server.connect('ana')).open(ana.name, { doc: offline })
      await back.answered()
      await ben.until(() => ben.doc.getMap('fields').get('nextStep') === 'written offline')
      await back.until(() => back.doc.getMap('financials').get('amount') === 60_000)
      expect(wrong).toEqual([])
      const fresh = await freshCopy(ana.name)
      expect(fresh.getMap('financials').get('amount')).toBe(60_000)
      expect(readProposals(fresh)).toMatchObject([{ author: 'ana', value: 2, status: 'waiting' }])
      expect(documentJson(back.doc)).toEqual(documentJson(fresh))
      expect(documentJson(ben.doc)).toEqual(documentJson(fresh))
    })
  }
})

describe('a colleague whose client id is stolen', () => {
  /** Ben writes, goes offline and writes on; meanwhile somebody takes his client id. */
  async function openTheft(): Promise<Scene & { readonly offline: Y.Doc; readonly stolen: Uint8Array }> {
    const scene = await openScene()
    const { ana, ben } = scene
    ben.doc.getMap('fields').set('product', 'Velorin')
    await ben.answered()
    await ben.client.ping()
    const offline = new Y.Doc()
    defineRoots(offline, 'opportunity')
    Y.applyUpdate(offline, Y.encodeStateAsUpdate(ben.doc))
    offline.clientID = ben.doc.clientID
    offline.getText('text:meddpicc.metrics.currentCost').insert(0, 'written offline')
    const stolen = attackUpdate(ben.doc, ben.doc.clientID, (doc) =>
      doc.getMap('financials').set('amount', 666),
    )
    await ben.client[Symbol.asyncDispose]()
    expect(ana.refused).toBe(0)
    return { ...scene, offline, stolen }
  }

  /** The theft is tried, Ben comes back, finance sets another amount; answers what Ben's text is for everybody. */
  async function comeBack({ ana, offline, stolen }: Awaited<ReturnType<typeof openTheft>>): Promise<string> {
    const thief = await (await server.connect('ana')).open(ana.name, { answersSync: false })
    thief.send(stolen)
    await thief.answered()
    expect(thief.verdicts).toEqual([false])
    const back = await (await server.connect('ben')).open(ana.name, { doc: offline })
    await back.answered()
    const finn = await server.person('finn')
    const path = financialsEndpoint(ana.name.split('/')[2] ?? '')
    await finn.api('PUT', path, { body: { amount: 60_000 }, headers: { 'if-match': '1' } })
    await back.until(({ doc }) => doc.getMap('financials').get('amount') === 60_000)
    const fresh = await freshCopy(ana.name)
    expect(documentJson(fresh)).toEqual(documentJson(offline))
    return fresh.getText('text:meddpicc.metrics.currentCost').toJSON()
  }

  test('[DOC-4] while offline keeps every word and sees the official value (SYNC 24)', async () => {
    expect(await comeBack(await openTheft())).toBe('written offline')
  })

  test('[DOC-4] also when the server has started anew in between (SYNC 24)', async () => {
    const theft = await openTheft()
    await server.restart()
    expect(await comeBack(theft)).toBe('written offline')
  })

  test('[DOC-4] also when the document comes back from a snapshot (SYNC 24)', async () => {
    const theft = await openTheft()
    const { ana } = theft
    for (let edit = 0; edit < 60; edit++) {
      ana.doc.getMap('fields').set('nextStep', `step ${edit}`)
      await ana.answered()
    }
    await ana.client[Symbol.asyncDispose]()
    await server.restart()
    expect(await comeBack(theft)).toBe('written offline')
  })
})

test('nothing of the above was an error at the server', () => {
  expect(server.errors()).toEqual([])
})

/** A copy whose roots have no type yet, so that an attack may give them any. */
function emptyRoots(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy
}
