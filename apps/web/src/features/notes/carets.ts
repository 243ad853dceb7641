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

export function renderCaret(user: Readonly<Record<string, unknown>>): HTMLElement {
  const caret = document.createElement('span')
  caret.className = 'notes-caret'
  caret.dataset['user'] = idOf(user)
  // Through CSSOM: a style attribute would violate the content security policy.
  caret.style.setProperty('--peer', peerColor(idOf(user)))
  const label = document.createElement('span')
  label.className = 'notes-caret__label'
  label.textContent = typeof user['name'] === 'string' ? user['name'] : ''
  // A word joiner keeps the caret a text position of its own, so that lines do not break around it.
  caret.append('\u2060', label, '\u2060')
  return caret
}

export function renderSelection(user: Readonly<Record<string, unknown>>): {
  readonly class: string
  readonly style: string
} {
  return { class: 'notes-selection', style: `background-color: ${peerColor(idOf(user))}33` }
}

function flash(caret: Element): void {
  const label = caret.querySelector('.notes-caret__label')
  if (label === null) return
  for (const animation of label.getAnimations()) animation.cancel()
  label.animate([{ opacity: 1 }, { opacity: 1, offset: 0.9 }, { opacity: 0 }], { duration: flagMs })
}

/** Shows the name at a caret for a moment whenever it moves. `root` is the editor's element; returns stop. */
export function showFlags(awareness: Awareness, root: HTMLElement): () => void {
  const cursors = new Map<number, string>()
  let frame = 0
  const moved = new Set<string>()
  const flashMoved = () => {
    frame = 0
    for (const caret of root.querySelectorAll<HTMLElement>('.notes-caret')) {
      if (moved.has(caret.dataset['user'] ?? '')) flash(caret)
    }
    moved.clear()
  }
  const onChange = () => {
    for (const [clientId, state] of awareness.getStates()) {
      if (clientId === awareness.clientID) continue
      const cursor = JSON.stringify(state['cursor'] ?? null)
      if (cursors.get(clientId) === cursor) continue
      cursors.set(clientId, cursor)
      const user: unknown = state['user']
      if (typeof user === 'object' && user !== null) moved.add(idOf(user as Record<string, unknown>))
    }
    // The plugin redraws carets in a timeout of 0 ms; the frame after it finds them in place.
    if (moved.size > 0 && frame === 0) frame = requestAnimationFrame(flashMoved)
  }
  awareness.on('change', onChange)
  return () => {
    cancelAnimationFrame(frame)
    awareness.off('change', onChange)
  }
}
