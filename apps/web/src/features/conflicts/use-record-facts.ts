import { readConflicts, readDecisions, readProposals } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { useState } from 'react'
import type * as Y from 'yjs'
import { useView } from '../../data/view.ts'
import type { RecordFacts } from './marks.ts'

const readFacts = (doc: Y.Doc): RecordFacts => ({
  conflicts: readConflicts(doc),
  proposals: readProposals(doc),
  decisions: readDecisions(doc),
})

/** Conflicts, proposals and unsent decisions of a record, live. The same object until one of them changes. */
export function useRecordFacts(open: OpenDocument): RecordFacts {
  const read = useView(open, readFacts)
  const [kept, setKept] = useState(read)
  if (read === kept) return kept
  // Somebody types in the notes: nothing that stands at the fields has changed.
  if (JSON.stringify(read) === JSON.stringify(kept)) return kept
  setKept(read)
  return read
}
