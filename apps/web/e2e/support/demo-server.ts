import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A demo server in a process of its own, on a fresh data folder. */
export interface DemoServer extends AsyncDisposable {
  readonly url: string
  /** Folder that the web app is served from: a copy of the build, which a test may replace as a deployment does. */
  readonly webRoot: string
  /** Ends the process as a power cut would; resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and data; resolves when it listens. */
  restart(): Promise<void>
  /** The same if it is gone; else nothing. */
  revive(): Promise<void>
}

/** `FULQRUN_DIST`: a build made somewhere else, while others work on the one in its usual place. */
const built = process.env['FULQRUN_DIST'] ?? path.resolve(import.meta.dirname, '../../dist')

export async function openDemoServer(): Promise<DemoServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-e2e-'))
  const webRoot = path.join(folder, 'web')
  await cp(built, webRoot, { recursive: true })
  const port = await freePort()
  const env = {
    DEMO: 'true',
    LOG_LEVEL: 'error',
    PORT: String(port),
    DATA_DIR: path.join(folder, 'data'),
    WEB_ROOT: webRoot,
    // Push services of tests are on this machine.
    PUSH_ALLOW_LOCAL: 'true',
  }
  let child = await spawn(env)
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const restart = async () => {
    child = await spawn(env)
  }
  const kill = async () => {
    if (isGone()) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    url: `http://127.0.0.1:${port}`,
    webRoot,
    kill,
    restart,
    async revive() {
      if (isGone()) await restart()
    },
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A port that nobody listens on; the server needs the same one after each restart. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function spawn(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  let output = ''
  const child = fork(path.join(import.meta.dirname, 'server-process.ts'), [], {
    env: { ...process.env, ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      // What the server complains about belongs beside the failing test.
      process.stderr.write(chunk)
    })
  }
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the server did not start: ${output}`)
  })
  await Promise.race([once(child, 'message'), ended])
  // From here on an end of the process is the tests' business.
  ended.catch(() => undefined)
  return child
}
