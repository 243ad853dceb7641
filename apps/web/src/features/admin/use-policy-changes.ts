import type { PolicyHistoryEntry, PolicyHistoryPage } from '@fulqrun/protocol'
import { useCallback, useEffect, useReducer } from 'react'
import { fetchPolicyHistory } from './policy-api.ts'

export interface PolicyChanges {
  /** Newest first; undefined until the first answer. */
  readonly entries: readonly PolicyHistoryEntry[] | undefined
  /** Version to ask below for older ones; undefined when all are here. */
  readonly next: number | undefined
  /** The last question was not answered. */
  readonly isUnreachable: boolean
  readonly loadMore: () => void
}

type State = Omit<PolicyChanges, 'loadMore'>
type Step =
  { readonly type: 'first' | 'more'; readonly page: PolicyHistoryPage } | { readonly type: 'failed' }

const nothingYet: State = { entries: undefined, next: undefined, isUnreachable: false }

function reduce(state: State, step: Step): State {
  if (step.type === 'failed') return { ...state, isUnreachable: true }
  const before = step.type === 'more' ? (state.entries ?? []) : []
  return { entries: [...before, ...step.page.entries], next: step.page.next, isUnreachable: false }
}

/** Who changed which rule, asked when it is first shown and further back on demand. */
export function usePolicyChanges(): PolicyChanges {
  const [state, dispatch] = useReducer(reduce, nothingYet)
  const load = useCallback(async (before: number | undefined): Promise<void> => {
    const answer = await fetchPolicyHistory(fetch, before)
    if (answer.kind !== 'ok') dispatch({ type: 'failed' })
    else dispatch({ type: before === undefined ? 'first' : 'more', page: answer.value })
  }, [])
  useEffect(() => {
    void load(undefined) // Never rejects: what is not an answer is said by its kind.
  }, [load])
  const { next } = state
  const loadMore = useCallback(() => {
    void load(next) // As above.
  }, [load, next])
  return { ...state, loadMore }
}
