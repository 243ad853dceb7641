import { useCallback, useEffect, useRef, useState } from 'react'

/**
 * A value that is told to somebody who gives it back later, such as the words of a list's search, which end up in the
 * address of the page. What is typed stands at once; what comes back is not taken for news, so that no letter is lost
 * that was typed meanwhile. A value that somebody else has set (a press on Clear, the browser's Back) is taken over.
 */
export function useEcho<T>(value: T, tell: (value: T) => void): readonly [T, (value: T) => void] {
  const [own, setOwn] = useState(value)
  const told = useRef<T[]>([])
  const latest = useRef(tell)
  useEffect(() => {
    latest.current = tell
  })
  useEffect(() => {
    const at = told.current.lastIndexOf(value)
    // With it comes everything that was told before: those in between were overtaken.
    if (at >= 0) told.current.splice(0, at + 1)
    else setOwn(value)
  }, [value])
  const set = useCallback((next: T) => {
    setOwn(next)
    told.current.push(next)
    latest.current(next)
  }, [])
  return [own, set]
}
