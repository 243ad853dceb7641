/** The door through which finance sets official numbers directly; proposals are decided in their record. */
import { type DocumentName, type ErrorCode, financialsEndpoint, parseDocumentName } from '@fulqrun/protocol'
import { type Answer, request } from '../../session/api.ts'

const json = { 'content-type': 'application/json' } as const

export interface OfficialChange {
  /** The version that the person saw; the server refuses when it is not the current one any more. */
  readonly version: number
  readonly values: Readonly<Record<string, unknown>>
}

export async function putFinancials(
  name: DocumentName,
  { version, values }: OfficialChange,
): Promise<Answer<unknown>> {
  const id = parseDocumentName(name)?.id ?? ''
  return request(fetch, financialsEndpoint(id), {
    method: 'PUT',
    headers: { ...json, 'if-match': `"${version}"` },
    body: JSON.stringify(values),
  })
}

const problems: Partial<Record<ErrorCode, string>> = {
  'version/mismatch': 'The official values changed while this was open. Check the new ones and save again.',
  'access/role': 'Your role may not decide this.',
  'access/denied': 'You have no access to this record any more.',
  'input/invalid': 'One of the values does not fit its field.',
  'auth/required': 'Sign in again to do this.',
}

/** What to tell the person when it did not work; undefined when it did. */
export function answerProblem(answer: Answer<unknown>): string | undefined {
  switch (answer.kind) {
    case 'ok':
      return undefined
    case 'unreachable':
      return "You're offline. Official values are changed on the server, so this needs a connection."
    default:
      return (
        (answer.code === undefined ? undefined : problems[answer.code]) ??
        'The server did not accept this. Try again in a moment.'
      )
  }
}
