import { setField } from '@fulqrun/schema'
import { copyDocument, makeContact } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { answerTo } from './sync-answer.ts'

const now = Date.UTC(2026, 8, 14)

/** Every value in an update that was written under a key of a map. */
function valuesIn(update: Uint8Array): unknown[] {
  return Y.decodeUpdate(update).structs.flatMap((struct) =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentAny ? struct.content.arr : [],
  )
}

test('[CHN-8] a value that has made way on the device already still reaches the server', () => {
  const server = makeContact()
  const device = copyDocument(server, 'contact', 2)
  const unsent: Uint8Array[] = []
  device.on('update', (update: Uint8Array) => unsent.push(update))
  setField(device, 'fields.phone', '+1 555 0001', { now })
  const colleague = copyDocument(server, 'contact', 9)
  setField(colleague, 'fields.phone', '+1 555 0009', { now })
  Y.applyUpdate(server, Y.encodeStateAsUpdate(colleague))

  const typed = [...unsent]
  Y.applyUpdate(device, Y.encodeStateAsUpdate(server))
  expect(device.getMap('fields').get('phone')).toBe('+1 555 0009')
  const stateVector = Y.encodeStateVector(server)
  expect(valuesIn(answerTo(stateVector, device, []))).not.toContain('+1 555 0001')
  const answer = answerTo(stateVector, device, typed)
  expect(valuesIn(answer)).toContain('+1 555 0001')
  Y.applyUpdate(server, answer)
  expect(server.getMap('fields').toJSON()).toEqual(device.getMap('fields').toJSON())
})

test('[CHN-8] of several unsent edits, also from before a restart, none arrives without its value', () => {
  const server = makeContact()
  const unsent: Uint8Array[] = []
  let device = copyDocument(server, 'contact', 2)
  for (const [index, clientId] of [2, 2, 3].entries()) {
    if (clientId !== device.clientID) device = copyDocument(device, 'contact', clientId)
    device.once('update', (update: Uint8Array) => unsent.push(update))
    setField(device, 'fields.phone', `+1 555 000${index}`, { now })
  }
  const colleague = copyDocument(server, 'contact', 9)
  setField(colleague, 'fields.phone', '+1 555 0009', { now })
  Y.applyUpdate(server, Y.encodeStateAsUpdate(colleague))
  Y.applyUpdate(device, Y.encodeStateAsUpdate(server))

  const answer = answerTo(Y.encodeStateVector(server), device, unsent)
  expect(valuesIn(answer)).toEqual(expect.arrayContaining(['+1 555 0000', '+1 555 0001', '+1 555 0002']))
  Y.applyUpdate(server, answer)
  expect(server.getMap('fields').toJSON()).toEqual(device.getMap('fields').toJSON())
})

test('[CHN-8] what the server lacks beside the unsent edits comes from the copy', () => {
  const device = makeContact()
  const unsent: Uint8Array[] = []
  device.once('update', (update: Uint8Array) => unsent.push(update))
  setField(device, 'fields.phone', '+1 555 0001', { now })
  const server = new Y.Doc()
  Y.applyUpdate(server, answerTo(Y.encodeStateVector(server), device, unsent))
  expect(server.getMap('fields').toJSON()).toEqual(device.getMap('fields').toJSON())
  expect(server.store.pendingStructs).toBeNull()
})

test('[CHN-8] neither a damaged state vector nor a damaged update in the outbox keeps the rest from the server', () => {
  const device = makeContact()
  for (const answer of [
    answerTo(new Uint8Array([255]), device, []),
    answerTo(Y.encodeStateVector(new Y.Doc()), device, [new Uint8Array([7, 7, 7])]),
  ]) {
    const copy = new Y.Doc()
    Y.applyUpdate(copy, answer)
    expect(copy.getMap('fields').toJSON()).toEqual(device.getMap('fields').toJSON())
  }
})
