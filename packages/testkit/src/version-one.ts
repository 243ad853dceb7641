import type { DocumentKind } from '@fulqrun/protocol'
import { defineRoots, type StageId } from '@fulqrun/schema'
import * as Y from 'yjs'
import { buildTime } from './documents.ts'

/** Documents in the layout of schema version 1 (see the migration to version 2), written as its build wrote them. */

type Fields = Readonly<Record<string, unknown>>

const fieldsOfVersionOne: Readonly<Record<DocumentKind, Fields>> = {
  opportunity: {
    name: 'Oncology pathway, Lakeside Clinic',
    account: 'Lakeside Clinic',
    stage: 'negotiation',
    probability: '70 %',
    assignedTo: 'user-ben',
    closeDate: '2026-10-15',
    'meddpicc.champion.influence': 'high',
  },
  contact: {
    firstName: 'Samuel',
    lastName: 'Reyes',
    npi: 1_245_319_599,
    formularyStatus: 'non-preferred',
    email: 'samuel.reyes@lakeside.example',
  },
  kpi: { period: '2026Q2', title: 'South, second quarter' },
}

/** Stages of version 1; those that still exist kept their ids. */
export const stagesOfVersionOne: Readonly<Record<string, StageId>> = {
  prospecting: 'prospecting',
  qualifying: 'engaging',
  proposal: 'advancing',
  negotiation: 'key_decision',
  closed_won: 'closed_won',
  closed_lost: 'closed_lost',
}

/** A document as a device of version 1 wrote it; `fields` are set on top. */
export function makeVersionOne(kind: DocumentKind, fields: Fields = {}, clientId = 1): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = clientId
  defineRoots(doc, kind)
  const meta = {
    kind,
    schemaVersion: 1,
    territoryId: 'territory-south',
    createdBy: 'user-ben',
    createdAt: buildTime,
  }
  doc.transact(() => {
    for (const [key, value] of Object.entries(meta)) doc.getMap('meta').set(key, value)
    for (const [key, value] of Object.entries({ ...fieldsOfVersionOne[kind], ...fields })) {
      doc.getMap('fields').set(key, value)
      doc.getMap('edited').set(`fields.${key}`, buildTime)
    }
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText('Written before the first release.')])
    doc.getXmlFragment('notes').insert(0, [paragraph])
    if (kind === 'kpi') doc.getText('text:commentary').insert(0, 'A quiet quarter.')
    else doc.getMap('activities').set('activity-1', new Y.Map([['subject', 'First call']]))
  })
  return doc
}
