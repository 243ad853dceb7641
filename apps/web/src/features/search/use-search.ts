import type { DocumentKind, DocumentName } from '@fulqrun/protocol'
import { startTransition, useEffect, useMemo, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { queryWords } from './fold.ts'
import type { Wanted } from './marks.ts'
import type { SearchClient } from './search-client.ts'
import { searchClientOf } from './search-client-of.ts'
import type { SearchHit } from './search-index.ts'

export function useSearchClient(): SearchClient {
  const workspace = useWorkspace()
  const me = useMe()
  return useMemo(() => searchClientOf(workspace, me.user.id), [workspace, me.user.id])
}

export interface Found {
  /** What was asked when `hits` were found; older than what is typed for a few milliseconds. */
  readonly query: string
  readonly hits: readonly SearchHit[]
  readonly excerpts: ReadonlyMap<DocumentName, string>
}

const nothing: Found = { query: '', hits: [], excerpts: new Map() }

/** Lines of notes that are looked up for the hits on the screen. */
const maxExcerpts = 12

export function wantedOf(query: string, hit: SearchHit): Wanted {
  return { typed: queryWords(query), found: hit.found }
}

/** The lines of notes are looked up once somebody rests: reading copies would hold up the answer to their next key. */
const restMs = 150

/** What is found on this device for a query, renewed while somebody types. */
export function useFound(query: string, limit: number): Found {
  const client = useSearchClient()
  const [found, setFound] = useState(nothing)
  useEffect(() => {
    let isLate = false
    let rest: ReturnType<typeof setTimeout> | undefined
    const readExcerpts = async (hits: readonly SearchHit[]) => {
      const inText = hits.filter(({ isInText }) => isInText).slice(0, maxExcerpts)
      if (inText.length === 0) return
      const words = [...new Set(inText.flatMap((hit) => hit.found))]
      const excerpts = await client.excerpts(
        inText.map(({ name }) => name),
        { typed: queryWords(query), found: words },
      )
      if (!isLate) setFound({ query, hits, excerpts })
    }
    const look = async () => {
      const hits = await client.find({ query, limit })
      if (isLate || hits === undefined) return
      // Lines that were looked up for the letters before stay until there are better ones.
      setFound(({ excerpts }) => ({ query, hits, excerpts }))
      rest = setTimeout(() => {
        void readExcerpts(hits) // The client never rejects.
      }, restMs)
    }
    void look() // As above.
    return () => {
      isLate = true
      clearTimeout(rest)
    }
  }, [client, query, limit])
  return query.trim() === '' ? nothing : found
}

/**
 * Names of the records of a kind that search finds, for a list's own search field: by what people wrote and with slips of
 * the finger too. Undefined until the answer is there.
 */
export function useFoundNames(
  query: string | undefined,
  kind: DocumentKind,
): ReadonlySet<DocumentName> | undefined {
  const client = useSearchClient()
  const [found, setFound] = useState<{ readonly query: string; readonly names: ReadonlySet<DocumentName> }>()
  useEffect(() => {
    if (query === undefined) return undefined
    let isLate = false
    void client.names({ query, kind }).then((names) => {
      if (isLate || names === undefined) return
      // Not before what is typed: a long list is drawn anew between two keys.
      startTransition(() => {
        setFound({ query, names: new Set(names) })
      })
    }) // The client never rejects.
    return () => {
      isLate = true
    }
  }, [client, query, kind])
  return found !== undefined && found.query === query ? found.names : undefined
}
