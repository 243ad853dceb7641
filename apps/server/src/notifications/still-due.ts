import type { DocumentName } from '@fulqrun/protocol'
import type { Grant } from '../accounts/grants.ts'
import { canRead, type DocumentScope } from '../accounts/principal.ts'
import type { NotificationStore, Subscription } from './notification-store.ts'

interface StillDueOptions {
  readonly store: Pick<NotificationStore, 'subscriptionsOf'>
  /** Of those sessions that are not over. */
  readonly grantsOf: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, Grant>>
  readonly scopeOf: (document: DocumentName) => DocumentScope
}

/** Whether a push may be shown, right now: `about` are the records that it tells of. Rejects when that cannot be known. */
export type StillDue = (to: Subscription, about: readonly DocumentName[]) => Promise<boolean>

/**
 * NOT-6 A push may wait for hours until its push service answers. Meanwhile the device may have been signed out or
 * switched off, its person blocked, and the record moved out of their reach.
 */
export function createStillDue({ store, grantsOf, scopeOf }: StillDueOptions): StillDue {
  return async ({ userId, endpoint }, about) => {
    // The device as it is now: it may be somebody else's, or have signed in again.
    const device = (await store.subscriptionsOf({ userIds: [userId] })).find(
      (subscription) => subscription.endpoint === endpoint,
    )
    if (device === undefined) return false
    const principal = (await grantsOf([device.sessionId])).get(device.sessionId)?.principal
    if (principal?.user.id !== userId) return false
    return about.length === 0 || about.some((document) => canRead(principal, scopeOf(document)))
  }
}
