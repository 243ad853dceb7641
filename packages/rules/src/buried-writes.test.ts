import { addEntry, removeEntry, setField } from '@fulqrun/schema'
import { copyDocument, makeContact, makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Admission, admit } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'

const receivedAt = Date.UTC(2026, 9, 1, 12)
const ana = { id: 'user-ana', name: 'Ana', role: 'rep' } as const
const ben = { id: 'user-ben', name: 'Ben', role: 'rep' } as const

function write(document: Y.Doc, change: (doc: Y.Doc) => void): void {
  admit({ document, kind: 'opportunity', author: ana, authority: 'client', receivedAt, change })
}

/** Ben comes back online: what he has and the server has not, as one update. */
function comeBack(
  document: Y.Doc,
  device: Y.Doc,
  kind: 'contact' | 'opportunity' = 'opportunity',
): Admission {
  const update = Y.encodeStateAsUpdate(device, Y.encodeStateVector(document))
  const change = (doc: Y.Doc) => Y.applyUpdate(doc, update)
  return admit({
    document,
    kind,
    author: ben,
    authority: 'client',
    receivedAt,
    change,
    update: decodeUpdate(update),
  })
}

test('[ADM-14] a field of an activity that a colleague removed meanwhile is kept in the history, and its author told', () => {
  const server = makeOpportunity()
  const id = addEntry(server, 'activities', { type: 'call', subject: 'Call' }, { now: 1 })
  const device = copyDocument(server, 'opportunity', 77)
  write(server, (doc) => removeEntry(doc, 'activities', id, { now: 2 }))
  setField(device, `activities.${id}.subject`, 'First words', { now: 3 })
  setField(device, `activities.${id}.subject`, 'What Dr. Okafor said on the train', { now: 4 })
  setField(device, `activities.${id}.dueDate`, '2026-10-02', { now: 5 })
  setField(device, 'fields.nextStep', 'Call again', { now: 6 })
  const { changes, putBack } = comeBack(server, device)
  const told = changes.filter(({ rule }) => rule === 'ADM-14')
  expect(told).toEqual([
    {
      path: `activities.${id}.subject`,
      action: 'put-back',
      after: 'What Dr. Okafor said on the train',
      editedAt: 4,
      rule: 'ADM-14',
    },
    {
      path: `activities.${id}.dueDate`,
      action: 'put-back',
      after: '2026-10-02',
      editedAt: 5,
      rule: 'ADM-14',
    },
  ])
  expect(putBack.map(({ path }) => path)).toEqual([`activities.${id}.subject`, `activities.${id}.dueDate`])
  expect(changes.find(({ path }) => path === 'fields.nextStep')).toMatchObject({ after: 'Call again' })
})

test('[ADM-14] words in a paragraph that a colleague removed meanwhile are kept in the history', () => {
  const server = makeOpportunity()
  const paragraph = new Y.XmlElement('paragraph')
  server.getXmlFragment('notes').insert(0, [paragraph])
  paragraph.insert(0, [new Y.XmlText('Visit')])
  const device = copyDocument(server, 'opportunity', 77)
  write(server, (doc) => doc.getXmlFragment('notes').delete(0, 1))
  const words = (device.getXmlFragment('notes').get(0) as Y.XmlElement).get(0) as Y.XmlText
  words.insert(5, ': she ')
  words.insert(11, 'wants the study')
  words.insert(11, 'typo')
  words.delete(11, 4)
  const { changes, putBack } = comeBack(server, device)
  expect(changes).toMatchObject([
    { path: 'notes', action: 'put-back', after: ': she wants the study', rule: 'ADM-14' },
  ])
  expect(putBack).toEqual([{ path: 'notes', rule: 'ADM-14' }])
})

test('[ADM-14] what its author removed, and what lost to a concurrent value, is not called buried', () => {
  const server = makeOpportunity()
  const id = addEntry(server, 'activities', { type: 'call', subject: 'Call' }, { now: 1 })
  const device = copyDocument(server, 'opportunity', 77)
  write(server, (doc) => setField(doc, 'fields.nextStep', 'of Ana', { now: 2 }))
  setField(device, 'fields.nextStep', 'of Ben', { now: 3 })
  setField(device, `activities.${id}.subject`, 'changed', { now: 4 })
  removeEntry(device, 'activities', id, { now: 5 })
  const { changes } = comeBack(server, device)
  expect(changes.filter(({ rule }) => rule === 'ADM-14')).toEqual([])
})

/** Raw Yjs, without the time of the edit. */
function setRaw(doc: Y.Doc, path: readonly [root: string, id: string, key: string], value: unknown): void {
  const [root, id, key] = path
  const entry = doc.getMap(root).get(id)
  if (entry instanceof Y.Map) entry.set(key, value)
}

function buriedIn({ changes }: Admission): unknown[] {
  return changes.filter(({ rule }) => rule === 'ADM-14').map(({ path, after }) => ({ path, after }))
}

test.each([
  ['a field that had a value', 'quantity', 9],
  ['a field that had none', 'lot', 'L-7'],
])(
  '[ADM-14] raw Yjs without times, into a sample that is put back meanwhile, keeps its value: %s',
  (_, key, value) => {
    const server = makeContact({
      entries: { samples: { 'sample-1': { product: 'Velorin 10 mg', quantity: 2 } } },
    })
    const device = copyDocument(server, 'contact', 77)
    const twice = (time: number) => {
      // Put back twice, so that what gave way gives way again.
      const other = copyDocument(server, 'contact', 90 + time)
      other.getMap('samples').delete('sample-1')
      comeBack(server, other, 'contact')
    }
    twice(1)
    twice(2)
    setRaw(device, ['samples', 'sample-1', key], 'typo')
    setRaw(device, ['samples', 'sample-1', key], value)
    const admission = comeBack(server, device, 'contact')
    expect(buriedIn(admission)).toEqual([{ path: `samples.sample-1.${key}`, after: value }])
    expect(admission.putBack).toEqual([{ path: `samples.sample-1.${key}`, rule: 'ADM-14' }])
    expect(server.getMap('samples').toJSON()).toEqual({
      'sample-1': { product: 'Velorin 10 mg', quantity: 2 },
    })
  },
)

test('[RES-6] an opt-out below a line of consent that was put back meanwhile counts', () => {
  const line = { channel: 'email', optType: 'opt_in' }
  const server = makeContact({ entries: { consents: { 'consent-1': line } } })
  const device = copyDocument(server, 'contact', 77)
  const other = copyDocument(server, 'contact', 91)
  other.getMap('consents').delete('consent-1')
  comeBack(server, other, 'contact')
  setRaw(device, ['consents', 'consent-1', 'optType'], 'opt_out')
  comeBack(server, device, 'contact')
  expect(server.getMap('consents').toJSON()).toEqual({ 'consent-1': { ...line, optType: 'opt_out' } })
})

test('[ADM-14] a value of raw Yjs whose place nothing names any more is kept and told all the same', () => {
  const server = makeOpportunity()
  const id = addEntry(server, 'activities', { type: 'call', subject: 'Call' }, { now: 1 })
  const device = copyDocument(server, 'opportunity', 77)
  write(server, (doc) => removeEntry(doc, 'activities', id, { now: 2 }))
  setRaw(device, ['activities', id, 'subject'], 'What Dr. Okafor said')
  const admission = comeBack(server, device)
  expect(buriedIn(admission)).toEqual([{ path: 'unknown place', after: 'What Dr. Okafor said' }])
  expect(admission.putBack).toEqual([{ path: 'unknown place', rule: 'ADM-14' }])
})
