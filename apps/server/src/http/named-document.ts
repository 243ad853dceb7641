import { type DocumentName, isDocumentName } from '@fulqrun/protocol'
import { canRead, type Principal } from '../accounts/principal.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import { HttpProblem } from './problem.ts'

type Documents = Pick<DocumentHost, 'scopeOf' | 'exists' | 'isRemoved'>
type Params = Readonly<Record<string, string | undefined>>

/** The name in a path, when the caller may read the document or could until it was removed. Throws a problem. */
export function existing(documents: Documents, principal: Principal, params: Params): DocumentName {
  const name = `${params['organization']}/${params['kind']}/${params['id']}`
  if (!isDocumentName(name)) throw new HttpProblem('document/name-invalid')
  if (!canRead(principal, documents.scopeOf(name))) throw new HttpProblem('access/denied')
  if (!documents.exists(name)) throw new HttpProblem('document/not-found')
  return name
}

/** The same, for what can only be done with a document that is there. */
export function present(documents: Documents, principal: Principal, params: Params): DocumentName {
  const name = existing(documents, principal, params)
  if (documents.isRemoved(name)) throw new HttpProblem('document/removed')
  return name
}
