import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DocumentName } from '@fulqrun/protocol'
import { kyselyOver, openSqlite } from '../store/sqlite/database.ts'
import { AttachmentError } from './attachment-error.ts'
import { migrateAttachments } from './attachment-migrations.ts'
import type { AttachmentQuota, NewUpload, StoredFile, UploadKey } from './attachment-store.ts'

export interface UploadRow {
  readonly size: number
  readonly complete: boolean
}

/**
 * Who has sent which file for which records, in the embedded database. Statements run at once on a connection of
 * their own, so a check and what follows from it are never torn apart by another request.
 */
export class UploadLedger {
  readonly #database: DatabaseSync
  readonly #quota: AttachmentQuota
  readonly #statements: ReturnType<typeof prepareAll>

  private constructor(database: DatabaseSync, quota: AttachmentQuota) {
    this.#database = database
    this.#quota = quota
    this.#statements = prepareAll(database)
  }

  /** Rejects when the database cannot be opened or migrated. */
  static async open(file: string, quota: AttachmentQuota): Promise<UploadLedger> {
    const database = openSqlite(file)
    await migrateAttachments(kyselyOver<unknown>(database))
    return new UploadLedger(database, quota)
  }

  find({ organizationId, userId, hash }: UploadKey): UploadRow | undefined {
    const row = this.#statements.find.get(organizationId, userId, hash)
    return row === undefined ? undefined : { size: Number(row['size']), complete: row['complete'] === 1 }
  }

  /** Notes that a person sends a file for a record. Throws `attachment/quota` when there is no room for it. */
  begin(upload: NewUpload): UploadRow {
    const { organizationId, userId, hash, size, document, at } = upload
    const known = this.find(upload)
    if (known?.complete === true && known.size !== size)
      throw new AttachmentError('attachment/hash-mismatch', 'The file with this hash has another size')
    // What is begun can be begun again: a lost row costs a request. Only what is complete has to be on disk at once.
    this.#database.exec('pragma synchronous = normal; begin immediate')
    try {
      if (known === undefined || known.size !== size) {
        this.#checkRoom(upload, known?.size ?? 0)
        this.#statements.put.run(organizationId, userId, hash, size, at)
      }
      this.#statements.grant.run(organizationId, userId, hash, document)
      this.#database.exec('commit')
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
    return { size, complete: known?.complete ?? false }
  }

  touch({ organizationId, userId, hash }: UploadKey, at: number): void {
    this.#database.exec('pragma synchronous = normal')
    this.#statements.touch.run(at, organizationId, userId, hash)
  }

  /** On disk when it returns. */
  complete({ organizationId, userId, hash }: UploadKey, at: number): void {
    this.#database.exec('pragma synchronous = full')
    this.#statements.complete.run(at, organizationId, userId, hash)
  }

  isGranted({ organizationId, hash }: StoredFile, document: DocumentName): boolean {
    return this.#statements.isGranted.get(organizationId, hash, document) !== undefined
  }

  /** Forgets uploads that are not complete and that nobody has gone on with since `before`; answers whose they were. */
  takeAbandoned(before: number): readonly UploadKey[] {
    const keys = this.#statements.abandoned.all(before).map((row) => ({
      organizationId: String(row['organization_id']),
      userId: String(row['user_id']),
      hash: String(row['hash']),
    }))
    for (const { organizationId, userId, hash } of keys) {
      this.#statements.forgetGrants.run(organizationId, userId, hash)
      this.#statements.forget.run(organizationId, userId, hash)
    }
    return keys
  }

  close(): void {
    this.#database.close()
  }

  #checkRoom({ organizationId, userId, size }: NewUpload, known: number): void {
    const used = (statement: StatementSync, ...of: string[]) => Number(statement.get(...of)?.['bytes'] ?? 0)
    const ofPerson = used(this.#statements.usedByPerson, organizationId, userId) - known + size
    if (ofPerson > this.#quota.personBytes)
      throw new AttachmentError('attachment/quota', 'Your files take up all the room there is for one person')
    const ofAll = used(this.#statements.usedByAll, organizationId) - known + size
    if (ofAll > this.#quota.organizationBytes)
      throw new AttachmentError('attachment/quota', "The organization's room for files is used up")
  }
}

function prepareAll(database: DatabaseSync) {
  const one = 'organization_id = ? and user_id = ? and hash = ?'
  return {
    find: database.prepare(`select size, complete from attachment_upload where ${one}`),
    put: database.prepare(
      `insert or replace into attachment_upload (organization_id, user_id, hash, size, touched_at, complete)
        values (?, ?, ?, ?, ?, 0)`,
    ),
    grant: database.prepare(
      `insert or ignore into attachment_grant (organization_id, user_id, hash, document) values (?, ?, ?, ?)`,
    ),
    touch: database.prepare(`update attachment_upload set touched_at = ? where ${one}`),
    complete: database.prepare(`update attachment_upload set complete = 1, touched_at = ? where ${one}`),
    isGranted: database.prepare(
      `select 1 from attachment_grant join attachment_upload using (organization_id, user_id, hash)
        where organization_id = ? and hash = ? and document = ? and complete = 1`,
    ),
    abandoned: database.prepare(
      'select organization_id, user_id, hash from attachment_upload where complete = 0 and touched_at < ?',
    ),
    forget: database.prepare(`delete from attachment_upload where ${one}`),
    forgetGrants: database.prepare(`delete from attachment_grant where ${one}`),
    usedByPerson: database.prepare(
      'select sum(size) as bytes from attachment_upload where organization_id = ? and user_id = ?',
    ),
    usedByAll: database.prepare('select sum(size) as bytes from attachment_upload where organization_id = ?'),
  }
}
