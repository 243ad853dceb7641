import type { OpenDocument } from '@fulqrun/sync'
import { useMemo, useSyncExternalStore } from 'react'
import type * as Y from 'yjs'
import type { ReadableStore } from './store.ts'

/**
 * The version of a document: a number that grows with every change. Views are read once per version, so that React gets
 * the same object until something changed (a fresh object from `getSnapshot` would loop).
 */
const versions = new WeakMap<Y.Doc, ReadableStore<number>>()

export function versionOf(doc: Y.Doc): ReadableStore<number> {
  const known = versions.get(doc)
  if (known !== undefined) return known
  let version = 0
  const listeners = new Set<() => void>()
  doc.on('update', () => {
    version += 1
    for (const listener of listeners) listener()
  })
  const store: ReadableStore<number> = {
    get: () => version,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
  versions.set(doc, store)
  return store
}

/**
 * What `read` makes of the document, live. Give a function that stays the same between renders, such as
 * `readOpportunity`.
 */
export function useView<T>(open: OpenDocument, read: (doc: Y.Doc) => T): T {
  const store = versionOf(open.doc)
  const version = useSyncExternalStore(store.subscribe, store.get)
  // The version is not read by `read`, but it is what makes its answer stale.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => read(open.doc), [open.doc, read, version])
}
