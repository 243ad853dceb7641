import { type Consent, isOptOut, readEditedAt } from '@fulqrun/schema'
import { useRecordScope } from '../../fields/record-scope.tsx'

/** When a line that began as an opt-in was turned into an opt-out, ms: its answer was edited after it was added. */
export function useWithdrawnAt(): (line: Consent) => number | undefined {
  const { open } = useRecordScope()
  return (line) => {
    if (!isOptOut(line)) return undefined
    const path = `consents.${line.id}`
    const editedAt = readEditedAt(open.doc, `${path}.optType`)
    return editedAt === readEditedAt(open.doc, path) ? undefined : editedAt
  }
}
