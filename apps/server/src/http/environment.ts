import type { HttpBindings } from '@hono/node-server'
import { deviceHeader, endpoints, isDeviceId, personHeader } from '@fulqrun/protocol'
import type { Context } from 'hono'
import type { Accounts } from '../accounts/accounts.ts'
import { deviceLabel } from '../accounts/device-label.ts'
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
 * is, or when the device that asks is to be cleared; unsafe requests with a cookie have passed the same-origin check
 * before.
 */
export async function requirePrincipal(c: Context<HttpEnv>): Promise<Principal> {
  const accounts = c.get('accounts')
  const principal = await accounts.principalOf(c.req.raw.headers)
  // Whose answer this is: a device must not show one person's to another (apps/web/src/service-worker/api-answers.ts).
  c.header(personHeader, principal.user.id)
  const deviceId = c.req.header(deviceHeader)
  if (deviceId !== undefined && isDeviceId(deviceId)) {
    const label = deviceLabel(c.req.header('user-agent') ?? '')
    await accounts.devices.seen(principal, { deviceId, label, isSync: isExchange(c.req.path) })
  }
  return principal
}

function isExchange(path: string): boolean {
  return path.startsWith('/api/sync/') || path === endpoints.catalogue
}
