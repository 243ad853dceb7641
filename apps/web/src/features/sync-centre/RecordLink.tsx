import { type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { Link } from '@tanstack/react-router'

interface RecordLinkProps {
  readonly name: DocumentName
  readonly title: string
}

const look = 'font-medium text-ink underline decoration-line-strong underline-offset-2 hover:decoration-ink-3'

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
  return (
    <Link to="/kpis" className={look}>
      {words}
    </Link>
  )
}
