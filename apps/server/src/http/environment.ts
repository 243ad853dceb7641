import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Accounts } from '../accounts/accounts.ts'
import type { Principal } from '../accounts/principal.ts'
import type { Logger } from '../logger.ts'

/** What every handler finds in its context; `Bindings` are missing when a test calls the app without a server. */
export interface HttpEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    accounts: Accounts
    logger: Logger
    requestId: string
    /** Address of the client, for limits; `unknown` without a socket. */
    clientAddress: string
  }
}

/**
 * Who is asking: session cookie, or bearer session token, JWT or API key. Throws an `AccountError` (401) when nobody
 * is; unsafe requests with a cookie have passed the same-origin check before.
 */
export function requirePrincipal(c: Context<HttpEnv>): Promise<Principal> {
  return c.get('accounts').principalOf(c.req.raw.headers)
}
