import { addEntry, getNotes, propose, setField } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { EditKind } from './steps.ts'

const fields = ['nextStep', 'decisionMaker', 'product']

interface EditOptions {
  /** Tells this edit from every other. */
  readonly number: number
  readonly now: number
  readonly author: string
}

/** Edits a record as the app's screens do; answers what nobody else has written. */
export function edit(doc: Y.Doc, what: EditKind, { number, now, author }: EditOptions): string {
  const mark = `mark ${number}.`
  switch (what) {
    case 'field':
      setField(doc, `fields.${fields[number % fields.length] ?? ''}`, mark, { now })
      return mark
    case 'date':
      setField(doc, 'fields.closeDate', isoDay(number), { now })
      return isoDay(number)
    case 'notes':
      addParagraph(doc, mark)
      return mark
    case 'activity':
      addEntry(doc, 'activities', { type: 'call', subject: mark }, { now, id: `a-${number}` })
      return mark
    case 'proposal':
      propose(doc, { path: 'financials.amount', value: number, reason: mark, author, now, id: `p-${number}` })
      return mark
    case 'pinned': {
      const amount = 7_000_000 + number
      doc.getMap('financials').set('amount', amount)
      return String(amount)
    }
  }
}

function isoDay(index: number): string {
  return new Date(Date.UTC(2030, 0, 1 + index)).toISOString().slice(0, 10)
}

function addParagraph(doc: Y.Doc, text: string): void {
  doc.transact(() => {
    const paragraph = new Y.XmlElement('paragraph')
    getNotes(doc).insert(0, [paragraph])
    paragraph.insert(0, [new Y.XmlText(text)])
  })
}
