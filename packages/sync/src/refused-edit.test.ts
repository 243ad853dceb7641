import { acceptNotice, addEntry, decideOnProposal, removeEntry, setField } from '@fulqrun/schema'
import { appendNotes, copyDocument, makeContact } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { diffDraft, pickDraft } from './refused-edit.ts'

/** A device that was offline, and the server's document, which a colleague has changed meanwhile. */
function apart() {
  const server = makeContact({ notes: ['Shared words'] })
  addEntry(server, 'activities', { type: 'call', subject: 'Call' }, { now: 1, id: 'a-1' })
  // Of two values written apart, Yjs takes that of the higher client id.
  const doc = copyDocument(server, 'contact', 2)
  const colleague = copyDocument(server, 'contact', 9)
  const unsent: { update: Uint8Array; paths: string[] }[] = []
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'server') unsent.push({ update, paths: ['fields.phone', 'edited.fields.phone'] })
  })
  return {
    server,
    draft: { doc, unsent },
    colleague: (edit: (doc: Y.Doc) => void) => {
      edit(colleague)
      Y.applyUpdate(server, Y.encodeStateAsUpdate(colleague))
    },
    /** What the device heard before its edit was refused. */
    hear: () => Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server'),
  }
}

describe('the draft of a refused edit', () => {
  test.each([false, true])(
    '[REF-9] lists a value that gives way to a colleague’s, whether theirs has arrived or not (%s)',
    (hasArrived) => {
      const { server, draft, colleague, hear } = apart()
      setField(draft.doc, 'fields.phone', '+1 555 0001', { now: 2 })
      colleague((doc) => setField(doc, 'fields.phone', '+1 555 0002', { now: 3 }))
      if (hasArrived) hear()
      expect(diffDraft(server, draft, 'contact')).toEqual([
        { path: 'fields.phone', draft: '+1 555 0001', server: '+1 555 0002' },
      ])
      expect(pickDraft(draft, 'contact')).toEqual([{ path: 'fields.phone', draft: '+1 555 0001' }])
    },
  )

  test('[REF-9] lists what was written in an entry or a paragraph that a colleague has removed', () => {
    const { server, draft, colleague, hear } = apart()
    setField(draft.doc, 'activities.a-1.subject', 'Call about samples', { now: 2 })
    const block = draft.doc.getXmlFragment('notes').get(0)
    const text = block instanceof Y.XmlElement ? block.get(0) : undefined
    if (text instanceof Y.XmlText) text.insert(0, 'Mine first. ')
    colleague((doc) => {
      removeEntry(doc, 'activities', 'a-1', { now: 3 })
      doc.getXmlFragment('notes').delete(0, 1)
      appendNotes(doc, ['Other words'])
    })
    hear()
    expect(diffDraft(server, draft, 'contact')).toEqual([
      { path: 'activities.a-1.subject', draft: 'Call about samples' },
      { path: 'notes', draft: 'Other words\nMine first. ', server: 'Other words' },
    ])
  })

  test('[REF-1] says in words what was decided, with the comment, and not that something was read', () => {
    const { server, draft } = apart()
    const now = 2
    for (const doc of [server, draft.doc])
      doc.getMap('proposals').set('p-1', {
        path: 'fields.lastName',
        value: 'Archer',
        author: 'user-ben',
        proposedAt: 1,
        status: 'waiting',
      })
    decideOnProposal(draft.doc, 'p-1', 'rejected', { now, comment: 'Ask her first' })
    acceptNotice(draft.doc, 'c-1', { now })
    expect(diffDraft(server, draft, 'contact').map((value) => value.draft)).toContain(
      'A proposal was rejected: Ask her first',
    )
    const decisions = diffDraft(server, draft, 'contact').filter(({ path }) => path.startsWith('decisions.'))
    expect(decisions).toHaveLength(1)
  })

  test('[REF-9] does not list what was typed over or cleared again', () => {
    const { server, draft, hear } = apart()
    for (const phone of ['+1 555 0001', undefined, '+1 555 0003'])
      setField(draft.doc, 'fields.phone', phone, { now: 2 })
    hear()
    expect(diffDraft(server, draft, 'contact')).toMatchObject([
      { path: 'fields.phone', draft: '+1 555 0003' },
    ])
  })
})
