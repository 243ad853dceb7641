import type { DocumentKind } from '@fulqrun/protocol'
import { type DocumentView, fieldSpec, optionLabel, readDocument } from '@fulqrun/schema'
import * as Y from 'yjs'

/** Answers and evidence of MEDDPICC as people read them: the label of a chosen option, not its id. */
function answersOf(view: DocumentView): readonly string[] {
  if (view.kind !== 'opportunity') return []
  return Object.entries(view.fields).flatMap(([key, value]: readonly [string, unknown]) => {
    const isAnswer = key.startsWith('meddpicc.') || key.startsWith('litmus.')
    if (!isAnswer || typeof value !== 'string' || value === '') return []
    const spec = fieldSpec('opportunity', `fields.${key}`)
    return [spec?.type === 'choice' ? optionLabel(spec, value) : value]
  })
}

function activitiesOf(view: DocumentView): readonly string[] {
  if (view.kind === 'kpi') return []
  return view.activities.flatMap(({ subject, description, outcomeNote }) => [
    subject,
    description ?? '',
    outcomeNote ?? '',
  ])
}

function peopleOf(view: DocumentView): readonly string[] {
  switch (view.kind) {
    case 'opportunity':
      return [...view.stakeholders.map(({ name }) => name), view.fields.decisionMaker ?? '']
    case 'contact':
      return view.affiliations.map(({ organization }) => organization ?? '')
    case 'kpi':
      return []
  }
}

/** What people wrote in a record beyond what lists show of it, one piece per line. */
export function recordText(view: DocumentView): string {
  return [
    view.notes,
    ...Object.values(view.texts),
    ...activitiesOf(view),
    ...answersOf(view),
    ...peopleOf(view),
  ]
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .join('\n')
}

/** The same of a stored copy. Throws when the bytes are no Yjs update. */
export function snapshotText(update: Uint8Array, kind: DocumentKind): string {
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, update)
    return recordText(readDocument(doc, kind).view)
  } finally {
    doc.destroy()
  }
}
