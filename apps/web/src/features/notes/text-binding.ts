/**
 * Keeps a text field and a `Y.Text` the same, so that two people typing in one answer merge.
 *
 * 1. Local input becomes the smallest splice, never a rewrite: a rewrite would delete what a colleague is typing.
 * 2. A remote change moves the caret with the text around it and never focuses or scrolls.
 * 3. While an input method composes, neither side is touched (writing to the field would abort the composition);
 *    at its end the composed text is rebased over what arrived meanwhile.
 * 4. Undo is ours: the browser's own undo stack knows nothing of remote changes and would revert them.
 */
import * as Y from 'yjs'
import {
  applySplice,
  diffText,
  mapSelection,
  rebaseSplice,
  type TextDeltaOp,
  type TextSelection,
  type TextSplice,
} from './text-splice.ts'

/** What the binding needs of a `<textarea>` or `<input>`; tests use a plain object. */
export interface TextField extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  value: string
  scrollTop: number
  selectionStart: number | null
  selectionEnd: number | null
  setSelectionRange(start: number, end: number): void
}

export interface TextBindingOptions {
  readonly field: TextField
  readonly text: Y.Text
  /** True when the field has the focus; only then a selection is restored (Safari focuses otherwise). */
  readonly isFocused: () => boolean
  /** Called after each change from elsewhere has been shown. */
  readonly onRemoteChange?: (() => void) | undefined
  /** Called after each change, from here or elsewhere, with the new text. */
  readonly onChange?: ((value: string) => void) | undefined
}

export interface TextBinding {
  readonly undo: () => void
  readonly redo: () => void
  readonly close: () => void
}

/** A pause of this length starts a new undo step, as in most editors. */
const undoPauseMs = 500

function isUndoKey(event: KeyboardEvent): 'undo' | 'redo' | undefined {
  if (!(event.metaKey || event.ctrlKey) || event.altKey) return undefined
  const key = event.key.toLowerCase()
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo'
  return key === 'y' ? 'redo' : undefined
}

export function bindText({
  field,
  text,
  isFocused,
  onRemoteChange,
  onChange,
}: TextBindingOptions): TextBinding {
  // Unique per binding, so that undo takes back only what was typed into this field.
  const origin = { kind: 'text-field' }
  const undoManager = new Y.UndoManager(text, {
    trackedOrigins: new Set([origin]),
    captureTimeout: undoPauseMs,
  })
  /** What the field showed when it last agreed with the text, apart from `held`. */
  let shown = text.toJSON()
  /** Deltas that arrived while composing and are not shown yet. */
  let held: (readonly TextDeltaOp[])[] = []
  let composing = false

  function selection(): TextSelection {
    const start = field.selectionStart ?? field.value.length
    return { start, end: field.selectionEnd ?? start }
  }

  function show(value: string, wanted: TextSelection): void {
    const { scrollTop } = field
    field.value = value
    shown = value
    if (isFocused()) field.setSelectionRange(wanted.start, wanted.end)
    field.scrollTop = scrollTop
  }

  function write(splices: readonly TextSplice[]): void {
    text.doc?.transact(() => {
      for (const splice of splices) {
        if (splice.remove > 0) text.delete(splice.index, splice.remove)
        if (splice.insert !== '') text.insert(splice.index, splice.insert)
      }
    }, origin)
  }

  /** After a composition: behind the composed text, or where the unchanged selection has moved to. */
  function selectionAfter(
    rebased: readonly TextSplice[],
    missed: readonly (readonly TextDeltaOp[])[],
  ): TextSelection {
    const last = rebased.at(-1)
    if (last === undefined) return missed.reduce(mapSelection, selection())
    const caret = last.index + last.insert.length
    return { start: caret, end: caret }
  }

  function takeInput(): void {
    if (composing) return
    const splice = diffText(shown, field.value, field.selectionEnd ?? undefined)
    const missed = held
    held = []
    const rebased = splice === undefined ? [] : rebaseSplice(splice, missed)
    if (rebased.length > 0) write(rebased)
    if (missed.length > 0) {
      show(text.toJSON(), selectionAfter(rebased, missed))
      onRemoteChange?.()
    } else if (splice !== undefined) shown = applySplice(shown, splice)
    onChange?.(shown)
  }

  function onText(event: Y.YTextEvent): void {
    if (event.transaction.origin === origin) return
    const delta = event.delta as readonly TextDeltaOp[]
    if (composing) {
      held.push(delta)
      return
    }
    show(text.toJSON(), mapSelection(selection(), delta))
    onRemoteChange?.()
    onChange?.(shown)
  }

  function onKeyDown(event: Event): void {
    const wanted = isUndoKey(event as KeyboardEvent)
    if (wanted === undefined) return
    event.preventDefault()
    undoManager[wanted]()
  }

  function onBeforeInput(event: Event): void {
    // The context menu's and the system's undo arrive here and not as keys.
    const { inputType } = event as InputEvent
    if (inputType !== 'historyUndo' && inputType !== 'historyRedo') return
    event.preventDefault()
    undoManager[inputType === 'historyUndo' ? 'undo' : 'redo']()
  }

  const startComposing = () => {
    composing = true
  }
  const endComposing = () => {
    composing = false
    takeInput()
  }
  const leave = () => {
    // A composition that the blur cancelled may never report its end.
    if (composing) endComposing()
    undoManager.stopCapturing()
  }
  const listeners: readonly (readonly [string, (event: Event) => void])[] = [
    ['input', takeInput],
    ['compositionstart', startComposing],
    ['compositionend', endComposing],
    ['keydown', onKeyDown],
    ['beforeinput', onBeforeInput],
    ['blur', leave],
  ]

  field.value = shown
  text.observe(onText)
  for (const [type, listener] of listeners) field.addEventListener(type, listener)
  return {
    undo: () => undoManager.undo(),
    redo: () => undoManager.redo(),
    close: () => {
      if (composing) endComposing()
      for (const [type, listener] of listeners) field.removeEventListener(type, listener)
      text.unobserve(onText)
      undoManager.destroy()
    },
  }
}
