import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { createDocument, defineRoots, getNotes, summarize } from '@fulqrun/schema'
import * as Y from 'yjs'
import { emptyBatch } from '../../../server/src/store/document-store.ts'
import { SqliteDocumentStore } from '../../../server/src/store/sqlite/sqlite-document-store.ts'

/** A territory of opportunities of about 2 kB each, the same bytes for every server. */
export interface Territory {
  readonly names: readonly DocumentName[]
  readonly updates: readonly Uint8Array[]
}

/** Where the demo people work, in whose name the browser signs in. */
const organizationId = 'meridian'
const territoryId = 'meridian-north'
const wantedBytes = 2000
const sentences = [
  'The committee meets on the first Tuesday and wants the budget impact before it.',
  'Dr. Okafor asked for the five-year data in patients with impaired kidneys.',
  'Procurement compares the tender price with last year and the rebate of the group.',
  'Two wards already switch; the pharmacy needs the storage statement in writing.',
  'Call the chief pharmacist after the symposium and offer the training for nurses.',
]

export function makeTerritory(count: number): Territory {
  const names: DocumentName[] = []
  const updates: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const id = `0197f0a0-0000-7000-8000-${index.toString(16).padStart(12, '0')}`
    names.push(formatDocumentName({ organizationId, kind: 'opportunity', id }))
    updates.push(makeOpportunity(index))
  }
  return { names, updates }
}

function makeOpportunity(index: number): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 1000 + index
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId,
    createdBy: 'ana',
    createdAt: Date.UTC(2026, 0, 1) + index,
    fields: {
      name: `Opportunity ${index} of clinic ${index % 400}`,
      account: `Clinic ${index % 400}`,
      nextStep: sentences[index % sentences.length],
      closeDate: `2026-${String(1 + (index % 12)).padStart(2, '0')}-15`,
    },
  })
  const notes = getNotes(doc)
  for (let line = index; Y.encodeStateAsUpdate(doc).byteLength < wantedBytes; line++) {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText(sentences[line % sentences.length])])
    notes.push([paragraph])
  }
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}

/** Fills our server's database as its log would have it: one entry, one description and one snapshot per document. */
export async function seedOurs(dataDir: string, { names, updates }: Territory): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const store = await SqliteDocumentStore.open(join(dataDir, 'fulqrun.sqlite'))
  const author = { id: 'ana', name: 'Ana Castillo' }
  for (let from = 0; from < names.length; from += 500) {
    const documents = names.slice(from, from + 500).map((document, index) => ({
      document,
      update: updates[from + index] ?? new Uint8Array(),
    }))
    const { seqs } = await store.commit({
      ...emptyBatch,
      entries: documents.map((each) => ({
        ...each,
        author,
        origin: 'device' as const,
        receivedAt: Date.UTC(2026, 0, 1),
        changes: [],
      })),
      descriptions: documents.map(({ document, update }) => {
        const doc = new Y.Doc()
        defineRoots(doc, 'opportunity')
        Y.applyUpdate(doc, update)
        const { title, summary } = summarize(doc, 'opportunity')
        doc.destroy()
        return {
          document,
          organizationId,
          kind: 'opportunity' as const,
          territoryId,
          title,
          summary: { ...summary },
        }
      }),
    })
    await store.commit({
      ...emptyBatch,
      snapshots: documents.map(({ document, update }, index) => ({
        document,
        seq: seqs[index] ?? 0,
        data: update,
      })),
    })
  }
  await store.close()
}

/** Fills the peer's database: one row per document, as its database extension stores them. */
export function seedPlain(dataDir: string, { names, updates }: Territory): void {
  mkdirSync(dataDir, { recursive: true })
  const database = new DatabaseSync(join(dataDir, 'hocuspocus.sqlite'))
  database.exec('create table if not exists documents (name text primary key, data blob not null)')
  const insert = database.prepare('insert into documents (name, data) values (?, ?)')
  database.exec('begin')
  for (const [index, name] of names.entries()) insert.run(name, updates[index] ?? new Uint8Array())
  database.exec('commit')
  database.close()
}
