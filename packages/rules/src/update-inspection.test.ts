import { copyDocument, makeOpportunity } from '@fulqrun/testkit'
import { setField } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { decodeUpdate } from './decoded-update.ts'
import { type Inspection, inspectUpdate } from './update-inspection.ts'

const now = Date.UTC(2026, 9, 1)

/** What the server finds out about bytes that come in. */
function inspect(document: Y.Doc, bytes: Uint8Array): Inspection {
  const update = decodeUpdate(bytes)
  return update === undefined ? 'malformed' : inspectUpdate(document, update)
}

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
  expect(inspect(server, update ?? new Uint8Array())).toBe('fit')
  expect(inspect(new Y.Doc(), Y.encodeStateAsUpdate(server))).toBe('fit')
})

test('[ADM-13] bytes that are no update are malformed', () => {
  const server = makeOpportunity()
  expect(inspect(server, new Uint8Array([9, 9, 9]))).toBe('malformed')
  expect(inspect(server, new Uint8Array())).toBe('malformed')
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
  expect(inspect(server, first)).toBe('fit')
  expect(inspect(server, second)).toBe('incomplete')
  expect(inspect(server, third)).toBe('incomplete')
  expect(inspect(server, Y.mergeUpdates([first, third]))).toBe('fit')
  expect(inspect(server, Y.mergeUpdates([third, second]))).toBe('incomplete')
  Y.applyUpdate(server, first)
  expect(inspect(server, second)).toBe('fit')
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
  expect(inspect(server, changed ?? new Uint8Array())).toBe('incomplete')
})

/** A colleague's device hands its words on to Ana's, and what she writes beside them reaches the server first. */
test.each([
  ['behind', (text: Y.Text) => text.insert(text.length, ' Hers.')],
  ['in front of', (text: Y.Text) => text.insert(0, 'Hers. ')],
])(
  '[ADM-13] words %s those of a colleague whose update is missing are incomplete until it is there (SYNC 26)',
  (_place, write) => {
    const server = makeOpportunity()
    const [theirs = new Uint8Array()] = updatesOf(server, 2, [
      (doc) => doc.getText('text:description').insert(0, 'Theirs.'),
    ])
    const ahead = copyDocument(server, 'opportunity', 4)
    Y.applyUpdate(ahead, theirs)
    const [hers = new Uint8Array()] = updatesOf(ahead, 3, [(doc) => write(doc.getText('text:description'))])
    // Nothing of her own is missing: only what her words stand beside.
    expect(inspect(server, hers)).toBe('incomplete')
    expect(inspect(server, Y.mergeUpdates([hers, theirs]))).toBe('fit')
    Y.applyUpdate(server, theirs)
    expect(inspect(server, hers)).toBe('fit')
  },
)

test('[ADM-13] nesting deeper than any editor makes it is too deep, at once or level by level', () => {
  const server = makeOpportunity()
  const attacker = new Y.Doc()
  attacker.transact(() => nested(20_000)(attacker))
  expect(inspect(server, Y.encodeStateAsUpdate(attacker))).toBe('too-deep')

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
    const verdict = inspect(server, update)
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
  expect(inspect(makeOpportunity(), alone)).toBe('malformed')
  expect(inspect(makeOpportunity(), crossed)).toBe('too-deep')
})

test('[ADM-15] a copy of another record under the same name is foreign, alone or with more (SYNC 15)', () => {
  const server = makeOpportunity({ clientId: 1 })
  const restored = makeOpportunity({ clientId: 2 })
  const [more] = updatesOf(restored, 3, [(doc) => doc.getText('text:description').insert(0, 'Hello')])
  const [own] = updatesOf(server, 4, [(doc) => setField(doc, 'fields.stage', 'advancing', { now })])
  const copy = Y.encodeStateAsUpdate(restored)
  expect(inspect(server, copy)).toBe('foreign')
  expect(inspect(server, Y.mergeUpdates([copy, more ?? copy, own ?? copy]))).toBe('foreign')
  // Whoever merged both has a part of the other record even when the part that they hold now is overwritten.
  restored.getMap('meta').set('kind', 'opportunity')
  expect(inspect(server, Y.encodeStateAsUpdate(restored))).toBe('foreign')
})

test('[ADM-15] a copy of the same record is not foreign, however much of it comes again', () => {
  const server = makeOpportunity()
  const replica = copyDocument(server, 'opportunity', 5)
  setField(replica, 'fields.stage', 'advancing', { now })
  replica.getMap('meta').set('kind', 'contact')
  expect(inspect(server, Y.encodeStateAsUpdate(server))).toBe('fit')
  expect(inspect(server, Y.encodeStateAsUpdate(replica))).toBe('fit')
  expect(inspect(new Y.Doc(), Y.encodeStateAsUpdate(replica))).toBe('fit')
})

test('[ADM-13] what counts further than any device, or brings roots and client ids by the hundred, is malformed', () => {
  const server = makeOpportunity()
  const first = server.share.size
  const rooted = (count: number) =>
    updatesOf(server, 2, [(doc) => times(count, (index) => doc.getMap(`root-${index}`).set('key', 1))])
  expect(inspect(server, rooted(20)[0] ?? new Uint8Array())).toBe('fit')
  expect(inspect(server, rooted(600)[0] ?? new Uint8Array())).toBe('malformed')
  expect(server.share.size).toBe(first)

  const writtenBy = (count: number) =>
    Y.mergeUpdates(
      times(count, (index) => {
        const doc = new Y.Doc()
        doc.clientID = 5000 + index
        doc.getMap('fields').set('nextStep', 'call')
        return Y.encodeStateAsUpdate(doc)
      }),
    )
  expect(inspect(server, writtenBy(100))).toBe('fit')
  expect(inspect(server, writtenBy(1001))).toBe('malformed')

  for (const length of [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    // One client, one struct of collected content from clock 0, nothing deleted.
    const update = [1, 1, 77, 0, 0, length, 0].flatMap(varUint)
    expect(inspect(server, new Uint8Array(update))).toBe(length > 2 ** 40 ? 'malformed' : 'fit')
  }
})

/** A number as updates write it: seven bits a byte, the lowest first. */
function varUint(number: number): number[] {
  return number < 128 ? [number] : [128 + (number % 128), ...varUint(Math.floor(number / 128))]
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
