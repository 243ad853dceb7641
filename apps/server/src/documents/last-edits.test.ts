import type { ChangeRecord, DocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { emptyBatch, type LogEntry } from '../store/document-store.ts'
import { MemoryDocumentStore } from '../store/memory-document-store.ts'
import { DocumentLedger } from './document-ledger.ts'
import { LastEdits } from './last-edits.ts'
import * as Y from 'yjs'

const document = 'meridian/opportunity/00000000-0000-7000-8000-000000000001' as DocumentName

function entry(authorId: string, receivedAt: number, ...changes: Partial<ChangeRecord>[]): LogEntry {
  return {
    document,
    // Nothing: what an entry changed is read from its changes.
    update: new Uint8Array([0, 0]),
    author: { id: authorId, name: authorId },
    origin: 'device',
    receivedAt,
    changes: changes.map((change) => ({
      path: 'fields.name',
      action: 'set',
      editedAt: receivedAt - 1,
      ...change,
    })),
  }
}

function editsOf(...entries: readonly LogEntry[]): LastEdits {
  const edits = new LastEdits()
  for (const one of entries) edits.note(one)
  return edits
}

describe('who wrote the value that stands', () => {
  test('[DOC-6] the last one who put a value in place, with what stood before', () => {
    const edits = editsOf(
      entry('ana', 10, { after: 'A' }, { path: 'fields.closeDate', after: '2026-12-01' }),
      entry('ben', 20, { before: 'A', after: 'B' }),
      entry('mia', 30, { path: 'fields.closeDate', action: 'delete', before: '2026-12-01' }),
    )
    expect(edits.of('fields.name')).toEqual({
      author: 'ben',
      isPerson: true,
      editedAt: 19,
      receivedAt: 20,
      before: 'A',
    })
    expect(edits.of('fields.closeDate')).toMatchObject({ author: 'mia', before: '2026-12-01' })
    expect(edits.of('fields.nextStep')).toBeUndefined()
  })

  test('[DOC-6] decisions and restored values count; what did not come to stand, proposals and text do not', () => {
    const official = { path: 'financials.amount', after: 5 }
    const edits = editsOf(
      entry('finn', 10, { ...official, action: 'decide' }),
      entry('ana', 20, { ...official, action: 'put-back' }, { ...official, action: 'propose' }),
      entry('cora', 30, { action: 'restore', after: 'A' }),
      entry('ben', 40, { action: 'conflict', after: 'B' }, { rule: 'POL-6', after: 'C' }),
      entry('ben', 50, { path: 'text:description', action: 'text', inserted: 'x' }),
      entry('ben', 60, { path: 'notes', action: 'set' }, { path: 'proposals.p1', after: { path: 'x' } }),
    )
    expect(edits.of('financials.amount')?.author).toBe('finn')
    expect(edits.of('fields.name')?.author).toBe('cora')
    expect(edits.toJSON().map(([path]) => path)).toEqual(['financials.amount', 'fields.name'])
  })

  test('[DOC-6] an entry that was added or removed whole answers for its fields until they are written', () => {
    const edits = editsOf(
      entry('ana', 10, { path: 'activities.a1', after: { type: 'call' } }),
      entry('ben', 20, { path: 'activities.a1.status', before: 'planned', after: 'completed' }),
    )
    expect(edits.of('activities.a1')?.author).toBe('ana')
    expect(edits.of('activities.a1.subject')?.author).toBe('ana')
    expect(edits.of('activities.a1.status')?.author).toBe('ben')
    expect(edits.of('activities.a2.status')).toBeUndefined()
    edits.note(entry('mia', 30, { path: 'activities.a1', action: 'delete', before: { type: 'call' } }))
    expect(edits.of('activities.a1.status')).toMatchObject({ author: 'mia', before: { type: 'call' } })
    expect(edits.toJSON()).toHaveLength(1)
  })

  test('[DOC-6] the system and the keys of integrations are no people', () => {
    const edits = editsOf(
      entry('system', 1, { path: 'fields.stage' }),
      entry('key:7', 1, { path: 'fields.account' }),
      entry('ana', 1, {}),
    )
    const isPerson = (path: string) => edits.of(path)?.isPerson
    expect(['fields.stage', 'fields.account', 'fields.name'].map(isPerson)).toEqual([false, false, true])
  })

  test('[DOC-6] a script that adds and removes entries without end is forgotten from the oldest on, fields are not', () => {
    const edits = editsOf(entry('ana', 1, {}))
    for (let index = 0; index < 20_000; index++)
      edits.note(entry('key:7', index, { path: `activities.a${index}`, action: 'delete', before: { index } }))
    expect(edits.toJSON()).toHaveLength(5000)
    expect(edits.of('activities.a14000')).toBeUndefined()
    expect(edits.of('activities.a19999')).toMatchObject({ before: { index: 19_999 } })
    expect(edits.of('fields.name')?.author).toBe('ana')
  })
})

describe('over restarts', () => {
  test('[DOC-6] what is rebuilt from a snapshot and the log behind it is what was known', async () => {
    const store = new MemoryDocumentStore()
    const doc = new Y.Doc()
    const open = async () => new DocumentLedger(await store.load(document), () => false)
    let ledger = await open()
    const lived = new LastEdits()
    for (let index = 0; index < 5000; index++) {
      const id = `activities.a${index % 60}`
      const path = index % 7 === 0 ? id : index % 3 === 0 ? `${id}.status` : `fields.field${index % 11}`
      const added = entry(['ana', 'ben', 'mia'][index % 3] ?? '', index, {
        path,
        before: index - 1,
        after: index,
      })
      lived.note(added)
      ledger.append(added)
      // A snapshot is taken while the newest entries are still on their way to disk.
      const early = index % 500 === 0 ? ledger.takeSnapshot(document, doc) : undefined
      const { seqs } = await store.commit({ ...emptyBatch, entries: [added] })
      if (early !== undefined) await store.commit({ ...emptyBatch, snapshots: [early] })
      ledger.committed(seqs[0] ?? 0)
      if (index % 777 === 0) ledger = await open()
    }
    const known = (edits: LastEdits) => new Map(edits.toJSON())
    expect(known(ledger.lastEdits)).toEqual(known(lived))
    expect(known((await open()).lastEdits)).toEqual(known(lived))
    expect(known(lived).size).toBeGreaterThan(60)
  })
})
