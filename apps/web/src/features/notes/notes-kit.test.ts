import { getSchema } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { NotesKit } from './notes-kit.ts'

const schema = getSchema([NotesKit])
const overlay = 'fixed inset-0 z-50'

function drawnLink(attributes: Record<string, unknown>): unknown {
  const mark = schema.mark('link', { class: overlay, target: '_self', rel: 'opener', ...attributes })
  return mark.type.spec.toDOM?.(mark, true)
}

describe('what a document cannot say about its look', () => {
  test('a link has our window and no classes', () => {
    const [tag, attributes] = drawnLink({ href: 'https://example.com/' }) as [string, object]
    expect(tag).toBe('a')
    expect(attributes).toEqual({
      class: null,
      href: 'https://example.com/',
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
    })
  })

  test.each(['javascript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', 'vbscript:x'])(
    'a link to %j leads nowhere',
    (href) => {
      const [, attributes] = drawnLink({ href }) as [string, { readonly href: string }]
      expect(attributes.href).toBe('')
    },
  )

  test('the language of a code block is no class', () => {
    const block = schema.node('codeBlock', { language: `x ${overlay}` })
    expect(block.type.spec.toDOM?.(block)).toEqual(['pre', ['code', 0]])
  })
})
