import type { PolicyChangeDetail, PolicyChangeRequest } from '@fulqrun/protocol'
import {
  approvalLimitsProblem,
  defaultPolicyTable,
  overrideProblem,
  policyFor,
  type PolicyOverride,
  type PolicySettings,
  type PolicyTable,
  policyTable,
  type Strategy,
} from '@fulqrun/rules'
import { fieldSpec } from '@fulqrun/schema'
import type { Principal } from '../accounts/principal.ts'
import { PolicyError } from './policy-error.ts'
import type { PolicyChange, PolicyStore } from './policy-store.ts'

export interface WantedPolicyChange extends PolicyChangeRequest {
  /** The version that the admin had before them. */
  readonly expectedVersion: number
}

interface DirectoryOptions {
  readonly store: PolicyStore
  readonly now: () => number
}

/**
 * The rules in force, per organization, in memory, because admission asks for them with every update.
 *
 * Invariants:
 * 1. A table is in force only after the change that made it is on disk, with who, when and why.
 * 2. Changes run one after the other, so that of two admins who saw the same version one is told that it has passed.
 * 3. What an organization changes is never seen by another.
 */
export class PolicyDirectory {
  readonly #store: PolicyStore
  readonly #now: () => number
  readonly #tables: Map<string, PolicyTable>
  #last: Promise<unknown> = Promise.resolve()

  private constructor({ store, now }: DirectoryOptions, tables: Map<string, PolicyTable>) {
    this.#store = store
    this.#now = now
    this.#tables = tables
  }

  static async open(options: DirectoryOptions): Promise<PolicyDirectory> {
    const changes = await options.store.latest()
    const tables = changes.map(({ organizationId, version, settings }): [string, PolicyTable] => [
      organizationId,
      policyTable(version, settings),
    ])
    return new PolicyDirectory(options, new Map(tables))
  }

  /** The table in force; that of the product for an organization that has changed nothing. */
  tableOf(organizationId: string): PolicyTable {
    return this.#tables.get(organizationId) ?? defaultPolicyTable
  }

  /** Changes of one organization, newest first, with a version below `before`. */
  history(
    organizationId: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly PolicyChange[]> {
    return this.#store.history(organizationId, page)
  }

  /**
   * Changes one thing in the organization of an admin; resolves when it is on disk and in force. Throws `access/role`,
   * `version/mismatch`, `input/invalid` with words for the admin, or `server/storage`.
   */
  change(admin: Principal, wanted: WantedPolicyChange): Promise<PolicyTable> {
    const result = this.#last.then(() => this.#changeNow(admin, wanted))
    this.#last = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    await this.#last
    await this.#store.close()
  }

  async #changeNow(admin: Principal, wanted: WantedPolicyChange): Promise<PolicyTable> {
    assertMayChange(admin)
    const { organizationId, user } = admin
    const table = this.tableOf(organizationId)
    if (table.version !== wanted.expectedVersion)
      throw new PolicyError('version/mismatch', { version: table.version })
    const reason = wanted.reason.trim()
    if (reason === '') throw new PolicyError('input/invalid', { detail: 'Say why, for the audit' })
    const { detail, settings } = applyChange(table, wanted.change)
    const version = table.version + 1
    const author = { id: user.id, name: user.name }
    try {
      await this.#store.append({ organizationId, version, author, at: this.#now(), reason, detail, settings })
    } catch (error) {
      throw new PolicyError('server/storage', { cause: error })
    }
    const next = policyTable(version, settings)
    this.#tables.set(organizationId, next)
    return next
  }
}

/** Throws `access/role` for everybody but admins. */
export function assertMayChange({ role }: Principal): void {
  if (role !== 'admin')
    throw new PolicyError('access/role', { detail: 'Only an admin changes the rules of an organization' })
}

interface Changed {
  readonly detail: PolicyChangeDetail
  readonly settings: PolicySettings
}

function applyChange(table: PolicyTable, change: PolicyChangeRequest['change']): Changed {
  if (change.type === 'strategy') return changeStrategy(table, change)
  const { managerMaxAmount, managerMaxDiscount } = change
  const after = { managerMaxAmount, managerMaxDiscount }
  const problem = approvalLimitsProblem(after)
  if (problem !== undefined) throw new PolicyError('input/invalid', { detail: problem })
  const before = table.settings.approvals
  if (before.managerMaxAmount === managerMaxAmount && before.managerMaxDiscount === managerMaxDiscount)
    throw new PolicyError('input/invalid', { detail: 'These are the limits already' })
  return {
    detail: { type: 'approvals', before, after },
    settings: { ...table.settings, approvals: after },
  }
}

function changeStrategy(
  table: PolicyTable,
  { kind, path, strategy }: Extract<PolicyChangeRequest['change'], { type: 'strategy' }>,
): Changed {
  // The name of a strategy that we do not know is among none of those that a field may have.
  const override: PolicyOverride = { kind, path, strategy: strategy as Strategy }
  // A rule is that of a field in every entry, so its path has `*` and not the id of one.
  const problem =
    fieldSpec(kind, path)?.path === path ? overrideProblem(override) : `There is no field ${path}`
  if (problem !== undefined) throw new PolicyError('input/invalid', { detail: problem })
  const before = policyFor(kind, path, table)?.strategy
  if (before === undefined || before === strategy)
    throw new PolicyError('input/invalid', { detail: `${path} follows ${strategy} already` })
  const others = table.settings.overrides.filter((other) => other.kind !== kind || other.path !== path)
  const isStandard = policyFor(kind, path)?.strategy === override.strategy
  return {
    detail: { type: 'strategy', kind, path, before, after: override.strategy },
    settings: { ...table.settings, overrides: isStandard ? others : [...others, override] },
  }
}
