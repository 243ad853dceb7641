import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

/**
 * Loaded into every thread of a measured server with `--import`, so that servers need no code for being measured:
 * measures memory and records CPU profiles when the parent asks, and ends the process when the parent is gone.
 */

export type HookRequest =
  | { readonly type: 'memory' }
  | { readonly type: 'startProfile' }
  /** Every thread writes its profile to this directory. */
  | { readonly type: 'stopProfile'; readonly directory: string }

export interface MemoryAnswer {
  /** Resident set of the process, bytes. */
  readonly resident: number
  /** JavaScript heap in use plus what it holds outside (buffers), bytes, after a full collection. */
  readonly used: number
}

const threads = new BroadcastChannel('bench-hooks')
let session: Session | undefined

function measureMemory(): MemoryAnswer {
  // Twice: the first run may only queue finalizers that free buffers in the second.
  globalThis.gc?.()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { resident: rss, used: heapUsed + external }
}

async function startProfile(): Promise<void> {
  session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
}

async function stopProfile(directory: string): Promise<void> {
  const { profile } = (await session?.post('Profiler.stop')) ?? {}
  session?.disconnect()
  const thread = isMainThread ? 'main' : `worker-${threadId}`
  writeFileSync(join(directory, `${process.pid}-${thread}.cpuprofile`), JSON.stringify(profile))
}

async function answer(request: HookRequest): Promise<MemoryAnswer | true> {
  if (request.type === 'memory') return measureMemory()
  if (request.type === 'startProfile') await startProfile()
  else await stopProfile(request.directory)
  return true
}

if (isMainThread && process.send !== undefined) {
  process.on('message', (request: HookRequest) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads of one process, no window
    if (request.type !== 'memory') threads.postMessage(request)
    answer(request).then(
      (result) => process.send?.(result),
      (error: unknown) => console.error(error),
    )
  })
  process.on('disconnect', () => process.exit(0))
  process.channel?.unref()
}
if (!isMainThread) {
  threads.addEventListener('message', (event) => {
    const { data } = event as unknown as { readonly data: HookRequest }
    answer(data).catch((error: unknown) => console.error(error))
  })
}
threads.unref()
