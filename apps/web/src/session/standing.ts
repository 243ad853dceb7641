import { type DeviceStanding, endpoints, type Me } from '@fulqrun/protocol'
import { type Fetch, request } from './api.ts'

/** Why a device is to let go of what it holds. */
export type EndReason =
  /** An admin, or the person from another device, asked it to. */
  | 'wiped'
  /** The person may not sign in any more. */
  | 'no-access'

export interface Ending {
  readonly reason: EndReason
  /** Unsent work is offered as a file first. */
  readonly keepsUnsent: boolean
}

function isStanding(value: unknown): value is DeviceStanding {
  if (typeof value !== 'object' || value === null) return false
  const { standing, keepsUnsent, hasAccess } = value as Partial<Record<keyof DeviceStanding, unknown>>
  return typeof standing === 'string' && typeof keepsUnsent === 'boolean' && typeof hasAccess === 'boolean'
}

/** The address under which one device of one person is known. */
function deviceAddress(me: Me, deviceId: string, rest: 'standing' | 'wiped'): string {
  return `${endpoints.devices}/${deviceId}/${rest}?person=${encodeURIComponent(me.user.id)}`
}

/**
 * Asks, when the session has ended, whether the device may keep what it holds. `none`: it may, the session has just run
 * out. `unknown`: the server cannot be reached, and nothing is given up on a guess. Never rejects.
 */
export async function fetchEnding(
  fetch: Fetch,
  me: Me,
  deviceId: string,
): Promise<Ending | 'none' | 'unknown'> {
  const answer = await request(fetch, deviceAddress(me, deviceId, 'standing'))
  if (answer.kind !== 'ok' || !isStanding(answer.value)) return 'unknown'
  const { standing, keepsUnsent, hasAccess } = answer.value
  if (standing === 'wiped') return { reason: 'wiped', keepsUnsent }
  return hasAccess ? 'none' : { reason: 'no-access', keepsUnsent: true }
}

/** Says that everything is gone. Never rejects: a server that does not hear of it shows the device as not reached. */
export async function reportWiped(fetch: Fetch, me: Me, deviceId: string): Promise<void> {
  await request(fetch, deviceAddress(me, deviceId, 'wiped'), { method: 'POST' })
}
