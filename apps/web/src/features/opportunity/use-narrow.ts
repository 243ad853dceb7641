import { useSyncExternalStore } from 'react'

/** Narrower than this a list beside its detail has no room; the same width as the `phone:` variant. */
const query = '(width < 48rem)'

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query)
  media.addEventListener('change', listener)
  return () => {
    media.removeEventListener('change', listener)
  }
}

/** True on phones and narrow windows: for layouts that differ in structure and not only in style. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}
