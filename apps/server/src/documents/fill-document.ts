import * as Y from 'yjs'
import type { StoredDocument } from '../store/document-store.ts'
import { admissionOrigin } from './admission-origin.ts'

/** Applies everything that is stored of a document, whose roots are defined. */
export function fillDocument(document: Y.Doc, { snapshot, tail }: StoredDocument): void {
  const updates = tail.map(({ update }) => update)
  const parts = snapshot === undefined ? updates : [snapshot.data, ...updates]
  const [only] = parts
  const whole = parts.length === 1 && only !== undefined ? only : Y.mergeUpdates(parts)
  Y.applyUpdate(document, whole, admissionOrigin)
}
