import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { admin, bearer, jwt, organization } from 'better-auth/plugins'
import { createAccessControl } from 'better-auth/plugins/access'
import { defaultStatements } from 'better-auth/plugins/organization/access'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import { type AccountDatabase, migrateAccountExtras } from './account-database.ts'

/** Header in which our HTTP layer hands the client's address to better-auth, after removing any that a client sent. */
export const clientAddressHeader = 'x-fulqrun-client-address'

/** Life of a token for sockets and the API. Revocation does not wait for it: sessions are watched. */
const tokenLifeSeconds = 300

/** A rep may be without a network for weeks and is still signed in afterwards; used sessions renew once a day. */
const sessionLifeSeconds = 30 * 24 * 3600

const access = createAccessControl(defaultStatements)
const member = access.newRole({ organization: [], member: [], invitation: [], team: [], ac: [] })
/** Roles of an organization. Only its admins manage members and territories (better-auth calls them teams). */
const organizationRoles = {
  rep: member,
  manager: member,
  finance: member,
  compliance: member,
  admin: access.newRole({
    organization: ['update'],
    member: ['update', 'delete'],
    invitation: [],
    team: ['create', 'update', 'delete'],
    ac: [],
  }),
}

interface AuthOptions {
  readonly config: Config
  readonly db: AccountDatabase
  readonly logger: Logger
}

/**
 * better-auth, set up for FulQrun: people are added by an admin, never by signing up; sign-in attempts are limited by
 * our HTTP layer (better-auth's limiter counts successes too); scrypt runs in Node's thread pool, off the event loop.
 */
export function createAuth({ config, db, logger }: AuthOptions) {
  return betterAuth({
    appName: 'FulQrun',
    baseURL: config.publicUrl,
    basePath: '/api/auth',
    secret: config.authSecret,
    database: { db, type: 'sqlite', transaction: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      log: (level, message) =>
        logger[level === 'error' ? 'error' : 'debug']({ source: 'better-auth' }, message),
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 200,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: sessionLifeSeconds, updateAge: 24 * 3600, cookieCache: { enabled: false } },
    // The cross-origin check is ours (http/same-origin.ts) and has run before a request gets here.
    trustedOrigins: (request) => requestOrigin(request),
    advanced: {
      cookiePrefix: 'fulqrun',
      useSecureCookies: config.publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      trustedProxyHeaders: false,
      // Ours has run before; this one refuses programs that send no Origin, as Node's fetch does.
      disableCSRFCheck: true,
    },
    databaseHooks: {
      session: {
        create: { before: async (session) => ({ data: await withOrganization(db, session) }) },
      },
    },
    plugins: [
      organization({
        allowUserToCreateOrganization: false,
        creatorRole: 'admin',
        ac: access,
        roles: organizationRoles,
        teams: { enabled: true, defaultTeam: { enabled: false } },
      }),
      admin(),
      bearer({ requireSignature: true }),
      jwt({
        disableSettingJwtHeader: true,
        jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
        jwt: {
          issuer: config.publicUrl,
          audience: config.publicUrl,
          expirationTime: `${tokenLifeSeconds}s`,
          definePayload: ({ user, session }) => ({
            name: user.name,
            sid: session.id,
            org: session['activeOrganizationId'] ?? undefined,
          }),
        },
      }),
    ],
  })
}

export type Auth = ReturnType<typeof createAuth>

/** Creates and upgrades the tables. Safe to repeat; run before the first request. */
export async function migrateAccounts(auth: Auth, db: AccountDatabase): Promise<void> {
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  await migrateAccountExtras(db)
}

/** A new session starts in the organization that the person joined first. */
async function withOrganization<T extends { userId: string }>(db: AccountDatabase, session: T) {
  const membership = await db
    .selectFrom('member')
    .select('organizationId')
    .where('userId', '=', session.userId)
    .orderBy('createdAt')
    .orderBy('id')
    .executeTakeFirst()
  return { ...session, activeOrganizationId: membership?.organizationId ?? null }
}

function requestOrigin(request: Request | undefined): string[] {
  const origin = request?.headers.get('origin')
  return origin === null || origin === undefined ? [] : [origin]
}
