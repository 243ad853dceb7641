import { useState } from 'react'
import { useMe } from '../data/workspace.tsx'
import { SignInForm, useSignIn } from '../session/SignInForm.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { KeyRoundIcon } from '../ui/icons.ts'
import { changes } from './sync-words.ts'

/** The session has ended; what is on this device stays, and signing in sends it. */
export function AccessEndedBar({ pending }: { readonly pending: number }) {
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
          ? 'You are signed out. Sign in to exchange changes; what is on this device stays.'
          : `Sign in to send ${changes(pending)}. They stay on this device.`}
      </Banner>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} size="sm" title="Sign in again">
        <SignInForm signingIn={signingIn} email={me.user.email} />
      </Dialog>
    </>
  )
}
