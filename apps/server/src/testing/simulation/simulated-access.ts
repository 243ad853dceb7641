import type { Me } from '@fulqrun/protocol'
import { AccountError } from '../../accounts/account-error.ts'
import type { AccessDirectory } from '../../accounts/access-directory.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import type { Principal } from '../../accounts/principal.ts'

/** People of the simulation: two reps of one territory. */
export const people = ['ana', 'ben'] as const
export type SimulatedPerson = (typeof people)[number]

const organizationId = 'org-1'
const territory = { id: 'north', name: 'North' }
export const territoryId = territory.id

/** Who may do what. A token or a bearer names its person, and is good for ever. */
export class SimulatedAccess {
  readonly #readers = new Set<SimulatedPerson>()

  canWrite(person: SimulatedPerson): boolean {
    return !this.#readers.has(person)
  }

  setCanWrite(person: SimulatedPerson, canWrite: boolean): void {
    if (canWrite) this.#readers.delete(person)
    else this.#readers.add(person)
  }

  principalOf(person: SimulatedPerson): Principal {
    return {
      user: { id: person, name: person, email: `${person}@example.com` },
      sessionId: `session-${person}`,
      organizationId,
      organizationName: 'Org',
      role: 'rep',
      territories: [territory],
      canWrite: this.canWrite(person),
    }
  }

  meOf(person: SimulatedPerson): Me {
    const { user, role, territories, canWrite } = this.principalOf(person)
    return {
      user,
      organization: { id: organizationId, name: 'Org' },
      role,
      territories,
      canWrite,
      now: Date.now(),
    }
  }

  /** As far as sockets ask. */
  get directory(): AccessDirectory {
    const directory: Pick<AccessDirectory, 'authenticate' | 'current' | 'watch' | 'unwatch' | 'subscribe'> = {
      authenticate: async (token) => ({
        principal: this.#subjectOf(token),
        expiresAt: Number.MAX_SAFE_INTEGER,
      }),
      current: (sessionId) => this.#subjectOf(sessionId.replace('session-', '')),
      watch: () => undefined,
      unwatch: () => undefined,
      subscribe: () => () => undefined,
    }
    return directory as unknown as AccessDirectory
  }

  /** As far as HTTP asks. */
  get accounts(): Accounts {
    const accounts = {
      directory: this.directory,
      devices: { seen: async () => undefined },
      principalOf: async (headers: Headers) => this.#subjectOf(bearerOf(headers)),
      people: async () => [],
      handle: async (request: Request) => Response.json({ token: bearerOf(request.headers) }),
    }
    return accounts as unknown as Accounts
  }

  #subjectOf(token: string): Principal {
    const person = people.find((each) => each === token)
    if (person === undefined) throw new AccountError('auth/token-invalid')
    return this.principalOf(person)
  }
}

function bearerOf(headers: Headers): string {
  return (headers.get('authorization') ?? '').slice('Bearer '.length)
}
