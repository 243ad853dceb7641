import type { Strategy } from './policy.ts'

/**
 * What stands when two values were written to one field by people who had not seen each other's. Pure and
 * deterministic; for all but `user-choice` and `server-wins` the outcome is the greater of the two in one total order,
 * so that it does not depend on which of them arrived first, nor on how many there were.
 */

/** One of two values that were written apart from each other. */
export interface Contender {
  /** Plain JSON; `undefined` when the field was cleared. */
  readonly value: unknown
  /** User id, if the server can tell. */
  readonly author: string | undefined
  /** False for changes by the system. */
  readonly isPerson: boolean
  /** Device time, corrected by the measured skew and bounded by the receipt (ms). */
  readonly editedAt: number
}

export interface Outcome {
  readonly stands: 'current' | 'incoming'
  /** Whether a person has to choose; what stands does so provisionally. */
  readonly open: boolean
}

/**
 * @param key of the field, as in `status` or `expiresOn`: some strategies rank the values of some fields
 * @param current what the server has
 */
export function resolveConcurrent(
  strategy: Strategy,
  key: string,
  { current, incoming }: { readonly current: Contender; readonly incoming: Contender },
): Outcome {
  switch (strategy) {
    case 'user-choice':
      return { stands: 'current', open: true }
    case 'client-wins':
    case 'merge':
      return settled(laterOf(current, incoming))
    case 'completed-wins':
      return settled(
        key === 'status'
          ? greater(completion(current.value) - completion(incoming.value), current, incoming)
          : // Who completed it and when: the first completion is the one that happened.
            -laterOf(current, incoming),
      )
    case 'most-restrictive':
      return settled(
        greater(restriction(key, current.value) - restriction(key, incoming.value), current, incoming),
      )
    case 'server-wins':
    case 'append-only':
    case 'derived':
      return { stands: 'current', open: false }
  }
}

/** Negative when the incoming one is greater. */
function settled(order: number): Outcome {
  return { stands: order < 0 ? 'incoming' : 'current', open: false }
}

function greater(rank: number, current: Contender, incoming: Contender): number {
  return rank === 0 || Number.isNaN(rank) ? laterOf(current, incoming) : rank
}

/** A person beats the system, the later edit the earlier one; ties are broken by author and value, the same everywhere. */
function laterOf(one: Contender, other: Contender): number {
  return (
    Number(one.isPerson) - Number(other.isPerson) ||
    one.editedAt - other.editedAt ||
    compare(one.author ?? '', other.author ?? '') ||
    compare(JSON.stringify(one.value) ?? '', JSON.stringify(other.value) ?? '')
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function completion(status: unknown): number {
  return status === 'completed' ? 1 : 0
}

const licenceStatuses = ['active', 'expired', 'suspended', 'revoked']
const optTypes = ['double_opt_in', 'opt_in', 'opt_out']

/** How restrictive a value is, greater being more so. Dates: the earlier, the shorter the validity; none is endless. */
export function restriction(key: string, value: unknown): number {
  switch (key) {
    case 'status':
      return licenceStatuses.indexOf(String(value))
    case 'optType':
      return optTypes.indexOf(String(value))
    case 'expiresOn':
    case 'deaExpiresOn':
      return typeof value === 'string' ? -Date.parse(value) : -Infinity
    default:
      return value === true ? 1 : 0
  }
}
