import type { OpenDocument } from '@fulqrun/sync'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { marksOf, type RecordFacts, type RecordMarks } from './marks.ts'
import { useRecordFacts } from './use-record-facts.ts'

export interface RecordMarksValue {
  readonly facts: RecordFacts
  readonly marks: RecordMarks
}

const nothing: RecordMarksValue = {
  facts: { conflicts: [], proposals: [], decisions: [] },
  marks: new Map(),
}

const RecordMarksContext = createContext(nothing)

/** Gives the fields of a record what stands at them. */
export function RecordMarksProvider({
  open,
  children,
}: {
  readonly open: OpenDocument
  readonly children: ReactNode
}) {
  const me = useMe()
  const facts = useRecordFacts(open)
  const value = useMemo(() => ({ facts, marks: marksOf(facts, me.user.id) }), [facts, me.user.id])
  return <RecordMarksContext value={value}>{children}</RecordMarksContext>
}

export function useRecordMarks(): RecordMarksValue {
  return useContext(RecordMarksContext)
}
