import * as Y from 'yjs'
import type { SchemaIssue } from './schema-issue.ts'

/**
 * Access to root types that cannot throw. Yjs throws when a root is asked for with another type than it has; roots
 * that only a peer has written take the type they are first asked for, so this happens only when `defineRoots` was
 * not called first, and then reading treats the root as empty and says so.
 */

function attempt<T>(get: () => T, path: string, issues: SchemaIssue[]): T | undefined {
  try {
    return get()
  } catch {
    issues.push({ path, code: 'root/wrong-type', message: 'This part cannot be read' })
    return undefined
  }
}

export function readRootMap(doc: Y.Doc, name: string, issues: SchemaIssue[]): Y.Map<unknown> | undefined {
  return attempt(() => doc.getMap(name), name, issues)
}

export function readRootText(doc: Y.Doc, name: string, issues: SchemaIssue[]): string {
  return attempt(() => doc.getText(name).toJSON(), name, issues) ?? ''
}

/** The words of the notes: one line per block, without marks. */
export function readRootNotes(doc: Y.Doc, issues: SchemaIssue[]): string {
  return attempt(() => textOfFragment(doc.getXmlFragment('notes')), 'notes', issues) ?? ''
}

/** Elements nested deeper than any editor makes them are not worth a stack overflow. */
const maxDepth = 50

function textOfFragment(fragment: Y.XmlFragment): string {
  return fragment
    .toArray()
    .map((node) => textOfNode(node, 0))
    .filter((line) => line !== '')
    .join('\n')
}

function textOfNode(node: unknown, depth: number): string {
  if (depth > maxDepth) return ''
  // toString of a Y.XmlText would show marks as tags; its delta holds the bare text.
  if (node instanceof Y.XmlText) return plainText(node)
  if (!(node instanceof Y.XmlElement)) return ''
  const children = node.toArray() as unknown[]
  const separator = children.some((child) => child instanceof Y.XmlElement) ? '\n' : ''
  return children
    .map((child) => textOfNode(child, depth + 1))
    .filter((text) => text !== '')
    .join(separator)
}

function plainText(text: Y.XmlText): string {
  const delta = text.toDelta() as readonly { readonly insert?: unknown }[]
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
}
