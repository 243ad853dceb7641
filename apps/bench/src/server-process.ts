import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import type { HookRequest, MemoryAnswer } from './servers/child-hooks.ts'
import type { Subject } from './subject.ts'

const hooks = fileURLToPath(new URL('servers/child-hooks.ts', import.meta.url))
const startTimeoutMs = 60_000
const askTimeoutMs = 30_000
const stopTimeoutMs = 12_000
const readyPollMs = 25
/** The end of what a server printed, shown when it fails to start. */
const keptOutputChars = 4000

/** A measured server as a process of its own on a loopback port. */
export interface ServerProcess {
  readonly port: number
  readonly pid: number
  /** Collects garbage in the server and measures its memory. */
  readonly memory: () => Promise<MemoryAnswer>
  /** Records a CPU profile of every thread until the returned function is called with a directory to write them to. */
  readonly profile: () => Promise<(directory: string) => Promise<void>>
  /** SIGKILL: nothing in the process runs after this. */
  readonly kill: () => Promise<void>
  /** SIGTERM, and SIGKILL when that does not end it in time. */
  readonly stop: () => Promise<void>
}

export interface StartOptions {
  readonly dataDir: string
  /** Told of the process, so that it can be killed on the way out whatever happens. */
  readonly track: (child: ChildProcess) => void
}

/** Starts a server and waits until it answers on its port. */
export async function startServer(subject: Subject, options: StartOptions): Promise<ServerProcess> {
  const port = await findFreePort()
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--disable-warning=ExperimentalWarning', '--import', hooks, subject.entry],
    {
      env: { ...process.env, PORT: String(port), DATA_DIR: options.dataDir, ...subject.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  options.track(child)
  const output = keepOutput(child)
  await waitUntilReady(child, { port, label: subject.label, output })
  return {
    port,
    pid: child.pid ?? 0,
    memory: () => ask<MemoryAnswer>(child, { type: 'memory' }),
    profile: async () => {
      await ask(child, { type: 'startProfile' })
      return async (directory) => {
        await ask(child, { type: 'stopProfile', directory })
      }
    },
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function keepOutput(child: ChildProcess): () => string {
  let kept = ''
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString()).slice(-keptOutputChars)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => kept
}

async function waitUntilReady(
  child: ChildProcess,
  { port, label, output }: { readonly port: number; readonly label: string; readonly output: () => string },
): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${label} ended while starting:\n${output()}`)
    if (await answers(`http://127.0.0.1:${port}/readyz`)) return
    await delay(readyPollMs)
  }
  throw new Error(`${label} did not answer within ${startTimeoutMs} ms:\n${output()}`)
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    // Not listening yet.
    return false
  }
}

async function ask<T>(child: ChildProcess, request: HookRequest): Promise<T> {
  child.send(request)
  const [answer] = (await once(child, 'message', { signal: AbortSignal.timeout(askTimeoutMs) })) as [T]
  return answer
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await exited
  clearTimeout(timer)
}
