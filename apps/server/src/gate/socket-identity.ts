import type { AccessDirectory } from '../accounts/access-directory.ts'
import { AccountError } from '../accounts/account-error.ts'
import type { Principal } from '../accounts/principal.ts'

export interface Identity {
  readonly principal: Principal
  readonly token: string
  /** Server time, ms, until which the token is good. */
  readonly expiresAt: number
}

/**
 * Whose socket it is (GATE-1): bound by the first token that is accepted, renewed by later ones of the same person.
 * While bound, the person's session is watched, so that permissions are read from memory.
 */
export class SocketIdentity {
  readonly #directory: AccessDirectory
  #bound: Identity | undefined
  #pending: { readonly token: string; readonly result: Promise<Identity> } | undefined
  #released = false

  constructor(directory: AccessDirectory) {
    this.#directory = directory
  }

  get current(): Identity | undefined {
    return this.#bound
  }

  /**
   * Verifies a token once, however many documents bring it; the one that is bound once more when `isAsked`. Rejects with
   * an {@link AccountError}.
   */
  async authenticate(token: string, isAsked = false): Promise<Identity> {
    if (!isAsked && this.#bound?.token === token) return this.#bound
    if (this.#pending?.token === token) return this.#pending.result
    const result = this.#bind(token)
    this.#pending = { token, result }
    try {
      return await result
    } finally {
      if (this.#pending?.result === result) this.#pending = undefined
    }
  }

  /** The person's permissions have changed. */
  update(principal: Principal): void {
    if (this.#bound !== undefined) this.#bound = { ...this.#bound, principal }
  }

  /** The socket is gone. */
  release(): void {
    this.#released = true
    if (this.#bound !== undefined) this.#directory.unwatch(this.#bound.principal.sessionId)
  }

  async #bind(token: string): Promise<Identity> {
    const { principal, expiresAt } = await this.#directory.authenticate(token)
    const before = this.#bound
    if (before !== undefined && before.principal.user.id !== principal.user.id)
      throw new AccountError('access/denied')
    if (this.#released) throw new AccountError('auth/required')
    this.#directory.watch(principal)
    if (before !== undefined) this.#directory.unwatch(before.principal.sessionId)
    this.#bound = { principal, token, expiresAt }
    return this.#bound
  }
}
