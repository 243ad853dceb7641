import type { Role } from '@fulqrun/protocol'
import type { Transaction } from 'kysely'
import type { AccountDatabase, AccountTables } from './account-database.ts'
import { AccountError } from './account-error.ts'
import { assignTerritory, setBlocked, unassignTerritory } from './administration.ts'
import type { Principal } from './principal.ts'

/** What an admin may change about a person of the same organization; what is undefined stays. */
export interface PersonChange {
  readonly role?: Role | undefined
  readonly territoryIds?: readonly string[] | undefined
  readonly blocked?: boolean | undefined
}

interface PersonOfAdmin {
  readonly admin: Principal
  readonly userId: string
}

/**
 * Changes role, territories or access of a person, all or nothing. Throws `not-found` for people and territories of
 * other organizations, and `access/role` for one's own role, so that an organization never loses its last admin.
 */
export async function changePerson(
  db: AccountDatabase,
  { admin, userId, change }: PersonOfAdmin & { readonly change: PersonChange },
): Promise<void> {
  const { organizationId } = admin
  await db.transaction().execute(async (transaction) => {
    await requireMember(transaction, { organizationId, userId })
    if (change.role !== undefined || change.blocked !== undefined) requireSomebodyElse(admin, userId)
    if (change.role !== undefined) {
      await transaction
        .updateTable('member')
        .set({ role: change.role })
        .where('userId', '=', userId)
        .where('organizationId', '=', organizationId)
        .execute()
    }
    if (change.territoryIds !== undefined) {
      await setTerritories(transaction, { organizationId, userId, territoryIds: change.territoryIds })
    }
    if (change.blocked !== undefined) {
      await requireOnlyHere(transaction, { organizationId, userId })
      await setBlocked(transaction, { userId, blocked: change.blocked })
    }
  })
}

/** Ends the sessions that a person has in the admin's organization; returns how many there were. */
export async function endSessionsIn(
  db: AccountDatabase,
  { admin: { organizationId }, userId }: PersonOfAdmin,
): Promise<number> {
  await requireMember(db, { organizationId, userId })
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('userId', '=', userId)
    .where((where) =>
      where.or([
        where('activeOrganizationId', '=', organizationId),
        where('activeOrganizationId', 'is', null),
      ]),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

type Writer = AccountDatabase | Transaction<AccountTables>

interface Membership {
  readonly organizationId: string
  readonly userId: string
}

async function requireMember(db: Writer, { organizationId, userId }: Membership): Promise<void> {
  const member = await db
    .selectFrom('member')
    .select('id')
    .where('userId', '=', userId)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst()
  if (member === undefined) throw new AccountError('not-found')
}

function requireSomebodyElse(admin: Principal, userId: string): void {
  if (admin.user.id !== userId) return
  throw new AccountError('access/role', { detail: 'Ask another admin to change your own role or access' })
}

/** Blocking ends access everywhere, which is not one organization's to decide for a person of two. */
async function requireOnlyHere(db: Writer, { organizationId, userId }: Membership): Promise<void> {
  const elsewhere = await db
    .selectFrom('member')
    .select('id')
    .where('userId', '=', userId)
    .where('organizationId', '!=', organizationId)
    .executeTakeFirst()
  if (elsewhere === undefined) return
  throw new AccountError('access/role', { detail: 'This person belongs to another organization too' })
}

async function setTerritories(
  db: Writer,
  { organizationId, userId, territoryIds }: Membership & { readonly territoryIds: readonly string[] },
): Promise<void> {
  const territories = await db
    .selectFrom('team')
    .select('id')
    .where('organizationId', '=', organizationId)
    .execute()
  const known = new Set(territories.map(({ id }) => id))
  if (territoryIds.some((id) => !known.has(id))) {
    throw new AccountError('not-found', { detail: 'No such territory' })
  }
  for (const territoryId of known) {
    const assignment = { userId, territoryId }
    await (territoryIds.includes(territoryId) ? assignTerritory : unassignTerritory)(db, assignment)
  }
}
