import type { OpenDocument } from '@fulqrun/sync'
import { useDocumentState, useMe } from '../../data/workspace.tsx'

/** Whether this person may decide in a record: whoever may write in it. */
export function useCanWrite(open: OpenDocument): boolean {
  const me = useMe()
  const { access } = useDocumentState(open)
  return me.canWrite && access === 'write'
}
