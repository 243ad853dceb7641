/** `npm run admin -- <command>`: what an operator does from the machine that has the data. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { isRole, type Role, roles } from '@fulqrun/protocol'
import { sql } from 'kysely'
import { AccountError } from './accounts/account-error.ts'
import { openAccountTables } from './accounts/accounts.ts'
import {
  addPerson,
  assignTerritory,
  createOrganization,
  createTerritory,
  endSessions,
  firstPassword,
  setBlocked,
} from './accounts/administration.ts'
import type { AccountDatabase } from './accounts/account-database.ts'
import { createApiKey, revokeApiKey } from './accounts/api-keys.ts'
import { copyAttachments } from './attachments/copy-attachments.ts'
import { loadConfig } from './config.ts'
import { forgetLogIdentity } from './log/log-identity.ts'
import { failStart } from './process-life.ts'

const usage = `npm run admin -- <command>

  create-organization --name X --admin-email Y [--admin-name Z]
  create-territory    --organization ID --name X
  add-person          --organization ID --email X --name Y --role ${roles.join('|')}
  assign-territory    --email X --territory ID
  create-api-key      --organization ID --name X [--role finance]
  revoke-api-key      --id ID
  revoke-sessions     --email X
  block-person        --email X
  unblock-person      --email X
  list                organizations with their territories and people
  backup              --to FILE    copies the database, and the attached files to FILE.attachments, while the server runs
  restored            before starting with a copy of the database that "backup" has not made
  forget-secret       before starting with another AUTH_SECRET: everybody signs in again

DATA_DIR says where the data is (default ./data). Passwords and keys are shown once.`

/** A mistake in the command line: printed without a stack. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Values = Readonly<Record<string, string | undefined>>

const optionNames = [
  'name',
  'email',
  'role',
  'organization',
  'territory',
  'id',
  'admin-email',
  'admin-name',
  'to',
]

function required(values: Values, name: string): string {
  const value = values[name]
  if (value === undefined || value.trim() === '') throw new UsageError(`--${name} is missing`)
  return value.trim()
}

function requiredEmail(values: Values, name: string): string {
  const email = required(values, name)
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`--${name} is not an e-mail address`)
  return email
}

function roleOf(values: Values, fallback?: Role): Role {
  const role = values['role'] ?? fallback
  if (!isRole(role)) throw new UsageError(`--role must be one of ${roles.join(', ')}`)
  return role
}

async function userIdOf(db: AccountDatabase, email: string): Promise<string> {
  const user = await db
    .selectFrom('user')
    .select('id')
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
  if (user === undefined) throw new UsageError('nobody has this e-mail address')
  return user.id
}

async function requireOrganization(db: AccountDatabase, values: Values): Promise<string> {
  const id = required(values, 'organization')
  const found = await db.selectFrom('organization').select('id').where('id', '=', id).executeTakeFirst()
  if (found === undefined) throw new UsageError('no such organization; see: npm run admin -- list')
  return found.id
}

/** A person is given only territories of an organization that they belong to. */
async function requireTerritory(db: AccountDatabase, values: Values, userId: string): Promise<string> {
  const found = await db
    .selectFrom('team')
    .innerJoin('member', 'member.organizationId', 'team.organizationId')
    .select('team.id')
    .where('team.id', '=', required(values, 'territory'))
    .where('member.userId', '=', userId)
    .executeTakeFirst()
  if (found === undefined) throw new UsageError('no such territory in an organization of this person')
  return found.id
}

type Command = (db: AccountDatabase, values: Values, dataDir: string) => Promise<void>

const commands: Readonly<Record<string, Command>> = {
  async 'create-organization'(db, values) {
    const name = required(values, 'name')
    const email = requiredEmail(values, 'admin-email')
    const { password, passwordHash } = await firstPassword()
    const organizationId = await db.transaction().execute(async (transaction) => {
      const id = await createOrganization(transaction, { name })
      const person = { email, name: values['admin-name'] ?? email, role: 'admin', passwordHash } as const
      await addPerson(transaction, { ...person, organizationId: id })
      return id
    })
    console.log(
      `Organization: ${organizationId}\nAdmin: ${email}\nFirst password, to be changed: ${password}`,
    )
  },

  async 'create-territory'(db, values) {
    const organizationId = await requireOrganization(db, values)
    const id = await createTerritory(db, { organizationId, name: required(values, 'name') })
    console.log(`Territory: ${id}`)
  },

  async 'add-person'(db, values) {
    const organizationId = await requireOrganization(db, values)
    const { password, passwordHash } = await firstPassword()
    const person = {
      organizationId,
      email: requiredEmail(values, 'email'),
      name: required(values, 'name'),
      role: roleOf(values),
      passwordHash,
    }
    await db.transaction().execute((transaction) => addPerson(transaction, person))
    console.log(`Added: ${person.email}\nFirst password, to be changed: ${password}`)
  },

  async 'assign-territory'(db, values) {
    const userId = await userIdOf(db, required(values, 'email'))
    await assignTerritory(db, { userId, territoryId: await requireTerritory(db, values, userId) })
    console.log('Assigned')
  },

  async 'create-api-key'(db, values) {
    const organizationId = await requireOrganization(db, values)
    const role = roleOf(values, 'finance')
    const { id, key } = await createApiKey(db, { organizationId, name: required(values, 'name'), role })
    console.log(`Key id: ${id}\nKey: ${key}`)
  },

  async 'revoke-api-key'(db, values) {
    if (!(await revokeApiKey(db, required(values, 'id')))) throw new UsageError('no such key in use')
    console.log('Revoked')
  },

  async 'revoke-sessions'(db, values) {
    console.log(`Ended: ${await endSessions(db, await userIdOf(db, required(values, 'email')))}`)
  },

  async 'block-person'(db, values) {
    await setBlocked(db, { userId: await userIdOf(db, required(values, 'email')), blocked: true })
    console.log('Blocked')
  },

  async 'unblock-person'(db, values) {
    await setBlocked(db, { userId: await userIdOf(db, required(values, 'email')), blocked: false })
    console.log('Unblocked')
  },

  async backup(db, values, dataDir) {
    const file = path.resolve(required(values, 'to'))
    const files = `${file}.attachments`
    if (existsSync(file) || existsSync(files)) throw new UsageError('this file exists already')
    await sql`vacuum into ${file}`.execute(db)
    // Restored, it begins a log of its own: sequences that are given out from there on mean something else.
    forgetLogIdentity(file)
    // After the database: a complete file is never changed or removed, so every one that it names is in the copy.
    const count = await copyAttachments(dataDir, files)
    console.log(`Copied to ${file}\nAttached files: ${count}, in ${files}`)
  },

  restored(_db, _values, dataDir) {
    forgetLogIdentity(path.join(dataDir, 'fulqrun.sqlite'))
    console.log('Done: start the server')
    return Promise.resolve()
  },

  async 'forget-secret'(db) {
    await db.deleteFrom('jwks').execute()
    await db.deleteFrom('session').execute()
    console.log('Done: start the server with the new AUTH_SECRET')
  },

  async list(db) {
    for (const { id, name } of await db.selectFrom('organization').select(['id', 'name']).execute()) {
      console.log(`${name} (${id})`)
      const territories = await db
        .selectFrom('team')
        .select(['id', 'name'])
        .where('organizationId', '=', id)
        .execute()
      for (const territory of territories) console.log(`  territory ${territory.name} (${territory.id})`)
      const people = await db
        .selectFrom('member')
        .innerJoin('user', 'user.id', 'member.userId')
        .select(['email', 'member.role', 'banned'])
        .where('organizationId', '=', id)
        .execute()
      for (const { email, role, banned } of people)
        console.log(`  ${role} ${email}${banned ? ' (blocked)' : ''}`)
    }
  },
}

async function runCommand(args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new UsageError(usage)
  const options = Object.fromEntries(optionNames.map((option) => [option, { type: 'string' as const }]))
  const { values } = parseArgs({ args: rest, options })
  const { DATA_DIR } = process.env
  const { dataDir } = loadConfig({ DATA_DIR, AUTH_SECRET: 'x'.repeat(32) })
  const db = await openAccountTables(dataDir)
  try {
    await command(db, values, dataDir)
  } finally {
    await db.destroy()
  }
}

try {
  await runCommand(process.argv.slice(2))
} catch (error) {
  const { code } = error as NodeJS.ErrnoException
  const expected = error instanceof UsageError || error instanceof AccountError
  if (!expected && !code?.startsWith('ERR_PARSE_ARGS')) failStart(error)
  console.error((error as Error).message)
  process.exitCode = 1
}
