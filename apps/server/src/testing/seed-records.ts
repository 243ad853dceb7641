import type { DocumentName } from '@fulqrun/protocol'
import { createDocument, defineRoots, newDocumentId, setField, summarize } from '@fulqrun/schema'
import * as Y from 'yjs'
import { type Description, type DocumentStore, emptyBatch, type LogEntry } from '../store/document-store.ts'

export interface SeedOptions {
  readonly count: number
  readonly territoryId: string
  readonly organizationId?: string | undefined
  /** Edits of each record after its creation, one log entry each. */
  readonly edits?: number | undefined
  /** Characters of text in each record. */
  readonly text?: number | undefined
}

const author = { id: 'ana', name: 'Ana Castillo' }
const perBatch = 500

/** Writes opportunities into a log as their creator's device would have; answers their names, oldest first. */
export async function seedRecords(
  store: Pick<DocumentStore, 'commit'>,
  { count, territoryId, organizationId = 'meridian', edits = 0, text = 0 }: SeedOptions,
): Promise<DocumentName[]> {
  const names: DocumentName[] = []
  for (let start = 0; start < count; start += perBatch) {
    const entries: LogEntry[] = []
    const descriptions: Description[] = []
    for (let index = start; index < Math.min(count, start + perBatch); index++) {
      const name = `${organizationId}/opportunity/${newDocumentId()}` as DocumentName
      const doc = new Y.Doc()
      defineRoots(doc, 'opportunity')
      const updates: Uint8Array[] = []
      doc.on('update', (update: Uint8Array) => updates.push(update))
      doc.transact(() => {
        createDocument(doc, {
          kind: 'opportunity',
          territoryId,
          createdBy: author.id,
          createdAt: 1,
          fields: { name: `Deal ${index}`, product: 'Velorin' },
        })
        doc.getText('text:meddpicc.metrics.currentCost').insert(0, wordsOf(index, text))
      })
      for (let edit = 0; edit < edits; edit++)
        setField(doc, 'fields.nextStep', `Step ${edit} of ${index}`, { now: edit + 2 })
      for (const update of updates)
        entries.push({ document: name, update, author, origin: 'device', receivedAt: index + 1, changes: [] })
      const { title, summary } = summarize(doc, 'opportunity')
      descriptions.push({
        document: name,
        organizationId,
        kind: 'opportunity',
        territoryId,
        title,
        summary: { ...summary },
      })
      names.push(name)
      doc.destroy()
    }
    await store.commit({ ...emptyBatch, entries, descriptions })
  }
  return names
}

/** Words that differ from record to record, so that compression has something to do. */
function wordsOf(index: number, length: number): string {
  let words = ''
  for (let at = index; words.length < length; at = (at * 1103515245 + 12345) % 2147483648)
    words += `${at.toString(36)} `
  return words.slice(0, length)
}
