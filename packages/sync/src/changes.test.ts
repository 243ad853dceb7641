import { addEntry, createDocument, defineRoots, getNotes, getText, setField } from '@fulqrun/schema'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { countChanges, touchedPaths } from './changes.ts'

function recordPaths(act: (doc: Y.Doc) => void): readonly string[] {
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 'north',
    createdBy: 'user-1',
    createdAt: 1,
    fields: { name: 'Aster' },
  })
  const paths: string[] = []
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    paths.push(...touchedPaths(doc, transaction))
  })
  act(doc)
  return paths.filter((path) => !path.startsWith('edited.'))
}

describe('changes', () => {
  it('[OUT-6] names the fields that an edit touched', () => {
    expect(recordPaths((doc) => setField(doc, 'fields.name', 'Birch', { now: 2 }))).toEqual(['fields.name'])
    const activity = recordPaths((doc) => {
      const id = addEntry(doc, 'activities', { subject: 'Call', type: 'call', status: 'pending' }, { now: 2 })
      setField(doc, `activities.${id}.subject`, 'Visit', { now: 3 })
    })
    expect(activity.at(-1)).toMatch(/^activities\.[^.]+\.subject$/)
  })

  it('[OUT-6] names a text once, however much is typed', () => {
    const paths = recordPaths((doc) => {
      const notes = getNotes(doc)
      const paragraph = new Y.XmlElement('paragraph')
      notes.insert(0, [paragraph])
      paragraph.insert(0, [new Y.XmlText('hello')])
      getText(doc, 'meddpicc.metrics.baseline')
    })
    expect(new Set(paths)).toEqual(new Set(['notes']))
  })

  it('[OUT-6] counts fields, a new record as one, and bookkeeping as nothing of its own', () => {
    expect(countChanges([])).toBe(0)
    expect(countChanges([{ paths: ['fields.name', 'edited.fields.name'] }, { paths: ['fields.name'] }])).toBe(
      1,
    )
    expect(countChanges([{ paths: ['fields.name'] }, { paths: ['notes'] }])).toBe(2)
    expect(countChanges([{ paths: ['meta.kind', 'fields.name', 'fields.account'] }])).toBe(1)
    expect(countChanges([{ paths: ['edited.notes'] }])).toBe(1)
  })
})
