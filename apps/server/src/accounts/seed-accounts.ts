import type { DemoAnswer, Role } from '@fulqrun/protocol'
import { hashPassword } from 'better-auth/crypto'
import type { AccountDatabase } from './account-database.ts'
import { addPerson, assignTerritory, createOrganization, createTerritory } from './administration.ts'

/** Ids of the demo organizations are their short names, so that demo documents can be generated before they exist. */
export const demoOrganizations = [
  {
    id: 'meridian',
    name: 'Meridian Therapeutics',
    territories: [
      { id: 'meridian-north', name: 'North' },
      { id: 'meridian-south', name: 'South' },
    ],
  },
  { id: 'rival', name: 'Rival Pharma', territories: [{ id: 'rival-west', name: 'West' }] },
] as const

export const demoPassword = 'demo-password-1'

interface DemoPerson {
  readonly id: string
  readonly name: string
  readonly organizationId: (typeof demoOrganizations)[number]['id']
  readonly role: Role
  readonly territoryIds: readonly string[]
}

const north = 'meridian-north'
const south = 'meridian-south'

/** The seven people of DESIGN section 9. Their ids are their first names, as are their addresses. */
export const demoPeople: readonly DemoPerson[] = [
  { id: 'ana', name: 'Ana Castillo', organizationId: 'meridian', role: 'rep', territoryIds: [north] },
  { id: 'ben', name: 'Ben Okafor', organizationId: 'meridian', role: 'rep', territoryIds: [north] },
  {
    id: 'mia',
    name: 'Mia Lindqvist',
    organizationId: 'meridian',
    role: 'manager',
    territoryIds: [north, south],
  },
  { id: 'finn', name: 'Finn Gallagher', organizationId: 'meridian', role: 'finance', territoryIds: [] },
  { id: 'cora', name: 'Cora Haddad', organizationId: 'meridian', role: 'compliance', territoryIds: [] },
  { id: 'adam', name: 'Adam Novak', organizationId: 'meridian', role: 'admin', territoryIds: [] },
  { id: 'eve', name: 'Eve Marchetti', organizationId: 'rival', role: 'rep', territoryIds: ['rival-west'] },
]

export function demoEmail(person: Pick<DemoPerson, 'id' | 'organizationId'>): string {
  return `${person.id}@${person.organizationId}.example`
}

/**
 * Fills an empty account database with the demo organizations and people. Returns false, and changes nothing, when
 * there is anybody in it already. All or nothing.
 */
export async function seedAccounts(db: AccountDatabase): Promise<boolean> {
  // One hash for all: the password is public, and seven scrypt runs would slow the first start.
  const passwordHash = await hashPassword(demoPassword)
  return db.transaction().execute(async (transaction) => {
    const anybody = await transaction.selectFrom('user').select('id').limit(1).executeTakeFirst()
    if (anybody !== undefined) return false
    for (const { id, name, territories } of demoOrganizations) {
      await createOrganization(transaction, { id, name })
      for (const territory of territories) {
        await createTerritory(transaction, { ...territory, organizationId: id })
      }
    }
    for (const person of demoPeople) {
      await addPerson(transaction, { ...person, email: demoEmail(person), passwordHash })
      for (const territoryId of person.territoryIds) {
        await assignTerritory(transaction, { userId: person.id, territoryId })
      }
    }
    return true
  })
}

/** What `GET /api/demo` tells the sign-in page, and what `npm start` prints. */
export function demoAnswer(): DemoAnswer {
  return {
    password: demoPassword,
    people: demoPeople.map((person) => {
      const organization = demoOrganizations.find(({ id }) => id === person.organizationId)
      const territories = organization?.territories.filter(({ id }) => person.territoryIds.includes(id)) ?? []
      return {
        name: person.name,
        email: demoEmail(person),
        role: person.role,
        organization: organization?.name ?? person.organizationId,
        ...(territories.length === 0 ? {} : { territory: territories.map(({ name }) => name).join(', ') }),
      }
    }),
  }
}
