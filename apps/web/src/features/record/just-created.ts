import type { DocumentName } from '@fulqrun/protocol'
import { useEffect } from 'react'

/** The record that this tab has just made and is about to show. */
let created: DocumentName | undefined

export function noteCreated(name: DocumentName): void {
  created = name
}

/**
 * Whoever has just made a record goes on writing in it: its page takes the focus, which the dialog gave back to a button
 * of the page before. Phones keep their keyboard down: there it is the heading, which is read aloud all the same.
 */
export function useFocusWhenCreated(name: DocumentName): void {
  useEffect(() => {
    if (created !== name) return
    created = undefined
    const isTouched = matchMedia('(pointer: coarse)').matches
    const first = isTouched
      ? undefined
      : document.querySelector<HTMLElement>('main [data-first-field] textarea')
    const place = first ?? document.querySelector<HTMLElement>('main h1')
    place?.focus({ preventScroll: true })
  }, [name])
}
