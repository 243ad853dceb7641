import { useEffect, useRef } from 'react'
import { actionOf, type InboxAction } from './inbox-keys.ts'

const taken =
  'input, textarea, select, [contenteditable="true"], [role="textbox"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(taken) !== null
}

/** Hears the keys of the inbox while the component is mounted and `isOn`. `act` says whether the key was its own. */
export function useInboxKeys(isOn: boolean, act: (action: InboxAction) => boolean): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!isOn) return undefined
    const hear = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target, defaultPrevented, repeat } = event
      if (defaultPrevented || (repeat && /^\d$/u.test(key))) return
      const action = actionOf({ key, ctrlKey, metaKey, altKey, isTaken: isTaken(target) })
      if (action !== undefined && latest.current(action)) event.preventDefault()
    }
    document.addEventListener('keydown', hear)
    return () => {
      document.removeEventListener('keydown', hear)
    }
  }, [isOn])
}
