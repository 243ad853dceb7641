import { useSyncExternalStore } from 'react'

export type ThemeChoice = 'light' | 'dark' | 'system'

const key = 'fulqrun.theme'
const changed = 'fulqrun:theme'

function storedChoice(): ThemeChoice {
  try {
    const value = localStorage.getItem(key)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    // Storage is blocked: follow the system.
    return 'system'
  }
}

function resolvedTheme(): 'light' | 'dark' {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  addEventListener(changed, listener)
  return () => {
    observer.disconnect()
    removeEventListener(changed, listener)
  }
}

/** Remembers the choice; public/theme.js puts it on the page, now and before the next first paint. */
export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, choice)
  } catch {
    // Storage is blocked: the choice cannot be kept, the page stays with the system.
  }
  dispatchEvent(new Event(changed))
}

/** What the person chose and what is shown. */
export function useTheme(): { readonly choice: ThemeChoice; readonly resolved: 'light' | 'dark' } {
  const choice = useSyncExternalStore(subscribe, storedChoice)
  const resolved = useSyncExternalStore(subscribe, resolvedTheme)
  return { choice, resolved }
}
