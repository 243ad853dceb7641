import { useSyncExternalStore } from 'react'

function isTyping(): boolean {
  const element = document.activeElement
  if (!(element instanceof HTMLElement)) return false
  return element.isContentEditable || element.matches('input, textarea, select, [role="textbox"]')
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('focusin', listener)
  document.addEventListener('focusout', listener)
  return () => {
    document.removeEventListener('focusin', listener)
    document.removeEventListener('focusout', listener)
  }
}

/** Whether the person is in a field: then nothing may move under their hands. */
export function useIsTyping(): boolean {
  return useSyncExternalStore(subscribe, isTyping)
}
