/** Who leads, kept in the device's database, for browsers without Web Locks. */
import type { DeviceStore } from './device-store.ts'
import type { Ports } from './ports.ts'

export interface Lease {
  /**
   * Takes the lease when nobody holds it, or prolongs it; true when this tab holds it now. Never rejects. `yields`: lets
   * it run out, because a newer version is there to lead.
   */
  renew(yields: boolean): Promise<boolean>
  /** By this tab's clock, without asking the database: a tab that was frozen does not go on leading as it wakes. */
  isHeld(): boolean
  /** Never rejects. */
  release(): Promise<void>
}

interface LeaseRecord {
  readonly tab: string
  /** Device time until which the tab leads. */
  readonly until: number
}

/** A tab renews it every 3 s; a tab that died is replaced after this. */
export const leaseMs = 10_000

const leaseKey = 'leader'

export function createLease(options: {
  readonly ports: Pick<Ports, 'now'>
  readonly store: DeviceStore
  readonly tabId: string
}): Lease {
  const { ports, store, tabId } = options
  let until = 0

  /** A lease that ends later than any can was written by a clock that was set back since. */
  function isValid(end: number): boolean {
    const left = end - ports.now()
    return left > 0 && left <= leaseMs
  }

  function read(value: unknown): LeaseRecord | undefined {
    if (typeof value !== 'object' || value === null || !('tab' in value) || !('until' in value))
      return undefined
    return typeof value.tab === 'string' && typeof value.until === 'number'
      ? { tab: value.tab, until: value.until }
      : undefined
  }

  return {
    async renew(yields) {
      try {
        const wanted = await store.writeRelaxed(['metadata'], async (transaction) => {
          const metadata = transaction.objectStore('metadata')
          const held = read(await metadata.get(leaseKey))
          const isMine = held?.tab === tabId
          const isFree = held === undefined || !isValid(held.until)
          if (!isFree && (yields || !isMine)) return 0
          const next: LeaseRecord = { tab: tabId, until: ports.now() + leaseMs }
          await metadata.put(next, leaseKey)
          return next.until
        })
        until = wanted
      } catch {
        // No database: what is not written is not held.
        until = 0
      }
      return until !== 0
    },
    isHeld: () => isValid(until),
    async release() {
      until = 0
      try {
        await store.writeRelaxed(['metadata'], async (transaction) => {
          const metadata = transaction.objectStore('metadata')
          if (read(await metadata.get(leaseKey))?.tab === tabId) await metadata.delete(leaseKey)
        })
      } catch {
        // It runs out by itself.
      }
    },
  }
}
