import { useEffect, useState } from 'react'
import { useStore } from '../data/store.ts'
import { useMe, useWorkspace } from '../data/workspace.tsx'
import { SignInForm, useSignIn } from '../session/SignInForm.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CloudOffIcon, DownloadIcon, HardDriveIcon, KeyRoundIcon } from '../ui/icons.ts'
import { useAppUpdate } from './app-update-context.tsx'
import { changes } from './sync-words.ts'
import { useIsTyping } from './use-is-typing.ts'

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

/** Asks once; `Later` is remembered until the page is loaded anew. */
function UpdateBar() {
  const update = useAppUpdate()
  const isReady = useStore(update.isReady)
  const { sync } = useWorkspace()
  const { state, storage, pending } = useStore(sync)
  const isTyping = useIsTyping()
  const [isLater, setLater] = useState(false)
  const isNeeded = state === 'update-needed'
  const isSafe = state !== 'saving' && (storage === 'persistent' || pending === 0)
  if (!(isReady || isNeeded) || isLater || isTyping || !isSafe) return null
  return (
    <Banner
      shape="bar"
      tone="accent"
      icon={<DownloadIcon aria-hidden />}
      action={
        <span className="flex gap-2">
          <Button
            size="sm"
            variant="quiet"
            onPress={() => {
              setLater(true)
            }}
          >
            Later
          </Button>
          <Button size="sm" variant="primary" onPress={update.restart}>
            Restart now
          </Button>
        </span>
      }
    >
      {isNeeded ? 'A new version is needed to exchange changes' : 'A new version is ready'}
    </Banner>
  )
}

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
      <UpdateBar />
    </>
  )
}
