import { type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { Link } from '@tanstack/react-router'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { kpiSets } from '../kpis/kpi-search.ts'

interface RecordLinkProps {
  readonly name: DocumentName
  readonly title: string
}

const look =
  'inline-flex min-h-6 items-center font-medium text-ink underline decoration-line-strong underline-offset-2 ' +
  'hover:decoration-ink-3 touch:min-h-11'

/** The way to a record, whatever its kind. */
export function RecordLink({ name, title }: RecordLinkProps) {
  const parsed = parseDocumentName(name)
  const words = title === '' ? 'Untitled' : title
  if (parsed?.kind === 'opportunity')
    return (
      <Link to="/opportunities/$id" params={{ id: parsed.id }} className={look}>
        {words}
      </Link>
    )
  if (parsed?.kind === 'contact')
    return (
      <Link to="/contacts/$id" params={{ id: parsed.id }} className={look}>
        {words}
      </Link>
    )
  return <KpiLink name={name}>{words}</KpiLink>
}

/** To the set itself: the screen begins with another one. */
function KpiLink({ name, children }: { readonly name: DocumentName; readonly children: string }) {
  const entries = useStore(useWorkspace().catalogue)
  const [set] = kpiSets(entries.filter((entry) => entry.name === name))
  const search = set === undefined ? {} : { territory: set.territoryId, quarter: set.quarter }
  return (
    <Link to="/kpis" search={search} className={look}>
      {children}
    </Link>
  )
}
