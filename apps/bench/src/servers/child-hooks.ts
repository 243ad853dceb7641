import { isMainThread } from 'node:worker_threads'

/**
 * Loaded into every measured server with `--import`, so that servers need no code for being measured: answers
 * `memory` on the parent's channel after collecting garbage, and ends the process when the parent is gone.
 */

export interface MemoryAnswer {
  readonly type: 'memory'
  /** Resident set of the process, bytes. */
  readonly resident: number
  /** JavaScript heap in use plus what it holds outside (buffers), bytes, after a full collection. */
  readonly used: number
}

function collectGarbage(): void {
  // Twice: the first run may only queue finalizers that free buffers in the second.
  globalThis.gc?.()
  globalThis.gc?.()
}

if (isMainThread && process.send !== undefined) {
  process.on('message', (message) => {
    if (message !== 'memory') return
    collectGarbage()
    const { rss, heapUsed, external } = process.memoryUsage()
    const answer: MemoryAnswer = { type: 'memory', resident: rss, used: heapUsed + external }
    process.send?.(answer)
  })
  process.on('disconnect', () => process.exit(0))
  process.channel?.unref()
}
