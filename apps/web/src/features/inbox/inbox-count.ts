import type { Role } from '@fulqrun/protocol'
import type { ListedEntry } from '@fulqrun/sync'
import { attentionOf } from './attention.ts'
import { mayApproveAt } from './inbox-roles.ts'

export interface CountFacts {
  readonly entries: readonly ListedEntry[]
  /** Edits of this device that were not accepted. */
  readonly refused: number
  readonly userId: string
  readonly role: Role
}

/**
 * The number at the inbox: what is this person's to do or to read. Conflicts between others are listed and not
 * counted, and neither is what they wait for themselves.
 */
export function inboxCount({ entries, refused, userId, role }: CountFacts): number {
  let count = refused
  for (const { summary } of entries) {
    for (const { type, people, path } of attentionOf(summary)) {
      const isMine = people.includes(userId)
      if (type === 'proposal') count += Number(!isMine && mayApproveAt(role, path))
      else count += Number(isMine)
    }
  }
  return count
}
