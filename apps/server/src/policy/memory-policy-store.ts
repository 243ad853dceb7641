import type { PolicyChange, PolicyStore } from './policy-store.ts'

/** The audit of rules in memory: for tests that are not about the disk. Passes the same contract but for durability. */
export class MemoryPolicyStore implements PolicyStore {
  readonly #changes: PolicyChange[] = []

  append(change: PolicyChange): Promise<void> {
    const last = this.#of(change.organizationId).at(-1)
    if (last !== undefined && change.version !== last.version + 1)
      return Promise.reject(new Error('the version does not follow the last one'))
    this.#changes.push(structuredClone(change))
    return Promise.resolve()
  }

  latest(): Promise<readonly PolicyChange[]> {
    const byOrganization = new Map(this.#changes.map((change) => [change.organizationId, change]))
    return Promise.resolve([...byOrganization.values()])
  }

  history(
    organizationId: string,
    {
      before = Number.MAX_SAFE_INTEGER,
      limit,
    }: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly PolicyChange[]> {
    const older = this.#of(organizationId).filter(({ version }) => version < before)
    return Promise.resolve(older.toReversed().slice(0, limit))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #of(organizationId: string): readonly PolicyChange[] {
    return this.#changes.filter((change) => change.organizationId === organizationId)
  }
}
