import { type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { useNavigate } from '@tanstack/react-router'
import { useWorkspace } from '../../data/workspace.tsx'

/** Opens a record, or the KPI screen at its quarter. */
export function useOpenRecord(): (name: DocumentName) => void {
  const navigate = useNavigate()
  const { catalogue } = useWorkspace()
  return (name) => {
    const parsed = parseDocumentName(name)
    if (parsed === undefined) return
    const { kind, id } = parsed
    // Overtaken navigations are no failure.
    if (kind === 'opportunity') void navigate({ to: '/opportunities/$id', params: { id } })
    else if (kind === 'contact') void navigate({ to: '/contacts/$id', params: { id } })
    else {
      const entry = catalogue.get().find((listed) => listed.name === name)
      const quarter = entry?.summary['period']
      void navigate({
        to: '/kpis',
        search: {
          ...(entry === undefined ? {} : { territory: entry.territoryId }),
          ...(typeof quarter === 'string' ? { quarter } : {}),
        },
      })
    }
  }
}
