import type { DocumentKind } from '@fulqrun/protocol'
import { type DecodedUpdate, decodeUpdate } from '@fulqrun/rules'
import { defineRoots } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { LogEntry } from '../store/document-store.ts'
import { type AuthorId, clientOf } from './authors.ts'

/** A sitting without a network: written on a copy of the record that lacks what came in meanwhile. */
export interface Offline {
  /** When it was written, ms; the step's own time is that of its arrival. */
  readonly writtenAt: number
  /** How many of the steps before it its author had not seen. */
  readonly unseen: number
}

export interface OfflineSitting {
  readonly kind: DocumentKind
  readonly by: AuthorId
  /** What the server has. */
  readonly entries: readonly LogEntry[]
  /** How many of them the device has. */
  readonly seen: number
  readonly change: (document: Y.Doc) => void
}

/** What a device brings along when it is back: the change, made on its own copy under a client id of its own. */
export function editOffline({ kind, by, entries, seen, change }: OfflineSitting): DecodedUpdate {
  const copy = new Y.Doc()
  defineRoots(copy, kind)
  for (const { update } of entries.slice(0, seen)) Y.applyUpdate(copy, update)
  // An id per sitting: the author's other devices write under theirs meanwhile.
  copy.clientID = clientOf(by) + 100 * entries.length
  const before = Y.encodeStateVector(copy)
  change(copy)
  const update = decodeUpdate(Y.encodeStateAsUpdate(copy, before))
  copy.destroy()
  if (update === undefined) throw new Error(`${by} wrote nothing offline`)
  return update
}
