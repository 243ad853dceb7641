import type { DocumentKind } from '@fulqrun/protocol'
import { type DocumentView, fieldSpec } from '@fulqrun/schema'
import { useCallback } from 'react'
import { usePersonName } from '../../data/workspace.tsx'
import { valueWords } from '../history/value-words.ts'

/** Currency of a record's money; KPI sets are in that of the company. */
export function currencyOf(view: DocumentView): string | undefined {
  if (view.kind === 'opportunity') return view.financials.currency
  return view.kind === 'kpi' ? 'USD' : undefined
}

/** A value of a path as a person reads it. */
export function useValueWords(
  kind: DocumentKind,
  currency: string | undefined,
): (path: string, value: unknown) => string {
  const personName = usePersonName()
  return useCallback(
    (path, value) => valueWords(value, fieldSpec(kind, path), { personName, currency }),
    [kind, personName, currency],
  )
}
