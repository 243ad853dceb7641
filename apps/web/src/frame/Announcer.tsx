import { useEffect, useState } from 'react'
import { useWorkspace } from '../data/workspace.tsx'
import { announcement } from './sync-words.ts'
import { createThrottle } from './throttle.ts'

/** Often enough to be true, seldom enough not to talk over the person (UX.md 4.2). */
const intervalMs = 5000

/** Says changes of the sync state to screen readers, politely. Edits of colleagues are never announced. */
export function Announcer() {
  const { sync } = useWorkspace()
  const [message, setMessage] = useState('')
  useEffect(() => {
    const throttle = createThrottle({ intervalMs, emit: setMessage })
    let before = sync.get().state
    const stop = sync.subscribe(() => {
      const after = sync.get()
      const words = announcement(before, after)
      before = after.state
      if (words !== undefined) throttle.say(words)
    })
    return () => {
      stop()
      throttle.close()
    }
  }, [sync])
  return <output className="sr-only">{message}</output>
}
