import type { DeviceEntry, DeviceStanding, WipeRequest } from '@fulqrun/protocol'
import { sql } from 'kysely'
import type { AccountDatabase, AccountTables } from './account-database.ts'
import { AccountError } from './account-error.ts'
import type { Principal } from './principal.ts'

/** What a device says with a request. */
interface Sighting {
  readonly deviceId: string
  readonly label: string
  /** The request exchanges records. */
  readonly isSync: boolean
}

/** A device is written down at most this often; its list is read in minutes, not in milliseconds. */
const writeEveryMs = 60_000
/** More than anybody has. The one seen longest ago gives way, so that nobody fills the table. */
const maxDevicesPerPerson = 50
/** Sightings that are remembered. Ids are what devices say, and whoever says a new one each time must not fill the memory. */
const maxRemembered = 20_000

interface DevicesOptions {
  readonly now?: () => number
  /** Sightings that are remembered at most. */
  readonly remembered?: number
}

/**
 * The devices on which people have signed in.
 *
 * - DEV-1 A device is known by a random id of its own and by whose it is, so nobody is listed or cleared under the id of
 *   somebody else's device.
 * - DEV-2 A device that is to be cleared gets no further answer, whatever session it comes with, until it is cleared.
 */
export class Devices {
  readonly #db: AccountDatabase
  readonly #now: () => number
  readonly #maxRemembered: number
  /** When each was last written down, and in which session; emptied when a device is to be cleared (DEV-2). */
  readonly #written = new Map<string, { readonly at: number; readonly sessionId: string }>()

  constructor(db: AccountDatabase, { now = Date.now, remembered = maxRemembered }: DevicesOptions = {}) {
    this.#db = db
    this.#now = now
    this.#maxRemembered = remembered
  }

  /** Sightings that are remembered right now. */
  get remembered(): number {
    return this.#written.size
  }

  /** Notes that a device was here. Throws `auth/device-wiped` for one that is to be cleared. */
  async seen(principal: Principal, { deviceId, label, isSync }: Sighting): Promise<void> {
    const userId = principal.user.id
    const key = `${userId} ${deviceId} ${isSync ? 'sync' : 'other'}`
    const now = this.#now()
    const written = this.#written.get(key)
    if (written?.sessionId === principal.sessionId && now - written.at < writeEveryMs) return
    await this.#assertKept(userId, deviceId)
    this.#remember(key, { at: now, sessionId: principal.sessionId })
    await this.#write(principal, { deviceId, label, isSync }, now)
  }

  /** Those of one person, or of everybody in an organization; the one seen last comes first. */
  async list(organizationId: string, userId: string | undefined): Promise<DeviceEntry[]> {
    let query = this.#db
      .selectFrom('device')
      .innerJoin('user', 'user.id', 'device.user_id')
      .leftJoin('user as wiper', 'wiper.id', 'device.wipe_requested_by')
      .selectAll('device')
      .select(['user.name as userName', 'wiper.name as wiperName'])
      .where('device.organization_id', '=', organizationId)
    if (userId !== undefined) query = query.where('device.user_id', '=', userId)
    const rows = await query.orderBy('device.last_seen_at', 'desc').limit(1000).execute()
    return rows.map(({ userName, wiperName, ...row }) => toEntry(row, { userName, wiperName }))
  }

  /**
   * Asks a device to clear itself, and ends its session at once. An admin may for everybody in the organization, anybody
   * for themselves. Throws `not-found` otherwise.
   */
  async wipe(principal: Principal, deviceId: string, { reason, keepsUnsent }: WipeRequest): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      let query = transaction
        .selectFrom('device')
        .select(['user_id', 'session_id', 'wipe_requested_at'])
        .where('id', '=', deviceId)
        .where('organization_id', '=', principal.organizationId)
      if (principal.role !== 'admin') query = query.where('user_id', '=', principal.user.id)
      const device = await query.executeTakeFirst()
      if (device === undefined) throw new AccountError('not-found', { detail: 'No such device' })
      if (device.wipe_requested_at !== null) return
      await transaction
        .updateTable('device')
        .set({
          wipe_requested_at: this.#now(),
          wipe_requested_by: principal.user.id,
          wipe_reason: reason,
          keeps_unsent: keepsUnsent ? 1 : 0,
        })
        .where('id', '=', deviceId)
        .where('user_id', '=', device.user_id)
        .execute()
      await transaction
        .deleteFrom('session')
        .where('id', '=', device.session_id)
        .where('userId', '=', device.user_id)
        .execute()
    })
    this.#written.clear()
  }

  /** The device says that it has cleared itself. Nothing happens for one that was not asked to. */
  async wiped(userId: string, deviceId: string): Promise<void> {
    await this.#db
      .updateTable('device')
      .set({ wiped_at: this.#now() })
      .where('id', '=', deviceId)
      .where('user_id', '=', userId)
      .where('wipe_requested_at', 'is not', null)
      .where('wiped_at', 'is', null)
      .execute()
  }

  /** What a device is to do with what it holds, asked when its session has ended. */
  async standing(userId: string, deviceId: string): Promise<DeviceStanding> {
    const device = await this.#find(userId, deviceId)
    if (device === undefined) return { standing: 'unknown', keepsUnsent: true, hasAccess: true }
    const person = await this.#db
      .selectFrom('user')
      .innerJoin('member', 'member.userId', 'user.id')
      .select(['user.banned', 'user.banExpires'])
      .where('user.id', '=', userId)
      .where('member.organizationId', '=', device.organization_id)
      .executeTakeFirst()
    const isBlocked =
      person?.banned === 1 && (person.banExpires === null || Date.parse(person.banExpires) > this.#now())
    return {
      standing: device.wipe_requested_at === null ? 'active' : 'wiped',
      keepsUnsent: device.keeps_unsent === 1,
      hasAccess: person !== undefined && !isBlocked,
    }
  }

  /** The oldest is forgotten first: it is written down once more than it would have to be. */
  #remember(key: string, sighting: { readonly at: number; readonly sessionId: string }): void {
    this.#written.delete(key)
    this.#written.set(key, sighting)
    const [oldest] = this.#written.keys()
    if (this.#written.size > this.#maxRemembered && oldest !== undefined) this.#written.delete(oldest)
  }

  async #assertKept(userId: string, deviceId: string): Promise<void> {
    const device = await this.#find(userId, deviceId)
    if (device !== undefined && device.wipe_requested_at !== null) throw new AccountError('auth/device-wiped')
  }

  #find(userId: string, deviceId: string): Promise<AccountTables['device'] | undefined> {
    return this.#db
      .selectFrom('device')
      .selectAll()
      .where('id', '=', deviceId)
      .where('user_id', '=', userId)
      .executeTakeFirst()
  }

  async #write(principal: Principal, { deviceId, label, isSync }: Sighting, now: number): Promise<void> {
    const userId = principal.user.id
    const latest = {
      label,
      session_id: principal.sessionId,
      organization_id: principal.organizationId,
      last_seen_at: now,
      ...(isSync ? { last_synced_at: now } : {}),
    }
    await this.#db
      .insertInto('device')
      .values({ id: deviceId, user_id: userId, first_seen_at: now, keeps_unsent: 1, ...latest })
      .onConflict((conflict) => conflict.columns(['id', 'user_id']).doUpdateSet(latest))
      .execute()
    await sql`delete from device where user_id = ${userId} and wipe_requested_at is null and id not in
      (select id from device where user_id = ${userId} order by last_seen_at desc limit ${maxDevicesPerPerson})`.execute(
      this.#db,
    )
  }
}

function toEntry(
  row: AccountTables['device'],
  names: { readonly userName: string; readonly wiperName: string | null },
): DeviceEntry {
  return {
    id: row.id,
    person: { id: row.user_id, name: names.userName },
    label: row.label,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    lastSyncedAt: row.last_synced_at ?? undefined,
    wipe:
      row.wipe_requested_at === null
        ? undefined
        : {
            requestedAt: row.wipe_requested_at,
            requestedBy: { id: row.wipe_requested_by ?? '', name: names.wiperName ?? 'Someone' },
            reason: row.wipe_reason ?? '',
            keepsUnsent: row.keeps_unsent === 1,
            doneAt: row.wiped_at ?? undefined,
          },
  }
}
