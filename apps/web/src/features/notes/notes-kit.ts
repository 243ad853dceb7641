import { type AnyExtension, Mark, Node } from '@tiptap/core'
import { StarterKit } from '@tiptap/starter-kit'

/**
 * Tiptap's starter kit, drawn without what a document says about classes, windows and openers. Tiptap takes these from
 * the attributes of a mark or node, and a client that writes Yjs by itself puts any there: a link of our own class
 * names `fixed inset-0` would cover the page of everybody who opens the notes.
 */
export const NotesKit = StarterKit.extend({
  addExtensions() {
    return (this.parent?.() ?? []).map(drawnPlainly)
  },
})

function drawnPlainly(extension: AnyExtension): AnyExtension {
  if (extension instanceof Mark && extension.name === 'link') {
    return extension.extend({
      renderHTML(props) {
        const { href } = props.HTMLAttributes as { readonly href?: unknown }
        const HTMLAttributes = { href, target: '_blank', rel: 'noopener noreferrer nofollow' }
        // Tiptap's own empties addresses such as `javascript:`.
        return this.parent?.({ ...props, HTMLAttributes }) ?? ['a', 0]
      },
    })
  }
  // Its language becomes a part of a class name.
  if (extension instanceof Node && extension.name === 'codeBlock') {
    return extension.extend({ renderHTML: () => ['pre', ['code', 0]] })
  }
  return extension
}
