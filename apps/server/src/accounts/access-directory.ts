import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import { type AccountDatabase, readAccountsVersion } from './account-database.ts'
import { AccountError } from './account-error.ts'
import { findApiKey } from './api-keys.ts'
import { apiKeySessionId, type Grant, outsideSessionId, readGrants } from './grants.ts'
import type { Principal } from './principal.ts'
import { createTokenVerifier, type TokenSubject, type TokenVerifier } from './token-verifier.ts'

export interface Authentication {
  readonly principal: Principal
  /** Server time in ms until which the token itself is good; a socket asks for a fresh one before. */
  readonly expiresAt: number
}

/**
 * Something happened to a session that is in use. `revoked`: it is over. `changed`: role, territories, organization or
 * name are different now; `current(sessionId)` has the new principal.
 */
export interface AccessEvent {
  readonly type: 'revoked' | 'changed'
  readonly userId: string
  readonly sessionId: string
}

export type AccessListener = (event: AccessEvent) => void

interface DirectoryOptions {
  readonly db: AccountDatabase
  readonly config: Pick<Config, 'publicUrl' | 'outsideIssuer'>
  readonly logger: Logger
  readonly now?: (() => number) | undefined
  readonly pollMs?: number | undefined
}

/** API keys do not expire; a socket using one is checked again this often. */
const keyCheckMs = 3_600_000

interface Watched {
  grant: Grant
  users: number
}

/**
 * Permissions of the sessions in use, in memory.
 *
 * Invariants:
 * 1. A watched session's grant is what the database said at the last refresh; a refresh runs every 500 ms, and right
 *    after every request that may change permissions.
 * 2. A refresh costs one read of a counter unless something changed; triggers raise the counter (account-database.ts).
 * 3. When a grant ends, listeners hear `revoked` once and the session is no longer watched.
 * 4. Refreshes never overlap, and one asked for during another starts after it, so that it sees what was just written.
 */
export class AccessDirectory {
  readonly #db: AccountDatabase
  readonly #logger: Logger
  readonly #now: () => number
  readonly #verifier: TokenVerifier
  readonly #watched = new Map<string, Watched>()
  readonly #listeners = new Set<AccessListener>()
  readonly #timer: NodeJS.Timeout
  #version = -1
  #refreshing: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor({ db, config, logger, now = Date.now, pollMs = 500 }: DirectoryOptions) {
    this.#db = db
    this.#logger = logger
    this.#now = now
    this.#verifier = createTokenVerifier(db, config)
    this.#timer = setInterval(() => void this.refresh(), pollMs)
    this.#timer.unref()
  }

  /**
   * Who a token belongs to: our JWT, one of the outside issuer, or an API key (`fq_...`). The session is looked up, so
   * a token of a session that is over is refused although its signature is fine. Throws an {@link AccountError}.
   */
  async authenticate(token: string): Promise<Authentication> {
    if (token.startsWith('fq_')) return this.#authenticateKey(token)
    const subject = await this.#verifier.verify(token)
    const sessionId = subject.issuer === 'own' ? subject.sessionId : await this.#outsideSession(subject)
    const grant = await this.grantOf(sessionId)
    if (subject.issuer === 'own' && grant.principal.user.id !== subject.userId) {
      throw new AccountError('auth/token-invalid')
    }
    return { principal: grant.principal, expiresAt: Math.min(subject.expiresAt, grant.validUntil) }
  }

  /** What a session may do right now, by the database. Throws `auth/revoked` when it is over. */
  async grantOf(sessionId: string): Promise<Grant> {
    const grant = (await readGrants(this.#db, [sessionId], this.#now())).get(sessionId)
    if (grant === undefined) throw new AccountError('auth/revoked')
    return grant
  }

  /** What a watched session may do, from memory, at no cost; undefined when it is over or not watched. */
  current(sessionId: string): Principal | undefined {
    const grant = this.#watched.get(sessionId)?.grant
    return grant !== undefined && grant.validUntil > this.#now() ? grant.principal : undefined
  }

  /**
   * Keeps the permissions of a session in memory until {@link unwatch}, counted per call. Takes the principal that
   * {@link authenticate} has just read; what changed in between is noticed at the next refresh.
   */
  watch(principal: Principal): void {
    const known = this.#watched.get(principal.sessionId)
    if (known !== undefined) {
      known.users += 1
      return
    }
    // The end of the session is filled in by the refresh that forgetting the version brings about.
    this.#watched.set(principal.sessionId, { grant: { principal, validUntil: Infinity }, users: 1 })
    this.#version = -1
  }

  unwatch(sessionId: string): void {
    const entry = this.#watched.get(sessionId)
    if (entry === undefined) return
    entry.users -= 1
    if (entry.users === 0) this.#watched.delete(sessionId)
  }

  /** Number of sessions in use. */
  get watchedSessions(): number {
    return this.#watched.size
  }

  subscribe(listener: AccessListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads again what changed and tells listeners. Never rejects: a failing read is logged and tried at the next poll. */
  refresh(): Promise<void> {
    // One that waits has not read anything yet, so it serves this caller too.
    this.#waiting ??= this.#refreshAfter(this.#refreshing)
    this.#refreshing = this.#waiting
    return this.#waiting
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#refreshing
  }

  async #refreshAfter(previous: Promise<void>): Promise<void> {
    await previous
    this.#waiting = undefined
    try {
      await this.#refreshOnce()
    } catch (error) {
      this.#version = -1
      this.#logger.error({ err: error }, 'permissions could not be read again')
    }
  }

  async #refreshOnce(): Promise<void> {
    if (this.#watched.size === 0) return
    const now = this.#now()
    const version = await readAccountsVersion(this.#db)
    const expired = [...this.#watched.values()].some(({ grant }) => grant.validUntil <= now)
    if (version === this.#version && !expired) return
    // Before the reads: a session that starts being watched during them sets it back.
    this.#version = version
    const asked = [...this.#watched]
    const grants = await readGrants(
      this.#db,
      asked.map(([sessionId]) => sessionId),
      now,
    )
    for (const [sessionId, entry] of asked) {
      if (this.#watched.get(sessionId) === entry) this.#compare(sessionId, entry, grants.get(sessionId))
    }
  }

  #compare(sessionId: string, entry: Watched, grant: Grant | undefined): void {
    const userId = entry.grant.principal.user.id
    if (grant === undefined) {
      this.#watched.delete(sessionId)
      this.#tell({ type: 'revoked', userId, sessionId })
      return
    }
    const changed = JSON.stringify(grant.principal) !== JSON.stringify(entry.grant.principal)
    entry.grant = grant
    if (changed) this.#tell({ type: 'changed', userId, sessionId })
  }

  #tell(event: AccessEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#logger.error({ err: error }, 'a listener of permission changes failed')
      }
    }
  }

  async #authenticateKey(key: string): Promise<Authentication> {
    const found = await findApiKey(this.#db, key)
    if (found === undefined) throw new AccountError('auth/token-invalid')
    const { principal } = await this.grantOf(apiKeySessionId(found.id))
    return { principal, expiresAt: this.#now() + keyCheckMs }
  }

  /** The person with this account at the outside issuer, or with this e-mail address. */
  async #outsideSession(subject: Extract<TokenSubject, { issuer: 'outside' }>): Promise<string> {
    const linked = await this.#db
      .selectFrom('account')
      .select('userId')
      .where('providerId', '=', 'outside')
      .where('accountId', '=', subject.subject)
      .executeTakeFirst()
    if (linked !== undefined) return outsideSessionId(linked.userId)
    const person =
      subject.email === undefined
        ? undefined
        : await this.#db.selectFrom('user').select('id').where('email', '=', subject.email).executeTakeFirst()
    if (person === undefined) {
      throw new AccountError('auth/token-invalid', {
        detail: 'Nobody here has the e-mail address of the token',
      })
    }
    return outsideSessionId(person.id)
  }
}
