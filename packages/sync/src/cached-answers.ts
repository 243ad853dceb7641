/**
 * What the server's API said about people, rules and the time, kept for work without a network. Answers have a time to
 * live; their age is told by the server's clock, and a clock that was set back makes them old, never young for ever.
 */
import type { Person } from '@fulqrun/protocol'
import { defaultPolicyTable, type PolicyTable } from '@fulqrun/rules'
import type { ApiClient } from './api-client.ts'
import { policyAnswerOf, readPolicyAnswer } from './policy-answer.ts'
import { createStore, type Store } from './store.ts'

export interface CachedAnswersOptions {
  readonly api: ApiClient
  /** Device time. */
  deviceNow(): number
  /** Keeps a value for the next start. */
  readonly remember: (key: string, value: unknown) => void
  isClosed(): boolean
}

/** People join and leave a few times a month; the feed tells when access changes. */
const peopleLifeMs = 10 * 60_000

const keys = { people: 'people', peopleAt: 'people-at', policy: 'policy', skew: 'skew' } as const

export class CachedAnswers {
  readonly people: Store<readonly Person[]>
  readonly policy: Store<PolicyTable>
  readonly #options: CachedAnswersOptions
  readonly #people = createStore<readonly Person[]>([])
  readonly #policy = createStore<PolicyTable>(defaultPolicyTable)
  #skew = 0
  #peopleAt: number | undefined

  constructor(options: CachedAnswersOptions) {
    this.#options = options
    this.people = this.#people
    this.policy = this.#policy
  }

  /** Device time corrected by the measured skew. */
  now(): number {
    return this.#options.deviceNow() + this.#skew
  }

  /** What was here last time; what the server has said meanwhile stays. */
  load(metadata: ReadonlyMap<string, unknown>): void {
    const people = metadata.get(keys.people)
    if (Array.isArray(people) && this.#people.get().length === 0) {
      this.#people.set(people as readonly Person[])
      const at = metadata.get(keys.peopleAt)
      if (typeof at === 'number') this.#peopleAt ??= at
    }
    const policy = readPolicyAnswer(metadata.get(keys.policy))
    if (policy !== undefined && this.#policy.get() === defaultPolicyTable) this.#policy.set(policy)
    const skew = metadata.get(keys.skew)
    if (typeof skew === 'number' && this.#skew === 0) this.#skew = skew
  }

  /** What is remembered of people does not hold any more: somebody's access changed. */
  invalidate(): void {
    this.#peopleAt = undefined
  }

  /** Never rejects: names and the clock's skew of last time will do. */
  async refreshPeople(): Promise<void> {
    try {
      const { api, remember } = this.#options
      const skew = await api.measureSkew()
      if (this.#options.isClosed()) return
      this.#skew = skew
      remember(keys.skew, skew)
      if (!isExpired(this.#peopleAt, this.now(), peopleLifeMs)) return
      const people = await api.fetchPeople()
      if (this.#options.isClosed()) return
      this.#people.set(people)
      this.#peopleAt = this.now()
      remember(keys.people, people)
      remember(keys.peopleAt, this.#peopleAt)
    } catch {
      // Asked again when the session goes live the next time.
    }
  }

  /** Never rejects: the rules of last time will do for a preview, the server decides by its own. */
  async refreshPolicy(): Promise<void> {
    try {
      const policy = await this.#options.api.fetchPolicy()
      if (this.#options.isClosed() || isSamePolicy(policy, this.#policy.get())) return
      this.#policy.set(policy)
      this.#options.remember(keys.policy, policyAnswerOf(policy))
    } catch {
      // Asked again when somebody looks.
    }
  }
}

/** Whether something from `at` is no longer good at `now`; something from the future is from a clock that was wrong. */
export function isExpired(at: number | undefined, now: number, lifeMs: number): boolean {
  return at === undefined || at > now || now - at >= lifeMs
}

function isSamePolicy(one: PolicyTable, other: PolicyTable): boolean {
  return one.version === other.version && JSON.stringify(one.settings) === JSON.stringify(other.settings)
}
