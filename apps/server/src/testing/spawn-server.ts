import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { testEnvironment } from './test-server.ts'

export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  readonly child: ChildProcess
  /** Everything it has printed. */
  output(): string
  /** Sends a signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<Exit>
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Starts a real server process on a data folder made by `prepareDataDir` and waits until it listens. */
export async function spawnServer(options: {
  readonly dataDir: string
  readonly env?: Readonly<Record<string, string>> | undefined
}): Promise<ServerProcess> {
  let output = ''
  const child = fork(path.join(import.meta.dirname, 'server-process.ts'), [], {
    env: {
      ...process.env,
      ...testEnvironment,
      DATA_DIR: options.dataDir,
      // Tests start the same program many times.
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'fulqrun-compile-cache'),
      ...options.env,
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  const started = once(child, 'message') as Promise<[{ url: string }]>
  const first = await Promise.race([started, exited])
  if (!Array.isArray(first)) throw new Error(`the server did not start: ${output}`)
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return {
    url: first[0].url,
    child,
    output: () => output,
    end,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL')
    },
  }
}
