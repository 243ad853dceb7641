import { getNotes } from '@fulqrun/schema'
import * as Y from 'yjs'

/** One block of notes, in the shape in which Tiptap's StarterKit stores it in Yjs. */
export type Block =
  | { readonly heading: string; readonly level?: 2 | 3 | undefined }
  | { readonly paragraph: string }
  | { readonly bullets: readonly string[] }
  | { readonly numbered: readonly string[] }
  | { readonly quote: string }

/** Adds blocks at the end of the notes. Text between double asterisks is bold. */
export function appendNotes(document: Y.Doc, blocks: readonly Block[]): void {
  const notes = getNotes(document)
  notes.insert(notes.length, blocks.map(elementOf))
}

function elementOf(block: Block): Y.XmlElement {
  if ('heading' in block) {
    const element = new Y.XmlElement<{ level: number }>('heading')
    element.setAttribute('level', block.level ?? 3)
    element.insert(0, [textOf(block.heading)])
    return element as Y.XmlElement
  }
  if ('bullets' in block) return listOf('bulletList', block.bullets)
  if ('numbered' in block) return listOf('orderedList', block.numbered)
  if ('quote' in block) return wrap('blockquote', [paragraphOf(block.quote)])
  return paragraphOf(block.paragraph)
}

function paragraphOf(text: string): Y.XmlElement {
  return wrap('paragraph', [textOf(text)])
}

function listOf(name: 'bulletList' | 'orderedList', lines: readonly string[]): Y.XmlElement {
  const list = wrap(
    name,
    lines.map((line) => wrap('listItem', [paragraphOf(line)])),
  )
  return list
}

function wrap(name: string, children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const element = new Y.XmlElement(name)
  element.insert(0, children)
  return element
}

function textOf(source: string): Y.XmlText {
  const text = new Y.XmlText()
  text.applyDelta(
    source.split('**').flatMap((part, index) => {
      if (part === '') return []
      return [index % 2 === 1 ? { insert: part, attributes: { bold: {} } } : { insert: part }]
    }),
  )
  return text
}
