import type { DocumentName } from '@fulqrun/protocol'
import type { Conflict } from '@fulqrun/schema'
import { useEffect, useState } from 'react'
import { fetchHistoryPage } from '../history/use-history.ts'
import { originOf, type ValueOrigin } from '../history/value-origin.ts'

/** Whose value stood before a conflict, as far as the newest part of the history tells; undefined without a connection. */
export function useBaseOrigin(
  name: DocumentName,
  { path, base, openedAt }: Conflict,
): ValueOrigin | undefined {
  const [origin, setOrigin] = useState<ValueOrigin>()
  // The same words for the same value, however often the record is read anew.
  const wanted = JSON.stringify(base)
  useEffect(() => {
    if (wanted === undefined) return undefined
    const gone = new AbortController()
    const look = async () => {
      const answer = await fetchHistoryPage(name, undefined, gone.signal)
      if (gone.signal.aborted || answer.kind !== 'ok') return
      const before = answer.value.entries.filter(({ receivedAt }) => receivedAt <= openedAt)
      setOrigin(originOf(before, { path, value: JSON.parse(wanted) as unknown, until: Infinity }))
    }
    void look() // Never rejects: what is not known is not said.
    return () => {
      gone.abort()
    }
  }, [name, path, wanted, openedAt])
  return origin
}
