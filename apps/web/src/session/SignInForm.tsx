import { type FormEvent, useState } from 'react'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { AlertTriangleIcon } from '../ui/icons.ts'
import { TextField } from '../ui/TextField.tsx'
import { say } from '../ui/Toaster.tsx'
import type { LockedWork } from './session.ts'
import { useSession } from './session-context.tsx'
import { signInProblem } from './sign-in-words.ts'

export interface SigningIn {
  readonly isBusy: boolean
  readonly problem: string | undefined
  readonly signIn: (email: string, password: string) => Promise<void>
}

function sayLocked(locked: LockedWork): void {
  const changes = locked.pending === 1 ? '1 change' : `${locked.pending} changes`
  say(`${changes} of ${locked.name} stay locked on this device until ${locked.name} signs in again.`)
}

/** Signing in with its state, for the form and for one click in demo mode. */
export function useSignIn(onDone?: () => void): SigningIn {
  const session = useSession()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  return {
    isBusy,
    problem,
    signIn: async (email, password) => {
      setBusy(true)
      setProblem(undefined)
      const outcome = await session.signIn(email, password)
      setBusy(false)
      setProblem(signInProblem(outcome))
      if (outcome.kind !== 'ok') return
      if (outcome.locked !== undefined) sayLocked(outcome.locked)
      onDone?.()
    },
  }
}

export function SignInForm({
  signingIn,
  email: initialEmail = '',
}: {
  readonly signingIn: SigningIn
  readonly email?: string | undefined
}) {
  const [email, setEmail] = useState(initialEmail)
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void signingIn.signIn(email.trim(), password) // Its failures are states of `signingIn`.
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        isRequired
        value={email}
        onChange={setEmail}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
      />
      {signingIn.problem !== undefined && (
        <div role="alert">
          <Banner tone="conflict" icon={<AlertTriangleIcon aria-hidden />}>
            {signingIn.problem}
          </Banner>
        </div>
      )}
      <Button type="submit" variant="primary" isPending={signingIn.isBusy} className="mt-1">
        {signingIn.isBusy ? 'Signing in...' : 'Sign in'}
      </Button>
    </form>
  )
}
