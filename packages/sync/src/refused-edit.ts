/** What of a draft the server does not have, as values that a person can read and copy. */
import * as Y from 'yjs'
import type { DocumentKind } from '@fulqrun/protocol'
import { defineRoots, type RootSpec, rootsOf } from '@fulqrun/schema'
import type { RefusedValue } from './device-store.ts'

/** Roots that hold bookkeeping and not what somebody entered. */
const bookkeeping = new Set(['edited'])

/**
 * Compares the server's document with what it would be if the draft had been taken. Both are read by path; only what
 * differs is listed, so that an edit of one field reads as one line.
 */
export function diffDraft(server: Y.Doc, draft: Y.Doc, kind: DocumentKind): readonly RefusedValue[] {
  const merged = new Y.Doc()
  defineRoots(merged, kind)
  try {
    Y.applyUpdate(merged, Y.encodeStateAsUpdate(server))
    Y.applyUpdate(merged, Y.encodeStateAsUpdate(draft))
    return diffValues(readValues(server, kind), readValues(merged, kind))
  } finally {
    merged.destroy()
  }
}

/** The draft's values at the paths that were touched, when the server's state is not to be had. */
export function pickDraft(
  draft: Y.Doc,
  paths: readonly string[],
  kind: DocumentKind,
): readonly RefusedValue[] {
  const values = readValues(draft, kind)
  return [...new Set(paths)].map((path) => {
    const value = values.get(path)
    return value === undefined ? { path } : { path, draft: value }
  })
}

function diffValues(
  server: ReadonlyMap<string, unknown>,
  draft: ReadonlyMap<string, unknown>,
): readonly RefusedValue[] {
  const paths = [...new Set([...server.keys(), ...draft.keys()])].toSorted()
  return paths.flatMap((path) => {
    const [before, after] = [server.get(path), draft.get(path)]
    if (JSON.stringify(before) === JSON.stringify(after)) return []
    return [
      {
        path,
        ...(after === undefined ? {} : { draft: after }),
        ...(before === undefined ? {} : { server: before }),
      },
    ]
  })
}

function readValues(doc: Y.Doc, kind: DocumentKind): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const root of rootsOf(kind)) {
    if (!bookkeeping.has(root.name)) readRoot(doc, root, values)
  }
  return values
}

function readRoot(doc: Y.Doc, root: RootSpec, values: Map<string, unknown>): void {
  if (root.type === 'text') {
    setText(values, root.name, plainText(doc.getText(root.name)))
  } else if (root.type === 'xml') {
    setText(values, root.name, readRichText(doc.getXmlFragment(root.name)))
  } else {
    for (const [key, value] of doc.getMap(root.name)) {
      if (value instanceof Y.Map) {
        for (const [inner, leaf] of value) values.set(`${root.name}.${key}.${inner}`, toPlain(leaf))
      } else {
        values.set(`${root.name}.${key}`, toPlain(value))
      }
    }
  }
}

function setText(values: Map<string, unknown>, path: string, text: string): void {
  if (text !== '') values.set(path, text)
}

function toPlain(value: unknown): unknown {
  return value instanceof Y.AbstractType ? (value.toJSON() as unknown) : value
}

/** Words of the notes, a line per block; marks and widgets are left out. */
function readRichText(fragment: Y.XmlFragment): string {
  const lines: string[] = []
  for (const child of fragment.toArray()) {
    if (child instanceof Y.XmlText) lines.push(plainText(child))
    else if (child instanceof Y.XmlFragment) lines.push(readRichText(child))
  }
  return lines.filter((line) => line !== '').join('\n')
}

function plainText(text: Y.Text): string {
  const delta = text.toDelta() as readonly { readonly insert?: unknown }[]
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
}
