import { type DocumentView, readDocument } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { useCallback } from 'react'
import type * as Y from 'yjs'
import { useView } from '../../data/view.ts'

/** The whole record, live, whatever kind it is. */
export function useDocumentView(open: OpenDocument): DocumentView {
  const { kind } = open
  const read = useCallback((doc: Y.Doc): DocumentView => readDocument(doc, kind).view, [kind])
  return useView(open, read)
}
