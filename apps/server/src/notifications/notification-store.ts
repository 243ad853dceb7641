import {
  defaultNotificationSettings,
  type NotificationKind,
  notificationKinds,
  type NotificationSettings,
  type PushTarget,
} from '@fulqrun/protocol'
import type { Kysely } from 'kysely'
import { kyselyOver, openSqlite } from '../store/sqlite/database.ts'
import { migrateLog } from '../store/sqlite/migrations.ts'
import type { NotificationTables } from './migration.ts'

/** One device that wants to be told. */
export interface Subscription extends PushTarget {
  readonly userId: string
  readonly organizationId: string
  readonly sessionId: string
}

/** What somebody is told at the end of their quiet hours. */
export interface Digest {
  readonly userId: string
  readonly counts: ReadonlyMap<NotificationKind, number>
}

/** Devices of one person; the oldest makes way. A person has a few, a script could make thousands. */
const maxPerPerson = 20

/** Who wants to be told what, where, and what waits for the end of quiet hours. A connection of its own: writes are rare. */
export class NotificationStore {
  readonly #db: Kysely<NotificationTables>

  private constructor(db: Kysely<NotificationTables>) {
    this.#db = db
  }

  /** Rejects when the file cannot be opened or migrated. */
  static async open(file: string): Promise<NotificationStore> {
    const db = kyselyOver<NotificationTables>(openSqlite(file))
    await migrateLog(db)
    return new NotificationStore(db)
  }

  async settingsOf(userId: string): Promise<NotificationSettings> {
    const row = await this.#db
      .selectFrom('notification_settings')
      .select('settings')
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return row === undefined ? defaultNotificationSettings : readSettings(row.settings)
  }

  async saveSettings(userId: string, settings: NotificationSettings, now: number): Promise<void> {
    const row = { user_id: userId, settings: JSON.stringify(settings), updated_at: now }
    await this.#db
      .insertInto('notification_settings')
      .values(row)
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
      .execute()
  }

  /** Adds a device, or renews one: an endpoint belongs to whoever subscribed with it last. */
  async subscribe(subscription: Subscription, now: number): Promise<void> {
    const { endpoint, keys, userId, organizationId, sessionId } = subscription
    const row = {
      endpoint,
      user_id: userId,
      organization_id: organizationId,
      session_id: sessionId,
      p256dh: keys.p256dh,
      auth: keys.auth,
      created_at: now,
    }
    await this.#db
      .insertInto('push_subscription')
      .values(row)
      .onConflict((conflict) => conflict.column('endpoint').doUpdateSet(row))
      .execute()
    const newest = this.#db
      .selectFrom('push_subscription')
      .select('endpoint')
      .where('user_id', '=', userId)
      .orderBy('created_at', 'desc')
      .limit(maxPerPerson)
    await this.#db
      .deleteFrom('push_subscription')
      .where('user_id', '=', userId)
      .where('endpoint', 'not in', newest)
      .execute()
  }

  /** Removes a device; with `userId` only when it is that person's. */
  async unsubscribe(endpoint: string, userId?: string): Promise<void> {
    let removal = this.#db.deleteFrom('push_subscription').where('endpoint', '=', endpoint)
    if (userId !== undefined) removal = removal.where('user_id', '=', userId)
    await removal.execute()
  }

  async subscriptionsOf(
    who: { readonly organizationIds: readonly string[] } | { readonly userIds: readonly string[] },
  ): Promise<readonly Subscription[]> {
    const query = this.#db.selectFrom('push_subscription').selectAll()
    const rows =
      'organizationIds' in who
        ? await query.where('organization_id', 'in', who.organizationIds).execute()
        : await query.where('user_id', 'in', who.userIds).execute()
    return rows.map(({ endpoint, user_id, organization_id, session_id, p256dh, auth }) => ({
      endpoint,
      keys: { p256dh, auth },
      userId: user_id,
      organizationId: organization_id,
      sessionId: session_id,
    }))
  }

  /** Counts notices for the digest at `dueAt`, which replaces an earlier one's time. */
  async defer(userId: string, kinds: readonly NotificationKind[], dueAt: number): Promise<void> {
    for (const kind of kinds) {
      await this.#db
        .insertInto('notice_deferred')
        .values({ user_id: userId, kind, count: 1, due_at: dueAt })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'kind']).doUpdateSet((eb) => ({
            count: eb(eb.ref('notice_deferred.count'), '+', 1),
            due_at: dueAt,
          })),
        )
        .execute()
    }
  }

  /** The quiet hours were changed: what waits is told at their new end. */
  async reschedule(userId: string, dueAt: number): Promise<void> {
    await this.#db
      .updateTable('notice_deferred')
      .set({ due_at: dueAt })
      .where('user_id', '=', userId)
      .execute()
  }

  /** When the next digest is due, ms; undefined when none waits. */
  async nextDigestAt(): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('notice_deferred')
      .select(({ fn }) => fn.min('due_at').as('due'))
      .executeTakeFirst()
    return row?.due ?? undefined
  }

  /** Takes out the digests that are due. */
  async takeDigests(now: number): Promise<readonly Digest[]> {
    const rows = await this.#db
      .deleteFrom('notice_deferred')
      .where('due_at', '<=', now)
      .returningAll()
      .execute()
    const counts = new Map<string, Map<NotificationKind, number>>()
    for (const { user_id, kind, count } of rows) {
      const known = notificationKinds.find((one) => one === kind)
      if (known === undefined) continue
      const own = counts.get(user_id) ?? new Map<NotificationKind, number>()
      counts.set(user_id, own.set(known, count))
    }
    return [...counts].map(([userId, own]) => ({ userId, counts: own }))
  }

  async close(): Promise<void> {
    await this.#db.destroy()
  }
}

/** Kinds that came with a later version of the app are as the defaults say. */
function readSettings(text: string): NotificationSettings {
  const stored = JSON.parse(text) as NotificationSettings
  return { ...stored, kinds: { ...defaultNotificationSettings.kinds, ...stored.kinds } }
}
