/** Devices that hold a person's records, and clearing one from afar. Times are server times in ms. */

/** One device of a person: a browser profile in which they have signed in. */
export interface DeviceEntry {
  readonly id: string
  readonly person: { readonly id: string; readonly name: string }
  /** What the browser says of itself, in words: "Chrome on Android". */
  readonly label: string
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** The last exchange of records; absent when there was none. */
  readonly lastSyncedAt?: number | undefined
  readonly wipe?: DeviceWipe | undefined
}

/** A device is to clear what it holds. */
export interface DeviceWipe {
  readonly requestedAt: number
  readonly requestedBy: { readonly id: string; readonly name: string }
  readonly reason: string
  /** True: whoever uses the device is offered the unsent work as a file before it goes. False for a stolen one. */
  readonly keepsUnsent: boolean
  /** When the device said that it is done; absent while it has not been reached. */
  readonly doneAt?: number | undefined
}

/** `GET /api/devices`: one's own, or with `?of=everybody` those of the whole organization, for admins. */
export interface DevicesAnswer {
  readonly devices: readonly DeviceEntry[]
}

/** `POST /api/devices/<id>/wipe`, by an admin or the person themselves. */
export interface WipeRequest {
  readonly reason: string
  readonly keepsUnsent: boolean
}

/**
 * `GET /api/devices/<id>/standing`: what a device learns when its session has ended. It needs no session, since there
 * is none; the id is a random number that only the device and the server know.
 */
export interface DeviceStanding {
  readonly standing: 'active' | 'wiped' | 'unknown'
  readonly keepsUnsent: boolean
  /** False when the person has been blocked or has left the organization. */
  readonly hasAccess: boolean
}

export function isDeviceId(value: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value)
}
