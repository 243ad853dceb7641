import type { OpenDocument } from '@fulqrun/sync'
import { type FocusEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe } from '../../data/workspace.tsx'
import { createPeerStore, type Peer } from './peers.ts'

/** Everybody else who has this record open. Changes when what is shown changes, not with every caret movement. */
export function usePeers(openDocument: OpenDocument): readonly Peer[] {
  const me = useMe()
  const store = useMemo(() => createPeerStore(openDocument.awareness, me.user.id), [openDocument, me.user.id])
  return useStore(store)
}

/** The colleague who is in a field, for a ring in their colour. Never a lock: both may type. */
export function usePeerAt(peers: readonly Peer[], path: string): Peer | undefined {
  return peers.find(({ location }) => location.field === path)
}

/** Path of the field that an element belongs to: the nearest `data-field`. */
function fieldOf(target: EventTarget): string | undefined {
  if (!(target instanceof Element)) return undefined
  const holder = target.closest<HTMLElement>('[data-field]')
  return holder?.dataset['field']
}

export interface LocationHandlers {
  readonly onFocus: (event: FocusEvent) => void
  readonly onBlur: (event: FocusEvent) => void
}

/**
 * Tells colleagues where this person is: the section, and the field that has the focus (by `data-field`, one pair of
 * handlers for a whole page). Nothing is kept: presence is no record of work.
 */
export function usePublishLocation(
  openDocument: OpenDocument | undefined,
  section: string,
): LocationHandlers {
  const field = useRef<string>(undefined)
  const publish = useCallback(
    (next: string | undefined) => {
      field.current = next
      openDocument?.setPresence({ location: next === undefined ? { section } : { section, field: next } })
    },
    [openDocument, section],
  )
  useEffect(() => {
    publish(undefined)
  }, [publish])
  useEffect(
    () => () => {
      openDocument?.setPresence({ location: {} })
    },
    [openDocument],
  )
  return useMemo(
    () => ({
      onFocus: (event) => {
        const next = fieldOf(event.target)
        if (next !== field.current) publish(next)
      },
      onBlur: (event) => {
        if (event.relatedTarget === null && field.current !== undefined) publish(undefined)
      },
    }),
    [publish],
  )
}
