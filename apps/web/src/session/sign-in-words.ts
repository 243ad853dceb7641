import type { Role } from '@fulqrun/protocol'
import type { SignInOutcome } from './session.ts'

export const roleLabels: Record<Role, string> = {
  rep: 'Sales rep',
  manager: 'Manager',
  finance: 'Finance',
  compliance: 'Compliance',
  admin: 'Administrator',
}

/** What went wrong with signing in, for the person who tried; undefined when it worked. */
export function signInProblem(outcome: SignInOutcome): string | undefined {
  if (outcome.kind === 'ok') return undefined
  if (outcome.kind === 'unreachable')
    return "You're offline. Signing in for the first time on this device needs a network."
  switch (outcome.code) {
    case 'auth/too-many-attempts':
      return 'Too many attempts. Wait a minute and try again.'
    case 'auth/credentials':
    case 'auth/required':
    case undefined:
      return 'The email or the password is not right.'
    default:
      return 'Signing in did not work. Try again.'
  }
}
