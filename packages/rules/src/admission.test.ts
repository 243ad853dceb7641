import { copyDocument, makeContact, makeKpi, makeOpportunity } from '@fulqrun/testkit'
import {
  addEntry,
  createDocument,
  defineRoots,
  propose,
  readProposals,
  setField,
  setPinned,
} from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Admission, admit, checkCreation } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'
import type { AdmissionRequest } from './judgement.ts'

const ana = { id: 'user-ana', name: 'Ana', role: 'rep' } as const
const finn = { id: 'user-finn', name: 'Finn', role: 'finance' } as const
const receivedAt = Date.UTC(2026, 9, 1, 12)

/** A server's copy, and a client that has seen it, with what the client writes turned into one update. */
function pair(server: Y.Doc, kind: 'opportunity' | 'contact' | 'kpi', clientId: number) {
  server.clientID = 500
  const client = copyDocument(server, kind, clientId)
  const send = (write: (doc: Y.Doc) => void, rest: Partial<AdmissionRequest> = {}): Admission => {
    const before = Y.encodeStateVector(client)
    // Deletions are not in the state vector, so the update is caught and not computed.
    const updates: Uint8Array[] = []
    const capture = (update: Uint8Array) => updates.push(update)
    client.on('update', capture)
    client.transact(() => write(client))
    client.off('update', capture)
    const update = updates.length === 0 ? Y.encodeStateAsUpdate(client, before) : Y.mergeUpdates(updates)
    return admit({
      document: server,
      kind,
      author: ana,
      authority: 'client',
      receivedAt,
      change: (doc) => Y.applyUpdate(doc, update),
      ...rest,
    })
  }
  return { server, client, send }
}

/** Every value that an observer of the replica sees at a pinned key while the admitted update is applied. */
function observed(replica: Y.Doc, admission: Admission, root: string): unknown[] {
  const seen: unknown[] = []
  replica.getMap(root).observe(() => seen.push(replica.getMap(root).toJSON()))
  if (admission.update !== undefined) Y.applyUpdate(replica, admission.update)
  return seen
}

describe.each([
  ['lower', 2],
  ['higher', 4_000_000_000],
])('with a %s client id than the server', (_, clientId) => {
  test('[ADM-1] [POL-1] a colleague never sees another amount, and the server keeps the official one', () => {
    const { server, send } = pair(makeOpportunity(), 'opportunity', clientId)
    const colleague = copyDocument(server, 'opportunity', 3)
    const official = server.getMap('financials').toJSON()
    const admission = send((doc) => {
      doc.getMap('financials').set('amount', 99_000)
      doc.getMap('financials').delete('currency')
    })
    for (const seen of observed(colleague, admission, 'financials')) expect(seen).toEqual(official)
    expect(server.getMap('financials').toJSON()).toEqual(official)
    expect(colleague.getMap('financials').toJSON()).toEqual(official)
  })

  test('[POL-1] a value set by finance beats one written by a client that had not seen it (SYNC 13)', () => {
    const { server, client, send } = pair(makeOpportunity(), 'opportunity', clientId)
    admit({
      document: server,
      kind: 'opportunity',
      author: finn,
      authority: 'server',
      receivedAt,
      change: (doc) => setPinned(doc, 'financials', { amount: 52_000, version: 2 }, { now: receivedAt }),
    })
    send((doc) => doc.getMap('financials').set('amount', 10))
    expect(server.getMap('financials').get('amount')).toBe(52_000)
    Y.applyUpdate(client, Y.encodeStateAsUpdate(server))
    expect(client.getMap('financials').get('amount')).toBe(52_000)
  })

  test('[POL-2] computed KPI values are put back without a proposal', () => {
    const { server, send } = pair(makeKpi(), 'kpi', clientId)
    const official = server.getMap('values').toJSON()
    const { putBack } = send((doc) =>
      doc.getMap('values').set('trx', { value: 9999, asOf: 1, formulaVersion: 1 }),
    )
    expect(server.getMap('values').toJSON()).toEqual(official)
    expect(putBack).toEqual([{ path: 'values.trx', rule: 'POL-2' }])
    expect(server.getMap('proposals').size).toBe(0)
  })

  test("[POL-3] identity and conflicts are the server's", () => {
    const { server, send } = pair(makeOpportunity(), 'opportunity', clientId)
    const meta = server.getMap('meta').toJSON()
    const { putBack } = send((doc) => {
      doc.getMap('meta').set('territoryId', 'territory-south')
      doc.getMap('meta').delete('kind')
      doc.getMap('conflicts').set('c1', { path: 'fields.name' })
    })
    expect(server.getMap('meta').toJSON()).toEqual(meta)
    expect(server.getMap('conflicts').size).toBe(0)
    expect(putBack.map(({ path, rule }) => [path, rule])).toEqual(
      expect.arrayContaining([
        ['meta.territoryId', 'POL-3'],
        ['meta.kind', 'POL-3'],
        ['conflicts.c1', 'POL-3'],
      ]),
    )
  })
})

test('[POL-1] the written value lives on as a waiting proposal in the name of its author', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const { putBack, changes } = send((doc) => doc.getMap('financials').set('amount', 48_000))
  const [proposal] = readProposals(server)
  expect(proposal).toMatchObject({
    path: 'financials.amount',
    value: 48_000,
    base: 45_000,
    author: 'user-ana',
    status: 'waiting',
    rule: 'POL-1',
  })
  expect(putBack).toEqual([{ path: 'financials.amount', rule: 'POL-1', proposalId: proposal?.id }])
  expect(changes.map(({ action }) => action)).toEqual(['propose', 'put-back'])
})

test('[POL-1] a value that the field cannot hold is put back and not proposed', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  send((doc) => {
    doc.getMap('financials').set('amount', 'a lot')
    doc.getMap('financials').set('discount', new Y.Map([['deep', 1]]))
    doc.getMap('financials').set('bonus', 7)
  })
  expect(server.getMap('financials').toJSON()).toMatchObject({ amount: 45_000, discount: 5 })
  expect(server.getMap('financials').has('bonus')).toBe(false)
  expect(readProposals(server)).toEqual([])
})

test('[POL-4] [ADM-9] a proposal is settled by the server whatever its maker claims', () => {
  const { server, client, send } = pair(makeOpportunity(), 'opportunity', 2)
  send((doc) => {
    doc.getMap('proposals').set('mine', {
      path: 'financials.amount',
      value: 48_000,
      reason: 'Volume went up',
      author: 'user-mia',
      status: 'approved',
      decidedBy: 'user-finn',
      proposedAt: 1,
    })
  })
  expect(readProposals(server)).toMatchObject([
    { id: 'mine', author: 'user-ana', status: 'waiting', reason: 'Volume went up' },
  ])
  expect(readProposals(server)[0]?.decidedBy).toBeUndefined()
  Y.applyUpdate(client, Y.encodeStateAsUpdate(server))
  send((doc) =>
    doc
      .getMap('proposals')
      .set('mine', { ...(doc.getMap('proposals').get('mine') as object), status: 'approved' }),
  )
  expect(readProposals(server)).toMatchObject([{ id: 'mine', status: 'waiting' }])
  send((doc) => doc.getMap('proposals').delete('mine'))
  expect(readProposals(server)).toHaveLength(1)
})

test('[POL-4] proposing through the command keeps the reason and the value its author saw', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const { putBack } = send((doc) => {
    propose(doc, {
      path: 'financials.discount',
      value: 8,
      reason: 'Framework contract',
      author: 'user-ana',
      now: receivedAt - 5000,
    })
  })
  expect(putBack).toEqual([])
  expect(readProposals(server)).toMatchObject([
    { path: 'financials.discount', value: 8, base: 5, reason: 'Framework contract' },
  ])
})

test('[ADM-3] a set, a deletion, an added and a removed entry are read with their values', () => {
  const { send, client } = pair(makeOpportunity(), 'opportunity', 2)
  const { changes } = send((doc) => {
    setField(doc, 'fields.stage', 'prospecting', { now: receivedAt - 1000 })
    setField(doc, 'fields.nextStep', null, { now: receivedAt - 1000 })
    setField(doc, 'activities.activity-1.status', 'completed', { now: receivedAt - 500 })
    doc.getMap('activities').delete('activity-2')
    addEntry(doc, 'stakeholders', { name: 'Dr. Lindqvist' }, { now: receivedAt, id: 'person-2' })
  })
  expect(changes).toEqual(
    expect.arrayContaining([
      {
        path: 'fields.stage',
        action: 'set',
        before: 'engaging',
        after: 'prospecting',
        editedAt: receivedAt - 1000,
      },
      {
        path: 'fields.nextStep',
        action: 'delete',
        before: 'Send the budget impact model',
        editedAt: receivedAt - 1000,
      },
      expect.objectContaining({
        path: 'activities.activity-1.status',
        action: 'set',
        after: 'completed',
        editedAt: receivedAt - 500,
      }),
      expect.objectContaining({
        path: 'activities.activity-2',
        action: 'delete',
        before: expect.objectContaining({ subject: 'First visit' }),
      }),
      expect.objectContaining({
        path: 'stakeholders.person-2',
        action: 'set',
        after: { name: 'Dr. Lindqvist' },
      }),
    ]),
  )
  expect(changes).toHaveLength(5)
  expect(client.getMap('fields').get('stage')).toBe('prospecting')
})

test('[ADM-3] [POL-5] text changes tell what was typed and what was taken away', () => {
  const { send } = pair(makeOpportunity({ texts: { description: 'The ward wants it.' } }), 'opportunity', 2)
  const { changes } = send((doc) => {
    const text = doc.getText('text:description')
    text.delete(4, 4)
    text.insert(4, 'pharmacy')
  })
  expect(changes).toEqual([
    { path: 'text:description', action: 'text', inserted: 'pharmacy', deleted: 'ward', editedAt: receivedAt },
  ])
})

test('[ADM-3] blocks of notes that are added at once are told line by line, in their order', () => {
  const { send } = pair(makeOpportunity(), 'opportunity', 2)
  const { changes } = send((doc) => {
    const notes = doc.getXmlFragment('notes')
    const blocks = ['First call', 'Good talk', 'Again in May'].map((words) => {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.insert(0, [new Y.XmlText(words)])
      return paragraph
    })
    notes.insert(notes.length, blocks)
    notes.delete(0, 2)
  })
  expect(changes).toMatchObject([
    {
      path: 'notes',
      inserted: 'First call\nGood talk\nAgain in May',
      deleted: 'Met Dr. Okafor on the ward.\nShe asked for the budget impact model.',
    },
  ])
})

test('[ADM-4] unknown roots, keys and content of the wrong kind are emptied', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const before = JSON.stringify(server.getMap('fields').toJSON())
  const { putBack } = send((doc) => {
    doc.getMap('shadow').set('amount', 1)
    doc.getArray('stash').push(['a', 'b'])
    doc.getMap('fields').set('amount', 1)
    doc.getMap('activities').set(
      'activity-9',
      new Y.Map([
        ['type', 'call'],
        ['hidden', 'x'],
      ]),
    )
    Y.Map.prototype.set.call(doc.getText('text:description'), 'bold', true)
  })
  expect(JSON.stringify(server.getMap('fields').toJSON())).toBe(before)
  expect(server.getMap('shadow').toJSON()).toEqual({})
  expect(server.getArray('stash').toJSON()).toEqual([])
  expect((server.getMap('activities').get('activity-9') as Y.Map<unknown>).toJSON()).toEqual({ type: 'call' })
  expect(putBack.every(({ rule }) => rule === 'ADM-4')).toBe(true)
  expect(putBack.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'shadow.amount',
      'stash',
      'fields.amount',
      'activities.activity-9.hidden',
      'text:description.bold',
    ]),
  )
})

test('[ADM-5] what no editor makes is removed from rich text and from maps', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const notes = server.getXmlFragment('notes').toJSON()
  const attacker = new Y.Doc()
  attacker.clientID = 77
  attacker.getArray('notes').push(['loose words', { a: 1 }, new Y.Map([['x', 1]])])
  attacker.getArray('financials').push([1, 2, 3])
  const { putBack } = send(() => undefined, {
    change: (doc) => Y.applyUpdate(doc, Y.encodeStateAsUpdate(attacker)),
  })
  expect(server.getXmlFragment('notes').toJSON()).toBe(notes)
  expect(server.getMap('financials').toJSON()).toMatchObject({ amount: 45_000 })
  let items = 0
  for (let item = server.getMap('financials')._start; item !== null; item = item.right)
    if (!item.deleted) items++
  expect(items).toBe(0)
  expect(putBack.map(({ path, rule }) => `${path} ${rule}`).toSorted()).toEqual([
    'financials ADM-5',
    'notes ADM-5',
  ])
})

test('[ADM-6] values that a field cannot hold are put back; a required value cannot be taken away', () => {
  const { server, send } = pair(makeContact(), 'contact', 2)
  const { putBack } = send((doc) => {
    const fields = doc.getMap('fields')
    fields.set('npi', '1234567890')
    fields.set('email', { nested: true })
    fields.set('phone', new Y.Text('+1'))
    fields.delete('lastName')
    doc.getMap('licences').set('licence-1', 'gone')
  })
  expect(server.getMap('fields').toJSON()).toMatchObject({
    npi: '1234567893',
    email: 'grace.okafor@stvincent.example',
    phone: '+1 555 0101',
    lastName: 'Okafor',
  })
  expect(server.getMap('licences').get('licence-1')).toBeInstanceOf(Y.Map)
  expect(putBack.map(({ rule }) => rule)).toEqual(Array.from({ length: 5 }, () => 'ADM-6'))
})

test("[ADM-7] edit times are the device's, never later than the receipt", () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const { changes } = send((doc) => {
    setField(doc, 'fields.nextStep', 'Offline for two days', { now: receivedAt - 172_800_000 })
    setField(doc, 'fields.product', 'From the future', { now: receivedAt + 86_400_000 })
    doc.getMap('edited').set('fields.unknown', 5)
    doc.getMap('edited').set('fields.account', 'yesterday')
  })
  expect(changes).toContainEqual(
    expect.objectContaining({ path: 'fields.nextStep', editedAt: receivedAt - 172_800_000 }),
  )
  expect(changes).toContainEqual(expect.objectContaining({ path: 'fields.product', editedAt: receivedAt }))
  expect(server.getMap('edited').get('fields.product')).toBe(receivedAt)
  expect(server.getMap('edited').has('fields.unknown')).toBe(false)
  expect(typeof server.getMap('edited').get('fields.account')).toBe('number')
})

describe('[ADM-8] creation', () => {
  const created = (territoryId: string) => {
    const doc = new Y.Doc()
    createDocument(doc, {
      kind: 'opportunity',
      territoryId,
      createdBy: 'user-ben',
      createdAt: receivedAt,
      fields: { name: 'New' },
    })
    return Y.encodeStateAsUpdate(doc)
  }
  const inNorth = (territoryId: string) => territoryId === 'north'

  test('names the kind and a territory of the author', () => {
    expect(checkCreation(created('north'), 'opportunity', inNorth)).toBeUndefined()
    expect(checkCreation(created('south'), 'opportunity', inNorth)).toBe('access/denied')
    expect(checkCreation(created('north'), 'contact', inNorth)).toBe('document/not-created')
    expect(checkCreation(new Uint8Array([0, 0]), 'opportunity', inNorth)).toBe('document/not-created')
    const newer = new Y.Doc()
    Y.applyUpdate(newer, created('north'))
    newer.getMap('meta').set('schemaVersion', 99)
    expect(checkCreation(Y.encodeStateAsUpdate(newer), 'opportunity', inNorth)).toBe('document/too-new')
    expect(checkCreation(new Uint8Array([9, 9, 9]), 'opportunity', inNorth)).toBe('update/malformed')
  })

  test('[ADM-9] is recorded under the authenticated author', () => {
    const server = new Y.Doc()
    defineRoots(server, 'opportunity')
    const update = created('north')
    const request = {
      document: server,
      kind: 'opportunity',
      author: ana,
      authority: 'client',
      receivedAt: receivedAt - 50,
    } as const
    const { putBack } = admit({ ...request, creates: true, change: (doc) => Y.applyUpdate(doc, update) })
    expect(putBack).toEqual([])
    expect(server.getMap('meta').toJSON()).toMatchObject({
      createdBy: 'user-ana',
      createdAt: receivedAt - 50,
      territoryId: 'north',
    })
  })
})

test('[ADM-11] a change that throws half-way is judged for what it did', () => {
  const { server, send } = pair(makeOpportunity(), 'opportunity', 2)
  const { failure, update } = send(() => undefined, {
    change: (doc) => {
      doc.getMap('financials').set('amount', 1)
      throw new Error('half-way')
    },
  })
  expect(failure).toBeInstanceOf(Error)
  expect(update).toBeInstanceOf(Uint8Array)
  expect(server.getMap('financials').get('amount')).toBe(45_000)
})

test('[ADM-12] what was typed and typed over in one change is in the history too', () => {
  const server = makeContact()
  const client = copyDocument(server, 'contact', 2)
  const updates: Uint8Array[] = []
  client.on('update', (update: Uint8Array) => updates.push(update))
  const titles = ['Dr', 'Doctor', 'Professor']
  for (const title of titles) setField(client, 'fields.title', title, { now: receivedAt - 1000 })
  const update = decodeUpdate(Y.mergeUpdates(updates))
  const { changes } = admit({
    document: server,
    kind: 'contact',
    author: ana,
    authority: 'client',
    receivedAt,
    update,
    change: (target) => Y.applyUpdate(target, update?.bytes ?? new Uint8Array()),
  })
  expect(changes.filter(({ path }) => path === 'fields.title').map(({ after }) => after)).toEqual(titles)
})

test("an admission keeps the client id of the server's copy, so that put-backs do not grow its state vector", () => {
  const { server, client, send } = pair(makeOpportunity(), 'opportunity', 2)
  for (let round = 0; round < 20; round++) {
    const { update } = send((doc) => doc.getMap('financials').set('amount', round))
    if (update !== undefined) Y.applyUpdate(client, update)
  }
  expect(server.clientID).toBe(500)
  expect(server.store.clients.size).toBeLessThanOrEqual(4)
})
