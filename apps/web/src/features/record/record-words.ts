import type { Me, Territory } from '@fulqrun/protocol'
import type { Answer } from '../../session/api.ts'

/**
 * Where this person may move a record to: an admin anywhere, a manager between their own territories. The server decides
 * by the same rule (LST-5); here it only says whether the choice is worth showing.
 */
export function targetsOf({ role, territories }: Me, territoryId: string | undefined): readonly Territory[] {
  if (role !== 'admin' && role !== 'manager') return []
  if (role === 'manager' && !territories.some(({ id }) => id === territoryId)) return []
  return territories.filter(({ id }) => id !== territoryId)
}

/** Removing is for admins (LST-6). */
export function mayRemove({ role }: Pick<Me, 'role'>): boolean {
  return role === 'admin'
}

/** Why the server did not do it, as a sentence; undefined when it did. */
export function refusalWords(answer: Answer<unknown>): string | undefined {
  if (answer.kind === 'ok') return undefined
  if (answer.kind === 'unreachable')
    return 'The server cannot be reached, and this is done there. Try again when you are connected.'
  if (answer.code === 'auth/other-person')
    return 'Somebody else is signed in at the moment. Sign in as yourself first.'
  if (answer.status === 401) return 'Sign in again first.'
  if (answer.status === 403) return 'Your role does not allow this.'
  if (answer.status === 404)
    return 'The server does not have this record: it was not sent yet, or it is gone already.'
  return 'The server did not do it. Nothing has changed.'
}
