import { lazy, Suspense, useEffect, useState } from 'react'
import { useStore } from '../data/store.ts'
import { useMe, useWorkspace } from '../data/workspace.tsx'
import { SignInForm, useSignIn } from '../session/SignInForm.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CloudOffIcon, HardDriveIcon, KeyRoundIcon } from '../ui/icons.ts'
import { changes } from './sync-words.ts'

function OfflineBar() {
  return (
    <Banner shape="bar" tone="attention" icon={<CloudOffIcon aria-hidden />}>
      You're offline. You can keep working; changes will be sent when you reconnect.
    </Banner>
  )
}

function AccessEndedBar({ pending }: { readonly pending: number }) {
  const me = useMe()
  const [isOpen, setOpen] = useState(false)
  const signingIn = useSignIn(() => {
    setOpen(false)
  })
  return (
    <>
      <Banner
        shape="bar"
        tone="attention"
        icon={<KeyRoundIcon aria-hidden />}
        action={
          <Button
            size="sm"
            onPress={() => {
              setOpen(true)
            }}
          >
            Sign in
          </Button>
        }
      >
        {pending === 0
          ? 'Your session has ended. Sign in to exchange changes; what is on this device stays.'
          : `Sign in to send ${changes(pending)}. They stay on this device.`}
      </Banner>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} size="sm" title="Sign in again">
        <SignInForm signingIn={signingIn} email={me.user.email} />
      </Dialog>
    </>
  )
}

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
  const isCut = state === 'offline' || state === 'waiting'
  const [isLong, setLong] = useState(false)
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
      {phase === 'signed-out' ? <AccessEndedBar pending={pending} /> : isOffline && <OfflineBar />}
      {storage === 'memory' && <MemoryBar />}
      <Suspense fallback={null}>
        <UpdateBar />
      </Suspense>
    </>
  )
}
