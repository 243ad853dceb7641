import { useCallback, useSyncExternalStore } from 'react'

/** True while a media query matches: for layouts that differ in structure and not only in style. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => {
        media.removeEventListener('change', listener)
      }
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** True where a finger is all there is: keyboard shortcuts are not spoken of; the `finger:` variant. */
export function useFinger(): boolean {
  return useMedia('(hover: none) and (pointer: coarse)')
}

/** True on phones and narrow windows, where a list beside its detail has no room; the width of the `phone:` variant. */
export function useNarrow(): boolean {
  return useMedia('(width < 48rem)')
}
