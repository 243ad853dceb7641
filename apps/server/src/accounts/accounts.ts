import { randomBytes } from 'node:crypto'
import type { Person } from '@fulqrun/protocol'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { createLogger, type Logger } from '../logger.ts'
import { AccessDirectory, type Authentication } from './access-directory.ts'
import { type AccountDatabase, openAccountDatabase } from './account-database.ts'
import { AccountError } from './account-error.ts'
import { type Auth, createAuth, migrateAccounts } from './auth.ts'
import { Devices } from './devices.ts'
import { readPeople } from './people.ts'
import type { Principal } from './principal.ts'
import { seedAccounts } from './seed-accounts.ts'

/** People, organizations, sessions and what each may do. Open one per process and close it at the end. */
export interface Accounts {
  readonly db: AccountDatabase
  readonly directory: AccessDirectory
  readonly devices: Devices
  /** Answers a request under `/api/auth/`. The caller has checked its origin and rate. */
  handle(request: Request): Promise<Response>
  /**
   * Who sends a request with these headers: bearer API key, JWT or session token, else the session cookie. Throws an
   * {@link AccountError} when nobody does.
   */
  principalOf(headers: Headers): Promise<Principal>
  /** The same, with the end of what they have shown. */
  authenticate(headers: Headers): Promise<Authentication>
  people(organizationId: string): Promise<Person[]>
  /** Fills an empty database with the demo people; false when it was not empty. */
  seedDemo(): Promise<boolean>
  close(): Promise<void>
}

interface AccountsOptions {
  readonly config: Config
  readonly logger: Logger
}

/**
 * Opens the account tables of DATA_DIR/fulqrun.sqlite, creating and upgrading them. Throws a {@link ConfigError} when
 * AUTH_SECRET is not the one that the token keys in the database were encrypted with.
 */
export async function openAccounts({ config, logger }: AccountsOptions): Promise<Accounts> {
  const db = openAccountDatabase(config.dataDir)
  const auth = createAuth({ config, db, logger })
  await migrateAccounts(auth, db)
  await checkSigningKey(auth)
  const directory = new AccessDirectory({ db, config, logger })
  return {
    db,
    directory,
    devices: new Devices(db),
    handle: (request) => auth.handler(request),
    principalOf: async (headers) => (await authenticate(auth, directory, headers)).principal,
    authenticate: (headers) => authenticate(auth, directory, headers),
    people: (organizationId) => readPeople(db, organizationId),
    seedDemo: () => seedAccounts(db),
    async close() {
      await directory.close()
      await db.destroy()
    },
  }
}

/**
 * The account tables alone, for the command line: created and upgraded, without tokens and so without AUTH_SECRET. A
 * running server notices what is changed through them at its next poll.
 */
export async function openAccountTables(dataDir: string): Promise<AccountDatabase> {
  const db = openAccountDatabase(dataDir)
  const config = loadConfig({ DATA_DIR: dataDir, AUTH_SECRET: randomBytes(32).toString('hex') })
  const logger = createLogger({ level: 'error', readable: true })
  await migrateAccounts(createAuth({ config, db, logger }), db)
  return db
}

/** Signs once, which also makes the key at the first start: better now than at the first sign-in. */
async function checkSigningKey(auth: Auth): Promise<void> {
  try {
    await auth.api.signJWT({ body: { payload: {} } })
  } catch (cause) {
    const message =
      'is not the one that this database was created with (docs/operations.md, "Changing AUTH_SECRET")'
    throw new ConfigError('AUTH_SECRET', message, { cause })
  }
}

async function authenticate(
  auth: Auth,
  directory: AccessDirectory,
  headers: Headers,
): Promise<Authentication> {
  const token = bearerToken(headers)
  if (token !== undefined && (token.startsWith('fq_') || isJwt(token))) {
    return directory.authenticate(token)
  }
  const session = await auth.api.getSession({ headers: sessionHeaders(headers) })
  if (session === null) throw new AccountError('auth/required')
  const { principal, validUntil } = await directory.grantOf(session.session.id)
  return { principal, expiresAt: validUntil }
}

function bearerToken(headers: Headers): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3
}

/** A request that names a token is judged by it alone; its cookie must not make up for a bad one. */
function sessionHeaders(headers: Headers): Headers {
  if (!headers.has('authorization')) return headers
  const withoutCookie = new Headers(headers)
  withoutCookie.delete('cookie')
  return withoutCookie
}
