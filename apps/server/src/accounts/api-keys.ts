import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Role } from '@fulqrun/protocol'
import type { AccountDatabase } from './account-database.ts'

/** Keys of integrations: `fq_` and 256 random bits. The name of the key is the author of what it writes. */

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Whether a token is a key: one that the same client may bring again after each check. */
export function isApiKey(token: string): boolean {
  return token.startsWith('fq_')
}

interface NewApiKey {
  readonly organizationId: string
  readonly name: string
  /** Defaults to finance: integrations set official values. */
  readonly role?: Role | undefined
}

/** Makes a key. The answer is the only time that it can be read. */
export async function createApiKey(
  db: AccountDatabase,
  { organizationId, name, role = 'finance' }: NewApiKey,
): Promise<{ id: string; key: string }> {
  const id = randomUUID()
  const key = `fq_${randomBytes(32).toString('base64url')}`
  await db
    .insertInto('api_key')
    .values({
      id,
      organization_id: organizationId,
      name,
      role,
      hash: hashOf(key),
      created_at: Date.now(),
      revoked_at: null,
    })
    .execute()
  return { id, key }
}

/** The key with this text, unless it was revoked. */
export function findApiKey(db: AccountDatabase, key: string): Promise<{ id: string } | undefined> {
  return db
    .selectFrom('api_key')
    .select('id')
    .where('hash', '=', hashOf(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

/** Ends a key at once; false when there is no such key in use. */
export async function revokeApiKey(db: AccountDatabase, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_key')
    .set({ revoked_at: Date.now() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
