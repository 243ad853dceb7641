import { documentEndpoint, encodePush, endpoints, type HistoryPage, type PushAnswer } from '@fulqrun/protocol'
import {
  addEntry,
  meddpiccPillars,
  newDocumentId,
  readConflicts,
  readProposals,
  setField,
} from '@fulqrun/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Attacker, newClientId, openDoor } from './testing/attack.ts'
import {
  apart,
  evidence,
  expectSame,
  openContact,
  openDeal,
  watchEvidence,
  watchFinancials,
} from './testing/attacked-records.ts'
import type { PersonId } from './testing/people.ts'
import { newOpportunityName, openTestServer, type TestServer } from './testing/test-server.ts'

/** What a hostile client can do in somebody else's place, without a right to, and in great numbers. */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('in somebody else’s place', () => {
  test('[DOC-4] a colleague whose client id is taken before they write under it is told (SYNC 24)', async () => {
    for (const isText of [false, true]) {
      const ben = await openDeal(server)
      // Mia's id was seen in her presence; she has gone offline and writes there.
      const offline = apart(ben, newClientId('high'), 'opportunity')
      if (isText) offline.getText('text:description').insert(0, 'Written by Mia')
      else setField(offline, 'fields.nextStep', 'written by Mia', { now: Date.now() })
      const door = await openDoor(server, 'push', { person: 'ana', name: ben.name })
      await new Attacker(door, ben, offline.clientID).strike((doc) =>
        doc.getText('text:description').insert(0, 'Taken, and long enough for what comes'),
      )
      const before = server.quarantine().length
      const mia = await (await server.connect('mia')).open(ben.name, { doc: offline, answersSync: false })
      mia.send(Y.encodeStateAsUpdate(offline))
      await mia.answered()
      await mia.until(({ messages }) => messages.length > 0)
      expect(mia.messages).toMatchObject([{ type: 'refused', code: 'update/malformed' }])
      await expect.poll(() => server.quarantine().length).toBe(before + 1)
      // A copy that says the same as everybody's is nothing to refuse.
      const honest = apart(ben, newClientId('low'), 'opportunity')
      setField(honest, 'fields.nextStep', 'goes on', { now: Date.now() })
      await (
        await openDoor(server, 'push', { person: 'mia', name: ben.name })
      ).send(Y.encodeStateAsUpdate(honest))
      await ben.until(({ doc }) => doc.getMap('fields').get('nextStep') === 'goes on')
    }
  })

  test('[PRO-3] nobody decides beyond their means: a rep, a manager beyond the limit, one about one’s own', async () => {
    const ben = await openDeal(server)
    const witness = watchFinancials(ben)
    const propose =
      (id: string, value: number, path = 'financials.amount') =>
      (doc: Y.Doc) =>
        doc.getMap('proposals').set(id, { path, value, author: 'x', proposedAt: 1, status: 'waiting' })
    const decide = (proposal: string, decision: string) => (doc: Y.Doc) =>
      doc.getMap('decisions').set(newDocumentId(), { type: 'proposal', proposal, decision, at: 1 })
    const as = async (person: PersonId, act: (doc: Y.Doc) => void) => {
      const door = await openDoor(server, 'sync', { person, name: ben.name })
      await new Attacker(door, ben, newClientId('high')).strike(act)
    }
    await as('ana', propose('huge', 9_000_000))
    await as('mia', propose('own', 50_000))
    await as('ana', propose('discount', 90, 'financials.discount'))
    await as('ben', decide('huge', 'approved'))
    await as('ana', decide('huge', 'approved'))
    await as('mia', decide('huge', 'approved'))
    await as('mia', decide('discount', 'approved'))
    await as('mia', decide('own', 'approved'))
    await as('ben', decide('own', 'withdrawn'))
    await as('cora', decide('huge', 'rejected'))
    expect(readProposals(ben.doc).filter(({ status }) => status !== 'waiting')).toEqual([])
    const id = (name: string) =>
      `${documentEndpoint(ben.name, 'history').replace(/history$/, '')}proposals/${name}`
    for (const [person, proposal, decision] of [
      ['ben', 'huge', 'approved'],
      ['mia', 'huge', 'approved'],
      ['mia', 'own', 'approved'],
      ['ben', 'own', 'withdrawn'],
      ['cora', 'huge', 'rejected'],
    ] as const) {
      const answer = await (await server.person(person)).api('POST', id(proposal), { body: { decision } })
      expect(answer.status, `${person} ${proposal}`).toBe(403)
    }
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })

  test('[API-6] restoring brings no consent and no sample back to what it was', async () => {
    const ben = await openContact(server)
    addEntry(ben.doc, 'consents', { channel: 'phone', optType: 'opt_in' }, { now: Date.now(), id: 'in' })
    await ben.answered()
    setField(ben.doc, 'consents.in.optType', 'opt_out', { now: Date.now() })
    await ben.answered()
    // What was tried is in the history as well, with what stood before it.
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    await new Attacker(door, ben, newClientId('low')).strike((doc) => {
      doc.getMap('samples').delete('sample')
      doc.getMap('consents').delete('in')
    })
    const before = evidence(ben.doc)
    const witness = watchEvidence(ben)
    const ana = await server.person('ana')
    const history = () => ana.get<HistoryPage>(documentEndpoint(ben.name, 'history'))
    // Colleagues see a change before it is on the disk, where the history is read from.
    await expect.poll(async () => (await history()).entries.map(({ author }) => author.id)).toContain('ana')
    const { entries } = await history()
    for (const { seq, changes } of entries)
      for (const { path } of changes.filter((change) => /^(consents|samples)/.test(change.path)))
        await ana.api('POST', documentEndpoint(ben.name, 'restore'), { body: { seq, path } })
    await ben.client.ping()
    expect(witness.seen).toEqual([])
    expect(evidence(ben.doc)).toEqual(before)
    await expectSame(server, ben)
  })

  test('[GAT-1] a gate is passed with the answers of that moment; taking them away later is in the history', async () => {
    const ben = await openDeal(server)
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    const attacker = new Attacker(door, ben, newClientId('high'))
    const stages: unknown[] = []
    ben.watch(() => stages.push(ben.doc.getMap('fields').get('stage')))
    // Answers that are taken away in the same change do not count; a later change is another matter.
    await attacker.strike((doc) => {
      answerAll(doc)
      doc.getMap('fields').set('stage', 'key_decision')
      forgetAll(doc)
    })
    expect(stages).not.toContain('key_decision')
    await attacker.strike(answerAll)
    await attacker.strike((doc) => doc.getMap('fields').set('stage', 'key_decision'))
    await attacker.strike(forgetAll)
    // A stage is not left because an answer is gone: what was known then is in the history, with who said it.
    expect(ben.doc.getMap('fields').get('stage')).toBe('key_decision')
    const person = await server.person('ben')
    const forgotten = async () => {
      const { entries } = await person.get<HistoryPage>(documentEndpoint(ben.name, 'history'))
      const moved = entries.findIndex(({ changes }) => changes.some(({ after }) => after === 'key_decision'))
      return entries
        .slice(0, Math.max(moved, 0))
        .flatMap(({ author, changes }) =>
          changes.filter(({ action }) => action === 'delete').map(({ path }) => `${author.id} ${path}`),
        )
    }
    // Colleagues see a change before it is on the disk, where the history is read from.
    await expect.poll(forgotten).toContain('ana fields.meddpicc.champion.evidence')
    await attacker.strike((doc) => doc.getMap('fields').set('stage', 'closed_won'))
    expect(ben.doc.getMap('fields').get('stage')).toBe('key_decision')
    await expectSame(server, ben)
  })
})

describe('without a right to write', () => {
  test('[GATE-1] [DOC-2] compliance is told at every door, and what it wrote is kept (SYNC 11)', async () => {
    const ben = await openDeal(server)
    const received = ben.received.length
    const before = server.quarantine().length
    const cora = await (await server.connect('cora')).open(ben.name)
    const write = (value: string) =>
      new Attacker({ send: () => Promise.resolve() }, ben, newClientId('low')).make((doc) =>
        doc.getMap('fields').set('name', value),
      )
    cora.send(write('by socket'))
    await cora.answered()
    await cora.until(({ messages }) => messages.length > 0)
    const quarantineId: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(cora.messages).toMatchObject([{ type: 'refused', code: 'access/read-only', quarantineId }])
    expect(cora.verdicts.at(-1)).toBe(false)
    const { bearer } = await server.person('cora')
    const response = await fetch(server.url + endpoints.push, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: new Uint8Array(encodePush([{ name: ben.name, update: write('by push') }])),
    })
    expect(((await response.json()) as PushAnswer).verdicts).toMatchObject([
      { accepted: false, code: 'access/read-only' },
    ])
    await (await openDoor(server, 'gateway', { person: 'cora', name: ben.name })).send(write('by gateway'))
    await expect.poll(() => server.quarantine().length).toBe(before + 3)
    for (const row of server.quarantine().slice(before))
      expect(row).toMatchObject({ document: ben.name, code: 'access/read-only', author_id: 'cora' })
    await ben.client.ping()
    expect(ben.received).toHaveLength(received)
  })

  test('[GATE-1] a push says as little about a record of others as about none', async () => {
    const ben = await openDeal(server)
    const { bearer } = await server.person('eve')
    const update = new Attacker({ send: () => Promise.resolve() }, ben, newClientId('low')).make((doc) =>
      doc.getMap('fields').set('name', 'Mine'),
    )
    const answers = await Promise.all(
      [ben.name, newOpportunityName()].map(async (name) => {
        const response = await fetch(server.url + endpoints.push, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}` },
          body: new Uint8Array(encodePush([{ name, update }])),
        })
        const { verdicts } = (await response.json()) as PushAnswer
        return verdicts.map(({ name: _name, ...verdict }) => ({ ...verdict, quarantineId: undefined }))
      }),
    )
    expect(answers[0]).toEqual(answers[1])
  })
})

describe('in great numbers', () => {
  test('[CON-1] clashes by the thousand leave a document that is bounded, and a server that answers', async () => {
    const ben = await openDeal(server)
    const ids = Array.from({ length: 1500 }, (_, index) => `many-${index}`)
    const rival = apart(ben, newClientId('high'), 'opportunity')
    const base = Y.encodeStateVector(rival)
    const add = (doc: Y.Doc, subject: string) =>
      doc.transact(() => {
        const activities = doc.getMap('activities')
        for (const id of ids) activities.set(id, new Y.Map(Object.entries({ type: 'call', subject })))
      })
    add(ben.doc, 'of Ben')
    await ben.answered()
    add(rival, 'of the attacker')
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    await door.send(Y.encodeStateAsUpdate(rival, base))
    await ben.until(({ doc }) => doc.getMap('conflicts').size > 0)
    expect(readConflicts(ben.doc).length).toBeLessThanOrEqual(250)
    expect((ben.doc.getMap('activities').get('many-7') as Y.Map<unknown>).get('subject')).toBe('of Ben')
    setField(ben.doc, 'fields.nextStep', 'still works', { now: Date.now() })
    await ben.answered()
    expect(ben.refused).toBe(0)
    await expectSame(server, ben)
  })

  test('[ADM-13] client ids and roots by the thousand are refused, and nobody else notices', async () => {
    const ben = await openDeal(server)
    const received = ben.received.length
    const ana = await (await server.connect('ana')).open(ben.name, { answersSync: false })
    ana.send(
      Y.mergeUpdates(
        Array.from({ length: 1200 }, (_, index) => {
          const doc = new Y.Doc()
          doc.clientID = 800_000 + index
          doc.getMap('fields').set('nextStep', 'flood')
          return Y.encodeStateAsUpdate(doc)
        }),
      ),
    )
    ana.send(
      new Attacker({ send: () => Promise.resolve() }, ben, newClientId('low')).make((doc) => {
        for (let index = 0; index < 1000; index++) doc.getMap(`root-${index}`).set('x', 1)
      }),
    )
    await ana.answered()
    expect(ana.verdicts.slice(-2)).toEqual([false, false])
    await ben.client.ping()
    expect(ben.received).toHaveLength(received)
  })
})

test('nothing of the above was an error at the server', () => {
  expect(server.errors()).toEqual([])
})

/** An answer with evidence to every question of the qualification. */
function answerAll(doc: Y.Doc): void {
  const fields = doc.getMap('fields')
  for (const { id: pillar, questions } of meddpiccPillars) {
    for (const { id, options } of questions) {
      const best = options?.toSorted((a, b) => (b.points ?? 0) - (a.points ?? 0))[0]
      if (best === undefined) doc.getText(`text:meddpicc.${pillar}.${id}`).insert(0, 'Known.')
      else fields.set(`meddpicc.${pillar}.${id}`, best.value)
    }
    fields.set(`meddpicc.${pillar}.evidence`, 'Minutes of the committee')
    fields.set(`meddpicc.${pillar}.evidenceDate`, '2026-09-14')
  }
}

function forgetAll(doc: Y.Doc): void {
  const fields = doc.getMap('fields')
  for (const key of [...fields.keys()]) if (key.startsWith('meddpicc.')) fields.delete(key)
  for (const { id: pillar, questions } of meddpiccPillars)
    for (const { id } of questions) {
      const text = doc.getText(`text:meddpicc.${pillar}.${id}`)
      text.delete(0, text.length)
    }
}
