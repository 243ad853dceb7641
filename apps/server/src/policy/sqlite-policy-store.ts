import type { Kysely, Selectable } from 'kysely'
import type { PolicyChangeDetail } from '@fulqrun/protocol'
import type { PolicySettings } from '@fulqrun/rules'
import { kyselyOver, type LogDatabase, openSqlite } from '../store/sqlite/database.ts'
import { migrateLog } from '../store/sqlite/migrations.ts'
import type { PolicyChange, PolicyStore } from './policy-store.ts'

type Row = Selectable<LogDatabase['policy_changes']>

/**
 * The audit of rules in the embedded database. An admin changes a rule a few times a year, so it is written on the main
 * thread over a connection of its own, as accounts are, and not by the log's worker.
 */
export class SqlitePolicyStore implements PolicyStore {
  readonly #db: Kysely<LogDatabase>

  private constructor(db: Kysely<LogDatabase>) {
    this.#db = db
  }

  /** Rejects when the file cannot be opened or migrated. */
  static async open(file: string): Promise<SqlitePolicyStore> {
    const db = kyselyOver<LogDatabase>(openSqlite(file))
    // The log's store has done it, unless a test has put another in its place.
    await migrateLog(db)
    return new SqlitePolicyStore(db)
  }

  async append({
    organizationId,
    version,
    author,
    at,
    reason,
    detail,
    settings,
  }: PolicyChange): Promise<void> {
    await this.#db
      .insertInto('policy_changes')
      .values({
        organization_id: organizationId,
        version,
        author_id: author.id,
        author_name: author.name,
        at,
        reason,
        detail: JSON.stringify(detail),
        settings: JSON.stringify(settings),
      })
      .execute()
  }

  async latest(): Promise<readonly PolicyChange[]> {
    const rows = await this.#db
      .selectFrom('policy_changes')
      .selectAll()
      .where('version', '=', (eb) =>
        eb
          .selectFrom('policy_changes as later')
          .select(({ fn }) => fn.max('later.version').as('version'))
          .whereRef('later.organization_id', '=', 'policy_changes.organization_id'),
      )
      .execute()
    return rows.map(changeOf)
  }

  async history(
    organizationId: string,
    {
      before = Number.MAX_SAFE_INTEGER,
      limit,
    }: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly PolicyChange[]> {
    const rows = await this.#db
      .selectFrom('policy_changes')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('version', '<', before)
      .orderBy('version', 'desc')
      .limit(limit)
      .execute()
    return rows.map(changeOf)
  }

  async close(): Promise<void> {
    await this.#db.destroy()
  }
}

function changeOf(row: Row): PolicyChange {
  return {
    organizationId: row.organization_id,
    version: row.version,
    author: { id: row.author_id, name: row.author_name },
    at: row.at,
    reason: row.reason,
    detail: JSON.parse(row.detail) as PolicyChangeDetail,
    settings: JSON.parse(row.settings) as PolicySettings,
  }
}
