import { type DocumentName, endpoints, type ErrorCode, isDocumentName } from '@fulqrun/protocol'

/** What an address of the gateway asks for. */
export interface YjsTarget {
  readonly name: DocumentName
  readonly token: string
}

/**
 * Reads `/yjs/<document name>?token=<JWT>`, the name decoded once; a code when it is not one, undefined when the address
 * is not the gateway's.
 */
export function readYjsAddress({ pathname, searchParams }: URL): YjsTarget | ErrorCode | undefined {
  const prefix = `${endpoints.gateway}/`
  if (!pathname.startsWith(prefix)) return undefined
  const name = decode(pathname.slice(prefix.length))
  if (name === undefined || !isDocumentName(name)) return 'document/name-invalid'
  const token = searchParams.get('token')
  return token === null || token === '' ? 'auth/required' : { name, token }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign with nothing sensible behind it.
    return undefined
  }
}
