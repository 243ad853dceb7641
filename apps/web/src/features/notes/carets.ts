/**
 * Carets of colleagues. Names come from awareness, whose `user` the server writes (UX T4), and colours from the
 * person's id, so that a caret, an avatar and a tinted field of one person look alike on every screen.
 */
import type { Awareness } from 'y-protocols/awareness'
import { peerColor } from '../presence/palette.ts'

/** How long a name stays after its caret moved (UX 4.4). */
const flagMs = 2000

function idOf(user: Readonly<Record<string, unknown>>): string {
  return typeof user['id'] === 'string' ? user['id'] : ''
}

function nameOf(user: Readonly<Record<string, unknown>>): string {
  return typeof user['name'] === 'string' ? user['name'] : ''
}

export function renderSelection(user: Readonly<Record<string, unknown>>): {
  readonly class: string
  readonly style: string
} {
  return { class: 'notes-selection', style: `background-color: ${peerColor(idOf(user))}33` }
}

/** Shows a name for the rest of its two seconds. */
function flash(caret: Element, elapsedMs: number): void {
  const label = caret.querySelector('.notes-caret__label')
  if (label === null) return
  for (const animation of label.getAnimations()) animation.cancel()
  const animation = label.animate([{ opacity: 1 }, { opacity: 1, offset: 0.9 }, { opacity: 0 }], {
    duration: flagMs,
  })
  animation.currentTime = elapsedMs
}

export interface Carets {
  readonly render: (user: Readonly<Record<string, unknown>>) => HTMLElement
  /** Shows the name at a caret below `root` for a moment whenever it moves; returns stop. */
  readonly follow: (root: HTMLElement) => () => void
}

/**
 * Carets of one editor. The plugin makes the elements anew after every change of the text, so who moved when is kept
 * here and a new element goes on with the flag of the one before.
 */
export function createCarets(awareness: Awareness): Carets {
  const movedAt = new Map<string, number>()

  function render(user: Readonly<Record<string, unknown>>): HTMLElement {
    const id = idOf(user)
    const caret = document.createElement('span')
    caret.className = 'notes-caret'
    caret.dataset['user'] = id
    // Through CSSOM: a style attribute would violate the content security policy.
    caret.style.setProperty('--peer', peerColor(id))
    const label = document.createElement('span')
    label.className = 'notes-caret__label'
    label.textContent = nameOf(user)
    // A word joiner keeps the caret a text position of its own, so that lines do not break around it.
    caret.append('\u2060', label, '\u2060')
    const elapsed = performance.now() - (movedAt.get(id) ?? -flagMs)
    if (elapsed < flagMs) flash(caret, elapsed)
    return caret
  }

  function follow(root: HTMLElement): () => void {
    const cursors = new Map<number, string>()
    const onChange = () => {
      for (const [clientId, state] of awareness.getStates()) {
        if (clientId === awareness.clientID) continue
        const cursor = JSON.stringify(state['cursor'] ?? null)
        if (cursors.get(clientId) === cursor) continue
        cursors.set(clientId, cursor)
        const user: unknown = state['user']
        if (typeof user !== 'object' || user === null) continue
        const id = idOf(user as Record<string, unknown>)
        movedAt.set(id, performance.now())
        for (const caret of root.querySelectorAll<HTMLElement>('.notes-caret')) {
          if (caret.dataset['user'] === id) flash(caret, 0)
        }
      }
    }
    awareness.on('change', onChange)
    return () => awareness.off('change', onChange)
  }

  return { render, follow }
}
