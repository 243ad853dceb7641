/** What the rules screen asks of the server: changing a rule, and who changed which. */
import {
  endpoints,
  type ErrorCode,
  type PolicyChangeRequest,
  type PolicyHistoryEntry,
  type PolicyHistoryPage,
} from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

/** `version` is that of the table the admin saw; the server refuses when it is not the current one any more. */
export async function putPolicyChange(
  fetch: Fetch,
  version: number,
  change: PolicyChangeRequest,
): Promise<Answer<unknown>> {
  return request(fetch, endpoints.policy, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': `"${version}"` },
    body: JSON.stringify(change),
  })
}

/** Newest first; `before` is the `next` of the page before. */
export async function fetchPolicyHistory(fetch: Fetch, before?: number): Promise<Answer<PolicyHistoryPage>> {
  const query = before === undefined ? '' : `?before=${before}`
  const answer = await request(fetch, `${endpoints.policyHistory}${query}`)
  if (answer.kind !== 'ok') return answer
  const page = answer.value as Partial<PolicyHistoryPage> | null
  // A captive portal, for example.
  if (!Array.isArray(page?.entries)) return { kind: 'unreachable' }
  const entries = page.entries as readonly PolicyHistoryEntry[]
  return { kind: 'ok', value: { entries, ...(page.next === undefined ? {} : { next: page.next }) } }
}

const problems: Partial<Record<ErrorCode, string>> = {
  'version/mismatch':
    'Somebody else changed the rules while this was open. Look at the new ones and try again.',
  'access/role': 'Only administrators change rules.',
  'input/invalid': 'The server does not accept this change.',
  'auth/required': 'Sign in again to do this.',
}

/** What to tell the person when it did not work; undefined when it did. */
export function changeProblem(answer: Answer<unknown>): string | undefined {
  switch (answer.kind) {
    case 'ok':
      return undefined
    case 'unreachable':
      return "You're offline. Rules are changed on the server, so this needs a connection."
    default:
      return (
        (answer.code === undefined ? undefined : problems[answer.code]) ??
        'The server did not accept this. Try again in a moment.'
      )
  }
}
