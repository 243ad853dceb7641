import { documentEndpoint, type DocumentName, type HistoryEntry, type HistoryPage } from '@fulqrun/protocol'
import type { OpenDocument } from '@fulqrun/sync'
import { useCallback, useEffect, useRef, useState } from 'react'
import { versionOf } from '../../data/view.ts'
import { type Answer, request } from '../../session/api.ts'
import { mergePages } from './bursts.ts'

/** Entries of one request: a screenful of bursts even when they are single keystrokes. */
const pageSize = 100

/** After a change the server needs a moment until its history has it; a burst of typing asks once. */
const refreshDelayMs = 900

export type HistoryStatus = 'loading' | 'ready' | 'offline' | 'refused'

export interface HistoryState {
  readonly entries: readonly HistoryEntry[]
  /** Where the next, older page starts; undefined at the beginning of the record. */
  readonly next: number | undefined
  readonly status: HistoryStatus
  readonly isLoadingMore: boolean
}

const empty: HistoryState = { entries: [], next: undefined, status: 'loading', isLoadingMore: false }

function isHistoryPage(value: unknown): value is HistoryPage {
  return typeof value === 'object' && value !== null && 'entries' in value && Array.isArray(value.entries)
}

/** A page of a record's history, newest first. Never rejects. */
export async function fetchHistoryPage(
  name: DocumentName,
  before: number | undefined,
  signal: AbortSignal,
): Promise<Answer<HistoryPage>> {
  const query = new URLSearchParams({ limit: String(pageSize) })
  if (before !== undefined) query.set('before', String(before))
  const path = `${documentEndpoint(name, 'history')}?${query.toString()}`
  const answer = await request(fetch, path, { signal })
  if (answer.kind !== 'ok') return answer
  // Something answered that is not our server, such as a captive portal.
  return isHistoryPage(answer.value) ? { kind: 'ok', value: answer.value } : { kind: 'unreachable' }
}

/** What the state becomes after an answer to a request for the newest page, or for the page before `before`. */
export function withAnswer(
  state: HistoryState,
  answer: Answer<HistoryPage>,
  before: number | undefined,
): HistoryState {
  if (answer.kind === 'unreachable') return { ...state, status: 'offline', isLoadingMore: false }
  if (answer.kind === 'refused') {
    // A record made on this device and not sent yet is not known to the server: that is "not there yet".
    const status = answer.status === 404 ? 'ready' : 'refused'
    return { ...state, status, isLoadingMore: false }
  }
  const { entries, next } = answer.value
  if (before !== undefined) {
    return { entries: mergePages(state.entries, entries), next, status: 'ready', isLoadingMore: false }
  }
  const oldest = entries.at(-1)
  const isConnected = oldest !== undefined && state.entries.some(({ seq }) => seq >= oldest.seq)
  // Without an overlap there may be a gap between the new page and what was loaded: start over from the new page.
  return isConnected
    ? { ...state, entries: mergePages(entries, state.entries), status: 'ready' }
    : { entries, next, status: 'ready', isLoadingMore: false }
}

export interface History extends HistoryState {
  readonly loadMore: () => void
  readonly refresh: () => void
}

/**
 * The history of an open document, newest first; asks again shortly after the document changed. Give the component
 * that calls it the document's name as key: the state is that of one document.
 */
export function useHistory(open: OpenDocument): History {
  const [state, setState] = useState(empty)
  const abort = useRef(new AbortController())

  const load = useCallback(
    (before: number | undefined) => {
      const { signal } = abort.current
      const show = async () => {
        const answer = await fetchHistoryPage(open.name, before, signal)
        if (!signal.aborted) setState((current) => withAnswer(current, answer, before))
      }
      // Never rejects: an answer that does not come is an answer of kind `unreachable`.
      void show()
    },
    [open],
  )

  useEffect(() => {
    const controller = new AbortController()
    abort.current = controller
    load(undefined)
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        load(undefined)
      }, refreshDelayMs)
    }
    const stopDocument = versionOf(open.doc).subscribe(later)
    // Also when what this device had waiting has been confirmed: only then the server's history has it.
    let { pending, remote } = open.state.get()
    const stopState = open.state.subscribe(() => {
      const now = open.state.get()
      if (now.pending !== pending || now.remote !== remote) later()
      pending = now.pending
      remote = now.remote
    })
    return () => {
      controller.abort()
      clearTimeout(timer)
      stopDocument()
      stopState()
    }
  }, [open, load])

  return {
    ...state,
    loadMore: () => {
      setState((current) => ({ ...current, isLoadingMore: true }))
      load(state.next)
    },
    refresh: () => {
      load(undefined)
    },
  }
}
