import type { DemoAnswer } from '@fulqrun/protocol'
import { useEffect, useState } from 'react'
import { Logo } from '../frame/Logo.tsx'
import { Avatar } from '../ui/Avatar.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { ChevronRightIcon, CloudOffIcon } from '../ui/icons.ts'
import { Button as AriaButton } from 'react-aria-components'
import { fetchDemo } from './api.ts'
import type { SessionView } from './session.ts'
import { useSession } from './session-context.tsx'
import { SignInForm, type SigningIn, useSignIn } from './SignInForm.tsx'
import { roleLabels } from './sign-in-words.ts'

type DemoPerson = DemoAnswer['people'][number]

function useDemo(): DemoAnswer | undefined {
  const [demo, setDemo] = useState<DemoAnswer>()
  useEffect(() => {
    void fetchDemo(fetch).then(setDemo) // Never rejects; undefined outside demo mode.
  }, [])
  return demo
}

function DemoPersonCard({
  person,
  onPress,
  isDisabled,
}: {
  readonly person: DemoPerson
  readonly onPress: () => void
  readonly isDisabled: boolean
}) {
  const place =
    person.territory === undefined ? person.organization : `${person.organization}, ${person.territory}`
  return (
    <AriaButton
      onPress={onPress}
      isDisabled={isDisabled}
      className="group flex w-full items-center gap-3 px-3 py-2 text-start hover:bg-hover disabled:opacity-60"
    >
      {/* Before the @ stands a demo person's id, from which the colour comes everywhere else. */}
      <Avatar person={{ id: person.email.replace(/@.*/, ''), name: person.name }} size="lg" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">{person.name}</span>
        <span className="block truncate text-sm text-ink-2">
          {roleLabels[person.role]}
          <span className="text-ink-3"> - {place}</span>
        </span>
      </span>
      <ChevronRightIcon aria-hidden className="size-4 shrink-0 text-ink-3" />
    </AriaButton>
  )
}

function DemoPeople({ demo, signingIn }: { readonly demo: DemoAnswer; readonly signingIn: SigningIn }) {
  return (
    <section aria-labelledby="demo-title" className="mb-6">
      <div className="mb-2 flex items-center gap-2">
        <h2 id="demo-title" className="text-base font-semibold">
          Choose a person
        </h2>
        <Badge>Demo</Badge>
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
        {demo.people.map((person) => (
          <li key={person.email}>
            <DemoPersonCard
              person={person}
              isDisabled={signingIn.isBusy}
              onPress={() => {
                void signingIn.signIn(person.email, demo.password) // Its failures are states of `signingIn`.
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Unreachable() {
  const session = useSession()
  return (
    <Banner
      tone="attention"
      icon={<CloudOffIcon aria-hidden />}
      className="mb-4"
      action={
        <Button
          size="sm"
          onPress={() => {
            void session.start() // Its outcome is the session's state.
          }}
        >
          Try again
        </Button>
      }
    >
      You're offline. Signing in for the first time on this device needs a network.
    </Banner>
  )
}

type SignedOut = Extract<SessionView, { readonly phase: 'signed-out' }>

/** What the device says about itself to whoever stands before it; undefined when there is nothing to say. */
function noticeOf({ cleared, isHeld }: SignedOut): string | undefined {
  if (isHeld === true) return 'Close the other FulQrun tabs: one of them still holds some of your records.'
  if (cleared === 'wiped')
    return 'This device was asked to remove your records. Nothing of them is left here.'
  if (cleared === 'no-access') return 'Your access has ended. Nothing of your records is left on this device.'
  return undefined
}

export function SignInPage({ view }: { readonly view: SignedOut }) {
  const notice = noticeOf(view)
  const demo = useDemo()
  const signingIn = useSignIn()
  useEffect(() => {
    document.title = 'Sign in - FulQrun'
  }, [])
  return (
    <main className="grid min-h-dvh grid-cols-1 place-items-center px-4 py-8">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-2">
          <Logo className="size-7" />
          <h1 className="text-xl font-semibold">Sign in to FulQrun</h1>
        </div>
        {view.unreachable && <Unreachable />}
        {notice !== undefined && (
          <Banner tone="attention" icon={<CloudOffIcon aria-hidden />} className="mb-4">
            {notice}
          </Banner>
        )}
        {demo !== undefined && <DemoPeople demo={demo} signingIn={signingIn} />}
        {demo !== undefined && <h2 className="mb-2 text-base font-semibold">Or with your own account</h2>}
        <SignInForm signingIn={signingIn} />
        <p className="mt-6 text-sm text-ink-3">
          Your records are kept on this device and work without a network. Signing out removes them.
        </p>
      </div>
    </main>
  )
}
