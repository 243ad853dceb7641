import { personHeader } from '@fulqrun/protocol'
import type { Context } from 'hono'
import type { Principal } from '../accounts/principal.ts'
import type { HttpEnv } from './environment.ts'
import { HttpProblem } from './problem.ts'

/**
 * Throws `auth/other-person` when a device names somebody else than who is signed in: a cookie belongs to the browser,
 * and what one person left behind on it is never sent in the name of the next (PULL-8).
 */
export function assertPerson(c: Context<HttpEnv>, principal: Principal): void {
  const named = c.req.header(personHeader)
  if (named !== undefined && named !== principal.user.id) throw new HttpProblem('auth/other-person')
}
