import { useSyncExternalStore } from 'react'

/**
 * In a field, or in a dialog, which may hold what is not saved anywhere yet. Notes are saved with every key: out of sight
 * they hold nothing back, although the caret stays in them.
 */
function isOccupied(): boolean {
  const element = document.activeElement
  if (!(element instanceof HTMLElement)) return false
  if (element.closest('[role="dialog"], [role="alertdialog"]') !== null) return true
  if (element.isContentEditable) return document.visibilityState === 'visible'
  return element.matches('input, textarea, select, [role="textbox"]')
}

const events = ['focusin', 'focusout', 'visibilitychange'] as const

function subscribe(listener: () => void): () => void {
  // Focus moves from one element to the next in two events, between which it is nowhere.
  const settled = () => {
    queueMicrotask(listener)
  }
  for (const event of events) document.addEventListener(event, settled)
  return () => {
    for (const event of events) document.removeEventListener(event, settled)
  }
}

/** Whether the person is in the middle of something: then nothing may move under their hands. */
export function useIsOccupied(): boolean {
  return useSyncExternalStore(subscribe, isOccupied)
}
