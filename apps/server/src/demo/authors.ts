import type { Author } from '@fulqrun/rules'
import { demoPeople } from '../accounts/seed-accounts.ts'

/** Who writes in the demo: the people of DESIGN section 9, by id. */
export type AuthorId = 'ana' | 'ben' | 'mia' | 'finn' | 'adam' | 'eve' | 'system' | 'ledger'

const order: readonly AuthorId[] = ['ana', 'ben', 'mia', 'finn', 'adam', 'eve', 'system', 'ledger']

/** Authors without an account: what the product computes, and the books of an organization without finance people. */
const machines: Partial<Record<AuthorId, Author>> = {
  system: { id: 'system', name: 'FulQrun', role: 'admin' },
  ledger: { id: 'ledger', name: 'Finance import', role: 'finance' },
}

export function authorOf(id: AuthorId): Author {
  const machine = machines[id]
  if (machine !== undefined) return machine
  const person = demoPeople.find((candidate) => candidate.id === id)
  if (person === undefined) throw new RangeError(`no such person: ${id}`)
  return { id, name: person.name, role: person.role }
}

/** The Yjs client with which an author writes: fixed, so that the same demo is the same bytes. */
export function clientOf(id: AuthorId): number {
  return 1001 + order.indexOf(id)
}

/** The Yjs client of the server itself. */
export const serverClient = 1000
