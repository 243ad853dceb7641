import {
  buildTime,
  copyDocument,
  documentJson,
  listFixtures,
  loadFixture,
  makeContact,
  makeOpportunity,
  openFixture,
} from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { attachmentTypes, isAttachmentType, shownAs, typeOfFile } from './attachment-types.ts'
import { addEntry, removeEntry, setField } from './commands.ts'
import { migrate } from './migrate.ts'
import { readContact, readDocument, readOpportunity } from './read.ts'
import { checkValue } from './validation.ts'

const options = { now: buildTime }
const hash = 'ab'.repeat(32)
const photo = { activityId: 'activity-1', name: 'ward.jpg', type: 'image/jpeg', size: 1200, hash, width: 800 }

test('[SCH-40] files of an activity are added whole and read back', () => {
  for (const [doc, read] of [
    [makeOpportunity(), readOpportunity],
    [makeContact(), readContact],
  ] as const) {
    const id = addEntry(doc, 'attachments', photo, options)
    expect(read(doc)).toMatchObject({ issues: [], view: { attachments: [{ ...photo, id }] } })
  }
})

test('[SCH-40] commands do not change what a file is', () => {
  const doc = makeOpportunity({ entries: { attachments: { 'file-1': photo } } })
  for (const [key, value] of Object.entries({ ...photo, name: 'other.jpg' }))
    expect(() => setField(doc, `attachments.file-1.${key}`, value, options)).toThrow('Commands do not write')
  expect(readOpportunity(doc).view.attachments).toMatchObject([photo])
})

test('[SCH-40] two people who attach the same file at once both keep it; a removed one comes back as it was', () => {
  const ana = makeOpportunity()
  const ben = copyDocument(ana, 'opportunity', 22)
  const ids = [addEntry(ana, 'attachments', photo, options), addEntry(ben, 'attachments', photo, options)]
  Y.applyUpdate(ana, Y.encodeStateAsUpdate(ben))
  Y.applyUpdate(ben, Y.encodeStateAsUpdate(ana))
  expect(documentJson(ana)).toEqual(documentJson(ben))
  const { attachments } = readOpportunity(ana).view
  expect(attachments.map(({ id }) => id)).toEqual(ids.toSorted())
  const [first] = attachments
  if (first === undefined) throw new Error('nothing was attached')
  const { id, ...values } = first
  removeEntry(ana, 'attachments', id, options)
  expect(readOpportunity(ana).view.attachments).toHaveLength(1)
  addEntry(ana, 'attachments', values, { ...options, id })
  expect(readOpportunity(ana).view.attachments).toEqual(attachments)
})

test('[SCH-40] what is no hash or too large is not written, and reads as an issue', () => {
  const path = 'attachments.file-1'
  expect(checkValue('opportunity', path, photo)).toBeUndefined()
  for (const wrong of [
    { hash: '../../etc/passwd' },
    { hash: hash.toUpperCase() },
    { size: 10 * 1024 * 1024 + 1 },
    { size: 0 },
    { name: '' },
  ])
    expect(checkValue('opportunity', path, { ...photo, ...wrong })).toBeDefined()
  const doc = makeOpportunity()
  doc.getMap('attachments').set('file-1', new Y.Map(Object.entries({ ...photo, hash: '..' })))
  expect(readOpportunity(doc).view.attachments[0]?.hash).toBeUndefined()
  expect(readOpportunity(doc).issues.map((issue) => issue.path)).toEqual([`${path}.hash`])
})

test('[SCH-41] pictures, PDF, office and text are taken; what a browser would run is not', () => {
  expect(attachmentTypes.map(({ type }) => type).filter((type) => /svg|html|xml$|script/.test(type))).toEqual(
    [],
  )
  const typed = (name: string, type = '') => typeOfFile({ name, type })
  expect(typed('a.JPG')).toBe('image/jpeg')
  expect(typed('IMG_1.HEIC')).toBe('image/heic')
  expect(typed('plan.docx', 'application/octet-stream')).toMatch(/wordprocessingml/)
  expect(typed('notes.txt', 'text/plain; charset=utf-8')).toBe('text/plain')
  for (const [name, type] of [
    ['x.svg', 'image/svg+xml'],
    ['x.html', 'text/html'],
    ['x.exe', ''],
    ['jpg', ''],
  ])
    expect(typed(name ?? '', type)).toBeUndefined()
  expect(shownAs('image/png')).toBe('image')
  expect(shownAs('application/pdf')).toBe('pdf')
  expect([shownAs('text/plain'), shownAs('image/heic'), shownAs('image/svg+xml')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(isAttachmentType('text/html')).toBe(false)
})

test('[SCH-42] records of every earlier version have no files, and take some', () => {
  for (const { kind, version } of listFixtures()) {
    if (kind === 'kpi') continue
    const doc = openFixture(loadFixture(kind, version))
    migrate(doc)
    const before = readDocument(doc, kind)
    expect(before.view).toMatchObject({ attachments: [] })
    addEntry(doc, 'attachments', photo, options)
    expect(readDocument(doc, kind)).toMatchObject({ issues: before.issues, view: { attachments: [photo] } })
  }
})

test('[SCH-42] a removed activity keeps its files, for the day it comes back', () => {
  const doc = makeOpportunity({
    entries: { activities: { 'activity-1': { subject: 'Visit' } }, attachments: { 'file-1': photo } },
  })
  removeEntry(doc, 'activities', 'activity-1', options)
  expect(readOpportunity(doc).view.attachments).toMatchObject([{ id: 'file-1' }])
})
