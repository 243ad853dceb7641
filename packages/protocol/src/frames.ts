/**
 * Frame types of the Hocuspocus wire protocol (4.7), which `/sync` speaks so that a stock provider can connect.
 * A frame is `varString(address) varUint(type) payload`; the address is the document name, optionally followed by
 * NUL and a session id.
 */
export const frameTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  syncReply: 4,
  stateless: 5,
  broadcastStateless: 6,
  close: 7,
  syncStatus: 8,
  ping: 9,
  pong: 10,
} as const

/** Second varUint of a `sync` frame (y-protocols). */
export const syncTypes = { step1: 0, step2: 1, update: 2 } as const

/** Second varUint of an `auth` frame. */
export const authTypes = { token: 0, denied: 1, authenticated: 2 } as const
