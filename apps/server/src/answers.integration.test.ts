import { frameTypes, syncTypes } from '@fulqrun/protocol'
import { syncFrame, tokenFrame, wireFrame } from '@fulqrun/testkit'
import { writeVarString } from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDisk } from './testing/failing-store.ts'
import { openTestServer } from './testing/test-server.ts'

/** Which answer belongs to which write, when writes were refused, documents were left, or nothing can be applied. */

test('[GATE-5] what was typed behind a refused edit does not hold back what is typed after it (SYNC 13)', async () => {
  await using server = await openTestServer()
  const { name } = await server.newOpportunity('ana')
  const ben = await (await server.connect('ben')).open(name)
  const ana = await (await server.connect('ana')).open(name, { answersSync: false })
  // A paste that is too large, and a key pressed before the device heard of it.
  ana.doc.getText('text:description').insert(0, 'x'.repeat(1_100_000))
  ana.doc.getText('text:description').insert(5, 'y')
  await ana.until(() => ana.messages.length > 0)
  expect(ana.verdicts).toEqual([false])
  // The device replaces its copy and says that it has nothing to add; then the person goes on.
  const replaced = new Y.Doc()
  Y.applyUpdate(replaced, Y.encodeStateAsUpdate(ben.doc))
  const seen = Y.encodeStateVector(replaced)
  ana.sent++
  ana.client.send(syncFrame(ana.address, syncTypes.step2, Y.encodeStateAsUpdate(replaced, seen)))
  await ana.client.ping()
  replaced.getMap('fields').set('nextStep', 'after the refusal')
  ana.send(Y.encodeStateAsUpdate(replaced, seen))
  await ana.answered()
  // The paste, the key behind it and the empty answer that waited with it; then the edit.
  expect(ana.verdicts).toEqual([false, false, false, true])
  await ben.client.ping()
  expect(ben.doc.getMap('fields').get('nextStep')).toBe('after the refusal')
})

test('[GATE-2] whoever leaves a document and comes back gets no answers to what was sent before', async () => {
  const disk = createDisk()
  await using server = await openTestServer({ openStore: (file) => disk.open(file) })
  const ana = await server.newOpportunity('ana')
  disk.state = 'stuck'
  ana.doc.getMap('fields').set('nextStep', 'sent before leaving')
  ana.client.send(wireFrame(ana.address, frameTypes.close, (encoder) => writeVarString(encoder, 'leaving')))
  await ana.until(() => ana.detached !== undefined)
  ana.sent = 0
  ana.verdicts.length = 0
  ana.client.send(tokenFrame(ana.address, await (await server.person('ana')).token()))
  ana.doc.getMap('fields').set('nextStep', 'sent after coming back')
  disk.work()
  await ana.answered()
  await ana.client.ping()
  expect(ana.verdicts).toHaveLength(ana.sent)
})

test('[ADM-13] bytes that can never be applied are refused and leave nothing waiting in the document', async () => {
  await using server = await openTestServer()
  const ana = await server.newOpportunity('ana')
  // Two letters, each behind the other.
  const letter = (client: number) => [0x80 | 4, client, 0, 1, 120]
  ana.send(new Uint8Array([2, 1, 2, 0, ...letter(1), 1, 1, 0, ...letter(2), 0]))
  await ana.answered()
  expect(ana.verdicts.at(-1)).toBe(false)
  expect(ana.messages.at(-1)).toMatchObject({ type: 'refused', code: 'update/malformed' })
  const fresh = await (await server.connect('mia')).open(ana.name)
  expect(fresh.doc.store.pendingStructs).toBeNull()
})

test("a colleague's device brings back what the server had sent out and lost before it was on disk (SYNC 2)", async () => {
  const disk = createDisk()
  await using server = await openTestServer({ openStore: (file) => disk.open(file) })
  const ana = await server.newOpportunity('ana')
  ana.doc.getText('text:description').insert(0, 'One. ')
  await ana.answered()
  const ben = await (await server.connect('ben')).open(ana.name)
  disk.state = 'failing'
  ana.doc.getText('text:description').insert(5, 'Two, never on disk. ')
  await ben.until(({ doc }) => doc.getText('text:description').length > 5)
  // The process ends; Ana's device stays away. Ben goes on from what he saw.
  await server.restart()
  disk.work()
  const device = new Y.Doc()
  Y.applyUpdate(device, Y.encodeStateAsUpdate(ben.doc))
  device.getText('text:description').insert(25, 'Three, of Ben.')
  const again = await (await server.connect('ben')).open(ana.name, { doc: device })
  await again.answered()
  expect(again.verdicts).not.toContain(false)
  const mia = await (await server.connect('mia')).open(ana.name)
  const text = mia.doc.getText('text:description').toJSON()
  expect(text).toBe('One. Two, never on disk. Three, of Ben.')
})

test('[DOC-4] whose edits a colleague brought back after a crash goes on under the same client id', async () => {
  const disk = createDisk()
  await using server = await openTestServer({ openStore: (file) => disk.open(file) })
  const { name } = await server.newOpportunity('mia')
  const ana = await (await server.connect('ana')).open(name)
  const ben = await (await server.connect('ben')).open(name)
  disk.state = 'failing'
  ana.doc.getText('text:description').insert(0, 'Sent around, never on disk. ')
  await ben.until(({ doc }) => doc.getText('text:description').length > 5)
  await server.restart()
  disk.work()
  const device = new Y.Doc()
  Y.applyUpdate(device, Y.encodeStateAsUpdate(ben.doc))
  const again = await (await server.connect('ben')).open(name, { doc: device })
  await again.answered()
  expect(again.verdicts).not.toContain(false)
  // A deploy, hours later; Ana's tab has been open all the time.
  await server.restart()
  const tab = await (await server.connect('ana')).open(name, { doc: ana.doc })
  ana.doc.getText('text:description').insert(0, 'Typed after the deploy. ')
  await tab.answered()
  expect(tab.verdicts).not.toContain(false)
})
