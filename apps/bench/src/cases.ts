/** What one load run does. Every document has two clients: one writes, the other is the colleague who receives. */
export interface LoadCase {
  readonly id: string
  readonly label: string
  readonly documents: number
  /** Edits that a writer may have under way: unacknowledged, or for y-websocket not yet at the colleague. */
  readonly inFlight: number
  readonly edit: EditKind
  /** Edits of the whole run, over all documents. */
  readonly edits: number
  /** Edits per second and document; absent: as fast as the window allows. */
  readonly pace?: number | undefined
}

/** `text`: one character at the end of a long text. `fields`: one field set by the schema's own command. */
export type EditKind = 'text' | 'fields'

export const loadCases: readonly LoadCase[] = [
  {
    id: 'one-document',
    label: '2 clients on 1 document, 64 in flight',
    documents: 1,
    inFlight: 64,
    edit: 'text',
    edits: 20_000,
  },
  {
    id: 'fifty-documents',
    label: '50 documents with 2 clients each, 4 in flight',
    documents: 50,
    inFlight: 4,
    edit: 'text',
    edits: 20_000,
  },
  {
    id: 'fields',
    label: '50 documents with 2 clients each, 4 in flight, fields set',
    documents: 50,
    inFlight: 4,
    edit: 'fields',
    edits: 20_000,
  },
  {
    id: 'typing',
    label: '50 documents, each typed in with 8 keystrokes per second',
    documents: 50,
    inFlight: 64,
    edit: 'text',
    edits: 2000,
    pace: 8,
  },
]

/** A shorter case of the same shape; paced cases get shorter, not faster. */
export function scaleCase(load: LoadCase, share: number): LoadCase {
  return { ...load, edits: Math.max(load.documents, Math.round(load.edits * share)) }
}
