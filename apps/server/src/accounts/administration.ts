import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Role } from '@fulqrun/protocol'
import { hashPassword } from 'better-auth/crypto'
import type { Transaction } from 'kysely'
import type { AccountDatabase, AccountTables } from './account-database.ts'
import { AccountError } from './account-error.ts'

/**
 * What an operator does to organizations and people: the command line, the demo and the admin's HTTP endpoints stand on
 * these. Rows are written as better-auth would write them, with its password hash (scrypt in the thread pool).
 */

type Writer = AccountDatabase | Transaction<AccountTables>

interface NewOrganization {
  readonly id?: string | undefined
  readonly name: string
}

export async function createOrganization(
  db: Writer,
  { id = randomUUID(), name }: NewOrganization,
): Promise<string> {
  await db
    .insertInto('organization')
    .values({ id, name, slug: id, createdAt: new Date().toISOString() })
    .execute()
  return id
}

interface NewTerritory {
  readonly id?: string | undefined
  readonly organizationId: string
  readonly name: string
}

export async function createTerritory(
  db: Writer,
  { id = randomUUID(), organizationId, name }: NewTerritory,
): Promise<string> {
  await db
    .insertInto('team')
    .values({ id, name, organizationId, memberCount: 0, createdAt: new Date().toISOString() })
    .execute()
  return id
}

interface NewPerson {
  readonly id?: string | undefined
  readonly organizationId: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** From {@link hashPassword} or {@link firstPassword}. */
  readonly passwordHash: string
}

/** Adds a person with a password to an organization. Throws `input/invalid` when the e-mail address is taken. */
export async function addPerson(db: Writer, person: NewPerson): Promise<string> {
  const { id = randomUUID(), organizationId, name, role, passwordHash } = person
  const email = person.email.trim().toLowerCase()
  const now = new Date().toISOString()
  const taken = await db.selectFrom('user').select('id').where('email', '=', email).executeTakeFirst()
  if (taken !== undefined) {
    throw new AccountError('input/invalid', { detail: 'Somebody has this e-mail address already' })
  }
  await db
    .insertInto('user')
    .values({
      id,
      name,
      email,
      emailVerified: 1,
      createdAt: now,
      updatedAt: now,
      role: 'user',
      banned: 0,
      banReason: null,
      banExpires: null,
    })
    .execute()
  await db
    .insertInto('account')
    .values({
      id: randomUUID(),
      accountId: id,
      providerId: 'credential',
      userId: id,
      password: passwordHash,
      createdAt: now,
      updatedAt: now,
    })
    .execute()
  await db
    .insertInto('member')
    .values({ id: randomUUID(), organizationId, userId: id, role, createdAt: now })
    .execute()
  return id
}

/** A password for the first sign-in, with its hash. */
export async function firstPassword(): Promise<{ password: string; passwordHash: string }> {
  const password = randomBytes(15).toString('base64url')
  return { password, passwordHash: await hashPassword(password) }
}

interface Assignment {
  readonly userId: string
  readonly territoryId: string
}

/** Gives a person a territory; giving it twice changes nothing. */
export async function assignTerritory(db: Writer, { userId, territoryId }: Assignment): Promise<void> {
  await db
    .insertInto('teamMember')
    .values({
      id: randomUUID(),
      teamId: territoryId,
      userId,
      membershipKey: membershipKey(territoryId, userId),
      createdAt: new Date().toISOString(),
    })
    .onConflict((conflict) => conflict.column('membershipKey').doNothing())
    .execute()
}

/** Takes a territory away again. */
export async function unassignTerritory(db: Writer, { userId, territoryId }: Assignment): Promise<void> {
  await db.deleteFrom('teamMember').where('teamId', '=', territoryId).where('userId', '=', userId).execute()
}

/** Unique key that better-auth keeps on team members; the same computation as its organization plugin. */
function membershipKey(teamId: string, userId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([teamId, userId]))
    .digest('base64url')
}

/** Ends every session of a person; returns how many there were. */
export async function endSessions(db: Writer, userId: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Blocks or unblocks a person. A blocked person cannot sign in and every session ends. */
export async function setBlocked(
  db: Writer,
  { userId, blocked }: { readonly userId: string; readonly blocked: boolean },
): Promise<void> {
  await db
    .updateTable('user')
    .set({ banned: blocked ? 1 : 0, banExpires: null, updatedAt: new Date().toISOString() })
    .where('id', '=', userId)
    .execute()
  if (blocked) await endSessions(db, userId)
}
