import { copyDocument, makeOpportunity } from '@fulqrun/testkit'
import { setField } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { inspectUpdate } from './update-inspection.ts'

const now = Date.UTC(2026, 9, 1)

/** The updates that `write` makes in a replica of the document, one by one. */
function updatesOf(doc: Y.Doc, clientId: number, writes: readonly ((doc: Y.Doc) => void)[]): Uint8Array[] {
  const replica = copyDocument(doc, 'opportunity', clientId)
  const updates: Uint8Array[] = []
  replica.on('update', (update: Uint8Array) => updates.push(update))
  for (const write of writes) replica.transact(() => write(replica))
  return updates
}

function nested(levels: number): (doc: Y.Doc) => void {
  return (doc) => {
    let parent: Y.XmlFragment = doc.getXmlFragment('notes')
    for (let level = 0; level < levels; level++) {
      const child = new Y.XmlElement('blockquote')
      parent.insert(0, [child])
      parent = child
    }
  }
}

test('[ADM-13] honest updates are fit, whole states as well', () => {
  const server = makeOpportunity()
  const [update] = updatesOf(server, 2, [
    (doc) => {
      setField(doc, 'fields.stage', 'advancing', { now })
      doc.getText('text:description').insert(0, 'Hello')
      nested(6)(doc)
    },
  ])
  expect(inspectUpdate(server, update ?? new Uint8Array())).toBe('fit')
  expect(inspectUpdate(new Y.Doc(), Y.encodeStateAsUpdate(server))).toBe('fit')
})

test('[ADM-13] bytes that are no update are malformed', () => {
  const server = makeOpportunity()
  expect(inspectUpdate(server, new Uint8Array([9, 9, 9]))).toBe('malformed')
  expect(inspectUpdate(server, new Uint8Array())).toBe('malformed')
})

test('[ADM-13] an update that builds on one that is missing is incomplete until that one is with it (SYNC 26)', () => {
  const server = makeOpportunity()
  const [first, second, third] = updatesOf(server, 2, [
    (doc) => doc.getText('text:description').insert(0, 'one '),
    (doc) => doc.getText('text:description').insert(4, 'two '),
    (doc) => doc.getText('text:description').delete(0, 4),
  ])
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('three updates expected')
  expect(inspectUpdate(server, first)).toBe('fit')
  expect(inspectUpdate(server, second)).toBe('incomplete')
  expect(inspectUpdate(server, third)).toBe('incomplete')
  expect(inspectUpdate(server, Y.mergeUpdates([first, third]))).toBe('fit')
  expect(inspectUpdate(server, Y.mergeUpdates([third, second]))).toBe('incomplete')
  Y.applyUpdate(server, first)
  expect(inspectUpdate(server, second)).toBe('fit')
})

test('[ADM-13] a change under an entry that another device added and the server has not seen is incomplete', () => {
  const server = makeOpportunity()
  const [added] = updatesOf(server, 2, [
    (doc) => doc.getMap('activities').set('a9', new Y.Map([['type', 'call']])),
  ])
  const ahead = copyDocument(server, 'opportunity', 4)
  Y.applyUpdate(ahead, added ?? new Uint8Array())
  const [changed] = updatesOf(ahead, 3, [
    (doc) => (doc.getMap('activities').get('a9') as Y.Map<unknown>).set('subject', 'x'),
  ])
  expect(inspectUpdate(server, changed ?? new Uint8Array())).toBe('incomplete')
})

test('[ADM-13] nesting deeper than any editor makes it is too deep, at once or level by level', () => {
  const server = makeOpportunity()
  const attacker = new Y.Doc()
  attacker.transact(() => nested(20_000)(attacker))
  expect(inspectUpdate(server, Y.encodeStateAsUpdate(attacker))).toBe('too-deep')

  const patient = copyDocument(server, 'opportunity', 5)
  const updates: Uint8Array[] = []
  patient.on('update', (update: Uint8Array) => updates.push(update))
  let parent: Y.XmlFragment = patient.getXmlFragment('notes')
  for (let level = 0; level < 60; level++) {
    const child = new Y.XmlElement('blockquote')
    parent.insert(0, [child])
    parent = child
  }
  const verdicts = updates.map((update) => {
    const verdict = inspectUpdate(server, update)
    if (verdict === 'fit') Y.applyUpdate(server, update)
    return verdict
  })
  expect(verdicts.filter((verdict) => verdict === 'fit')).toHaveLength(51)
  expect(verdicts[51]).toBe('too-deep')
})

test('[ADM-13] items that stand on themselves or on each other are refused, and looking at them ends', () => {
  // An update in bytes: for each client its items, each a map whose left neighbour is [client, clock].
  const item = (client: number, clock: number) => [0x80 | 7, client, clock, 1]
  const alone = new Uint8Array([1, 2, 1, 0, ...item(1, 1), ...item(1, 0), 0])
  const crossed = new Uint8Array([2, 1, 2, 0, ...item(1, 0), 1, 1, 0, ...item(2, 0), 0])
  expect(Y.decodeUpdate(alone).structs).toHaveLength(2)
  expect(Y.decodeUpdate(crossed).structs).toHaveLength(2)
  expect(inspectUpdate(makeOpportunity(), alone)).toBe('malformed')
  expect(inspectUpdate(makeOpportunity(), crossed)).toBe('too-deep')
})
