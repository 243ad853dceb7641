import type { LockPort, LockRequest } from './ports.ts'

interface Waiting {
  readonly mode: LockRequest['mode']
  grant(): void
}

/** Web Locks of one device, for its tabs: shared, exclusive, in order, with `ifAvailable` and a signal. */
export function createTestLocks(): LockPort {
  const held = new Map<string, Waiting[]>()
  const queues = new Map<string, Waiting[]>()
  const isFree = (name: string, mode: LockRequest['mode']): boolean => {
    const holders = held.get(name) ?? []
    return mode === 'shared' ? holders.every((holder) => holder.mode === 'shared') : holders.length === 0
  }
  const next = (name: string): void => {
    const queue = queues.get(name) ?? []
    for (let first = queue[0]; first !== undefined && isFree(name, first.mode); first = queue[0]) {
      queue.shift()
      held.set(name, [...(held.get(name) ?? []), first])
      first.grant()
    }
  }
  return async (name, { mode, ifAvailable = false, steal = false, signal }, body) => {
    const queue = queues.get(name) ?? []
    queues.set(name, queue)
    if (steal) held.delete(name)
    if (ifAvailable && (queue.length > 0 || !isFree(name, mode))) return undefined
    let own: Waiting | undefined
    await new Promise<void>((resolve, reject) => {
      own = { mode, grant: resolve }
      signal?.addEventListener('abort', () => {
        queues.set(
          name,
          queue.filter((each) => each !== own),
        )
        reject(new DOMException('aborted', 'AbortError'))
      })
      queue.push(own)
      next(name)
    })
    try {
      return await body()
    } finally {
      held.set(
        name,
        (held.get(name) ?? []).filter((each) => each !== own),
      )
      next(name)
    }
  }
}
