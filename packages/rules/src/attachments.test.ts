import { addEntry, readOpportunity, removeEntry } from '@fulqrun/schema'
import { copyDocument, makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Admission, admit } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'

const now = Date.UTC(2026, 8, 14, 9)
const options = { now }
const hash = 'ab'.repeat(32)
const photo = { activityId: 'activity-1', name: 'ward.jpg', type: 'image/jpeg', size: 1200, hash }

/** A server's copy, and how somebody hands in what they did on theirs. */
function openOffice() {
  const server = makeOpportunity()
  let clientId = 40
  return {
    server,
    files: () => readOpportunity(server).view.attachments,
    copy: () => copyDocument(server, 'opportunity', (clientId += 1)),
    send(doc: Y.Doc, id: string): Admission {
      const update = decodeUpdate(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)))
      return admit({
        document: server,
        kind: 'opportunity',
        author: { id, name: id, role: 'rep' },
        authority: 'client',
        receivedAt: now + 60_000,
        update,
        change: (target) => Y.applyUpdate(target, update?.bytes ?? new Uint8Array()),
      })
    },
  }
}

test('[RES-11] two people attach a file apart from each other: both stay, and who did it is who is signed in', () => {
  const office = openOffice()
  const [ana, ben] = [office.copy(), office.copy()]
  addEntry(ana, 'attachments', { ...photo, addedBy: 'mia' }, { ...options, id: 'file-1' })
  addEntry(ben, 'attachments', { ...photo, name: 'plan.pdf' }, { ...options, id: 'file-2' })
  expect([...office.send(ana, 'ana').putBack, ...office.send(ben, 'ben').putBack]).toEqual([])
  expect(office.files()).toMatchObject([
    { id: 'file-1', name: 'ward.jpg', addedBy: 'ana' },
    { id: 'file-2', name: 'plan.pdf', addedBy: 'ben' },
  ])
})

test.each([
  ['hash', 'cd'.repeat(32)],
  ['name', 'invoice.pdf'],
  ['type', 'text/html'],
  ['size', 5],
  ['activityId', 'activity-2'],
  ['addedBy', 'mia'],
  ['width', 4000],
])('[RES-11] the %s of a file is not changed afterwards', (key, value) => {
  const office = openOffice()
  const ana = office.copy()
  addEntry(ana, 'attachments', photo, { ...options, id: 'file-1' })
  office.send(ana, 'ana')
  const before = office.files()
  const ben = office.copy()
  const entry = ben.getMap('attachments').get('file-1') as Y.Map<unknown>
  entry.set(key, value)
  const { putBack } = office.send(ben, 'ben')
  expect(putBack).toMatchObject([{ path: `attachments.file-1.${key}`, rule: 'RES-11' }])
  expect(office.files()).toEqual(before)
})

test('[RES-11] a file is removed by whoever may write, and comes back under its id', () => {
  const office = openOffice()
  const ana = office.copy()
  addEntry(ana, 'attachments', photo, { ...options, id: 'file-1' })
  office.send(ana, 'ana')
  const ben = office.copy()
  removeEntry(ben, 'attachments', 'file-1', options)
  expect(office.send(ben, 'ben')).toMatchObject({
    putBack: [],
    changes: [{ path: 'attachments.file-1', action: 'delete', before: photo }],
  })
  addEntry(ben, 'attachments', photo, { ...options, id: 'file-1' })
  expect(office.send(ben, 'ben').putBack).toEqual([])
  expect(office.files()).toMatchObject([{ id: 'file-1', hash, addedBy: 'ben' }])
})
