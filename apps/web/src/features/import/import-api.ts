import {
  type ErrorCode,
  type ImportAnswer,
  importEndpoint,
  type ImportRequest,
  type ImportVerdict,
  personHeader,
} from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

/** What the import screen asks of the server. */
export async function postRows(
  fetch: Fetch,
  { id, userId, ...body }: ImportRequest & { readonly id: string; readonly userId: string },
): Promise<Answer<readonly ImportVerdict[]>> {
  const answer = await request(fetch, importEndpoint(id), {
    method: 'POST',
    // Rows of one person are never sent in the name of the next.
    headers: { 'content-type': 'application/json', [personHeader]: userId },
    body: JSON.stringify(body),
  })
  if (answer.kind !== 'ok') return answer
  const { verdicts } = (answer.value ?? {}) as Partial<ImportAnswer>
  // A captive portal, for example.
  if (!Array.isArray(verdicts) || verdicts.length !== body.rows.length) return { kind: 'unreachable' }
  return { kind: 'ok', value: verdicts }
}

const problems: Partial<Record<ErrorCode, string>> = {
  'access/role': 'You may not import this any more.',
  'auth/required': 'Sign in again to go on.',
  'auth/other-person': 'Somebody else is signed in at the moment. Sign in as yourself to go on.',
  'input/invalid': 'The server does not take this import. Check the territory and the owner, and try again.',
  'input/too-large':
    'Some rows hold more text than the server takes at once. Shorten them and choose the file again.',
}

/** What to say when the server said no. */
export function refusalWords(code: ErrorCode | undefined): string {
  return (
    (code === undefined ? undefined : problems[code]) ??
    'The server did not accept this. Try again in a moment.'
  )
}
