import { useState } from 'react'

/** Counts how often a value has changed since the component was mounted: the key of a highlight. */
export function useArrivals(value: unknown): number {
  const [shown, setShown] = useState(value)
  const [count, setCount] = useState(0)
  if (!Object.is(shown, value)) {
    setShown(value)
    setCount(count + 1)
  }
  return count
}
