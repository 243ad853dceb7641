import type { PolicyChangeDetail } from '@fulqrun/protocol'
import type { PolicySettings } from '@fulqrun/rules'

/**
 * The port to the audit of an organization's rules. Its promises, which the contract suite in
 * `policy-store.contract.ts` checks for each adapter:
 *
 * - STO-9 Append-only: what `append` wrote is on disk when it resolves, and nothing changes or removes it.
 * - STO-10 Versions of an organization follow each other without a gap; of two changes with one version, one is refused.
 */
export interface PolicyStore {
  /** Rejects, and has written nothing, when the version is not the one after the last. */
  append(change: PolicyChange): Promise<void>
  /** The last change of every organization that has made one. */
  latest(): Promise<readonly PolicyChange[]>
  /** Changes of one organization, newest first, with a version below `before`. */
  history(
    organizationId: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly PolicyChange[]>
  close(): Promise<void>
}

/** One change of an organization's rules: who, when, why, from what to what, and everything that holds afterwards. */
export interface PolicyChange {
  readonly organizationId: string
  /** Version of the table from this change on. */
  readonly version: number
  readonly author: { readonly id: string; readonly name: string }
  /** Server clock, ms. */
  readonly at: number
  readonly reason: string
  readonly detail: PolicyChangeDetail
  readonly settings: PolicySettings
}
