import { checkValue, fieldSpec, type FieldSpec, SchemaError, setField } from '@fulqrun/schema'
import { useRef, useState } from 'react'
import { useWorkspace } from '../data/workspace.tsx'
import { sayNotSaved } from '../ui/Toaster.tsx'
import { draftOf, sameValue } from './draft.ts'
import { useRecordScope } from './record-scope.tsx'

export interface FieldControls {
  readonly spec: FieldSpec
  readonly canWrite: boolean
  /** What is wrong with the last value that was tried, in words. */
  readonly problem: string | undefined
  /** Writes a value if it is a new one and a valid one; false when it was not written because it is not valid. */
  readonly commit: (value: unknown) => boolean
  readonly clearProblem: () => void
  /** Changes with every change that was made by somebody else; key of the tint. */
  readonly remoteChanges: number
}

/**
 * Counts the changes of `value` that did not come from here. A field tints on each; it never takes the focus or moves
 * the page because of one.
 */
function useRemoteChanges(value: unknown, own: { readonly current: unknown }): number {
  const [shown, setShown] = useState(value)
  const [count, setCount] = useState(0)
  if (!sameValue(shown, value)) {
    setShown(value)
    if (!sameValue(own.current, value)) setCount(count + 1)
  }
  return count
}

const nothingYet = Symbol('nothing committed')

/** The state of one field of the record in scope. `path` must be a path of the record's schema. */
export function useField(path: string, value: unknown): FieldControls {
  const { open, canWrite } = useRecordScope()
  const workspace = useWorkspace()
  const spec = fieldSpec(open.kind, path)
  if (spec === undefined) throw new Error(`no such field: ${path}`)
  const [problem, setProblem] = useState<string>()
  const own = useRef<unknown>(nothingYet)
  const remoteChanges = useRemoteChanges(value, own)
  return {
    spec,
    canWrite,
    problem,
    remoteChanges,
    clearProblem: () => {
      setProblem(undefined)
    },
    commit: (next) => {
      const issue = checkValue(open.kind, path, next)
      setProblem(issue?.message)
      if (issue !== undefined) return false
      if (sameValue(next, value)) return true
      own.current = next
      try {
        setField(open.doc, path, next, { now: workspace.now() })
      } catch (error) {
        if (!isGone(error)) throw error
        sayNotSaved(`${spec.label} was not saved: somebody has removed what it belongs to.`, draftOf(next))
      }
      return true
    },
  }
}

/** A colleague has removed the entry: the field goes away with it, often while somebody types in it. */
function isGone(error: unknown): boolean {
  return error instanceof SchemaError && error.code === 'entry/invalid'
}
