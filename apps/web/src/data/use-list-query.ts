import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useRef } from 'react'
import { useEcho } from './use-echo.ts'

/** Somebody types on; the address need not say every letter (and browsers take only so many changes of it). */
const restMs = 150

/**
 * The words that a list is searched for. They narrow the list at every key, and stand in the address of the page once
 * somebody rests.
 */
export function useListQuery(
  inAddress: string | undefined,
  change: (part: { readonly q: string | undefined }) => void,
): readonly [string, (query: string) => void] {
  const { history } = useRouter()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
    },
    [],
  )
  const tell = useCallback(
    (query: string) => {
      clearTimeout(timer.current)
      const list = history.location.pathname
      timer.current = setTimeout(() => {
        // Whoever has already pressed a record is on the way to it, and stays on it.
        if (history.location.pathname === list) change({ q: query.trim() === '' ? undefined : query })
      }, restMs)
    },
    [change, history],
  )
  return useEcho(inAddress ?? '', tell)
}
