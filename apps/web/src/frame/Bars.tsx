import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { Banner } from '../ui/Banner.tsx'
import { CloudOffIcon, HardDriveIcon } from '../ui/icons.ts'

function OfflineBar() {
  return (
    <Banner
      shape="bar"
      tone="attention"
      icon={<CloudOffIcon aria-hidden />}
      action={
        <Link
          to="/offline"
          className="relative text-sm font-medium whitespace-nowrap underline underline-offset-2 after:absolute after:-inset-3.5"
        >
          See what works
        </Link>
      }
    >
      You're offline. You can keep working; changes will be sent when you reconnect.
    </Banner>
  )
}

// Loaded when a session has ended: its form is no part of the first paint.
const AccessEndedBar = lazy(async () => ({ default: (await import('./AccessEndedBar.tsx')).AccessEndedBar }))

function MemoryBar() {
  return (
    <Banner shape="bar" tone="conflict" icon={<HardDriveIcon aria-hidden />}>
      This browser does not let us save on this device. What you enter is lost when you close this page before
      it is sent.
    </Banner>
  )
}

/** Not part of the first paint, and never worth an error. */
const UpdateBar = lazy(async () => {
  try {
    return { default: (await import('./UpdateBar.tsx')).UpdateBar }
  } catch {
    return { default: () => null }
  }
})

/** Shorter interruptions are not worth a bar (UX.md 4.2). */
const offlineAfterMs = 2000

/** Offline for long enough to say so, with or without something that waits. */
function useIsOffline(): boolean {
  const { sync } = useWorkspace()
  const { state } = useStore(sync)
  const [isCut, setCut] = useState(false)
  const [isLong, setLong] = useState(false)
  // Saving an edit on this device says nothing of the connection: the bar stays, and the page under it.
  const isCutNow = state === 'saving' ? isCut : state === 'offline' || state === 'waiting'
  if (isCutNow !== isCut) setCut(isCutNow)
  useEffect(() => {
    if (!isCut) return undefined
    const timer = setTimeout(() => {
      setLong(true)
    }, offlineAfterMs)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [isCut])
  return isCut && isLong
}

/** What the person should know about this device and the connection, under the header; nothing when all is well. */
export function Bars() {
  const { sync, session } = useWorkspace()
  const { pending, storage } = useStore(sync)
  const { phase } = useStore(session)
  const isOffline = useIsOffline()
  return (
    <>
      {phase === 'signed-out' ? (
        <Suspense fallback={null}>
          <AccessEndedBar pending={pending} />
        </Suspense>
      ) : (
        isOffline && <OfflineBar />
      )}
      {storage === 'memory' && <MemoryBar />}
      <Suspense fallback={null}>
        <UpdateBar />
      </Suspense>
    </>
  )
}
