import { isRole, type Role, type Territory } from '@fulqrun/protocol'
import type { AccountDatabase } from './account-database.ts'
import { type Principal, roleCanWrite, seesWholeOrganization } from './principal.ts'

/**
 * Reads what sessions may do, for many sessions in a fixed number of queries. A session without a grant is over,
 * whatever the reason: signed out, revoked, expired, the person blocked, removed from the organization, or deleted.
 */
export interface Grant {
  readonly principal: Principal
  /** Server time after which the grant ends by itself, in ms. */
  readonly validUntil: number
}

const keyPrefix = 'key:'
const outsidePrefix = 'outside:'

export function apiKeySessionId(keyId: string): string {
  return keyPrefix + keyId
}

export function outsideSessionId(userId: string): string {
  return outsidePrefix + userId
}

/** What the three kinds of sessions have in common before territories are known. */
interface Subject {
  readonly sessionId: string
  readonly validUntil: number
  readonly user: Principal['user']
  readonly organizationId: string
  readonly organizationName: string
  readonly role: Role
}

/** SQLite takes many more parameters; this keeps one statement short. */
const batchSize = 500

export async function readGrants(
  db: AccountDatabase,
  sessionIds: readonly string[],
  now: number,
): Promise<Map<string, Grant>> {
  const grants = new Map<string, Grant>()
  for (let start = 0; start < sessionIds.length; start += batchSize) {
    const batch = sessionIds.slice(start, start + batchSize)
    const subjects = (
      await Promise.all([
        readSessionSubjects(db, batch.filter(isPlainSession)),
        readKeySubjects(db, withoutPrefix(batch, keyPrefix)),
        readOutsideSubjects(db, withoutPrefix(batch, outsidePrefix)),
      ])
    ).flat()
    const territoriesOf = await readTerritories(db, subjects)
    for (const subject of subjects) {
      if (subject.validUntil > now) grants.set(subject.sessionId, toGrant(subject, territoriesOf(subject)))
    }
  }
  return grants
}

function isPlainSession(sessionId: string): boolean {
  return !sessionId.startsWith(keyPrefix) && !sessionId.startsWith(outsidePrefix)
}

function withoutPrefix(sessionIds: readonly string[], prefix: string): string[] {
  return sessionIds.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length))
}

function toGrant(subject: Subject, territories: readonly Territory[]): Grant {
  const { sessionId, user, organizationId, organizationName, role, validUntil } = subject
  return {
    validUntil,
    principal: {
      user,
      sessionId,
      organizationId,
      organizationName,
      role,
      territories,
      canWrite: roleCanWrite(role),
    },
  }
}

function peopleWithMembership(db: AccountDatabase) {
  return db
    .selectFrom('user')
    .innerJoin('member', 'member.userId', 'user.id')
    .innerJoin('organization', 'organization.id', 'member.organizationId')
    .select([
      'user.id as userId',
      'user.name',
      'user.email',
      'user.banned',
      'user.banExpires',
      'member.role',
      'organization.id as organizationId',
      'organization.name as organizationName',
    ])
    .orderBy('member.createdAt')
    .orderBy('member.id')
}

type PersonRow = Awaited<ReturnType<ReturnType<typeof peopleWithMembership>['execute']>>[number]

async function readSessionSubjects(db: AccountDatabase, ids: readonly string[]): Promise<Subject[]> {
  if (ids.length === 0) return []
  const rows = await peopleWithMembership(db)
    .innerJoin('session', (join) =>
      join
        .onRef('session.userId', '=', 'user.id')
        // A session from before its person joined an organization has none set: the first one counts.
        .on((where) =>
          where.or([
            where('session.activeOrganizationId', '=', where.ref('member.organizationId')),
            where('session.activeOrganizationId', 'is', null),
          ]),
        ),
    )
    .select(['session.id as sessionId', 'session.expiresAt'])
    .where('session.id', 'in', ids)
    .execute()
  return firstPerSession(
    rows.map((row) => subjectOf(row, { sessionId: row.sessionId, validUntil: Date.parse(row.expiresAt) })),
  )
}

async function readOutsideSubjects(db: AccountDatabase, userIds: readonly string[]): Promise<Subject[]> {
  if (userIds.length === 0) return []
  const rows = await peopleWithMembership(db).where('user.id', 'in', userIds).execute()
  return firstPerSession(
    rows.map((row) =>
      subjectOf(row, { sessionId: outsideSessionId(row.userId), validUntil: Number.MAX_SAFE_INTEGER }),
    ),
  )
}

async function readKeySubjects(db: AccountDatabase, keyIds: readonly string[]): Promise<Subject[]> {
  if (keyIds.length === 0) return []
  const rows = await db
    .selectFrom('api_key')
    .innerJoin('organization', 'organization.id', 'api_key.organization_id')
    .select(['api_key.id', 'api_key.name', 'api_key.role', 'organization.id as organizationId'])
    .select('organization.name as organizationName')
    .where('api_key.id', 'in', keyIds)
    .where('api_key.revoked_at', 'is', null)
    .execute()
  return rows.flatMap((row) => {
    if (!isRole(row.role)) return []
    const sessionId = apiKeySessionId(row.id)
    const { organizationId, organizationName, role } = row
    const user = { id: sessionId, name: row.name, email: '' }
    return [{ sessionId, validUntil: Number.MAX_SAFE_INTEGER, user, organizationId, organizationName, role }]
  })
}

function subjectOf(
  row: PersonRow,
  session: { readonly sessionId: string; readonly validUntil: number },
): Subject | undefined {
  if (isBlocked(row) || !isRole(row.role)) return undefined
  return {
    ...session,
    user: { id: row.userId, name: row.name, email: row.email },
    organizationId: row.organizationId,
    organizationName: row.organizationName,
    role: row.role,
  }
}

function isBlocked(row: PersonRow): boolean {
  if (!row.banned) return false
  return row.banExpires === null || Date.parse(row.banExpires) > Date.now()
}

function firstPerSession(subjects: readonly (Subject | undefined)[]): Subject[] {
  const bySession = new Map<string, Subject>()
  for (const subject of subjects) {
    if (subject !== undefined && !bySession.has(subject.sessionId)) bySession.set(subject.sessionId, subject)
  }
  return [...bySession.values()]
}

/** Territories of the organizations concerned, and a function that picks a subject's own. */
async function readTerritories(
  db: AccountDatabase,
  subjects: readonly Subject[],
): Promise<(subject: Subject) => readonly Territory[]> {
  if (subjects.length === 0) return () => []
  const organizationIds = [...new Set(subjects.map((subject) => subject.organizationId))]
  const userIds = [...new Set(subjects.map((subject) => subject.user.id))]
  const teams = await db
    .selectFrom('team')
    .select(['id', 'name', 'organizationId'])
    .where('organizationId', 'in', organizationIds)
    .orderBy('name')
    .orderBy('id')
    .execute()
  const memberships = await db
    .selectFrom('teamMember')
    .select(['teamId', 'userId'])
    .where('userId', 'in', userIds)
    .execute()
  const assigned = new Set(memberships.map(({ teamId, userId }) => `${userId} ${teamId}`))
  return (subject) =>
    teams
      .filter((team) => team.organizationId === subject.organizationId)
      .filter((team) => seesWholeOrganization(subject.role) || assigned.has(`${subject.user.id} ${team.id}`))
      .map(({ id, name }) => ({ id, name }))
}
