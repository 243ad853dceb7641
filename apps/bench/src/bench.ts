import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadCase } from './cases.ts'
import { type KillResult, measureKill } from './kill-run.ts'
import type { LoadJob, LoadResult } from './load-run.ts'
import { type MemoryResult, measureMemory } from './memory-run.ts'
import type { Options } from './options.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { type SubjectId, subjects } from './subject.ts'

/** One measurement, as it is printed with `--json`. */
export type Measurement =
  | ({
      readonly type: 'load'
      readonly server: SubjectId
      readonly case: string
      readonly round: number
    } & LoadResult)
  | ({ readonly type: 'memory'; readonly server: SubjectId; readonly documents: number } & MemoryResult)
  | ({ readonly type: 'kill'; readonly server: SubjectId; readonly round: number } & KillResult)

const loadProcess = fileURLToPath(new URL('load-process.ts', import.meta.url))
const quietNode = ['--disable-warning=ExperimentalWarning']
/** The kill comes up to this many confirmed edits later than asked for. */
const killJitter = 100
/** No load run takes nearly as long; one that does has hung. */
const loadTimeoutMs = 120_000

/** Owns every process and directory of a run; `close` leaves nothing of them behind. */
export class Bench {
  readonly #root = mkdtempSync(join(tmpdir(), 'fulqrun-bench-'))
  readonly #children = new Set<ChildProcess>()
  readonly #options: Options
  readonly #report: (measurement: Measurement) => void

  constructor(options: Options, report: (measurement: Measurement) => void) {
    this.#options = options
    this.#report = report
  }

  /** Every part for every server, servers interleaved, so that a slow minute of the machine hits all of them. */
  async run(): Promise<void> {
    const { parts, cases, rounds, killRounds, servers } = this.#options
    if (parts.includes('load'))
      for (let round = 1; round <= rounds; round++)
        for (const load of cases) for (const server of servers) await this.#load(server, load, round)
    if (parts.includes('memory')) for (const server of servers) await this.#memory(server)
    if (parts.includes('kill'))
      for (let round = 1; round <= killRounds; round++)
        for (const server of servers) await this.#kill(server, round)
  }

  /** Kills what still runs and removes what was written. Safe to call at any time, also twice. */
  close(): void {
    for (const child of this.#children) child.kill('SIGKILL')
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 })
  }

  async #load(server: SubjectId, load: LoadCase, round: number): Promise<void> {
    const process = await this.#start(server, this.#makeDataDir())
    try {
      const identity = await subjects[server].signIn(process.port)
      const { port, pid } = process
      const { warmUp } = this.#options
      const stopProfile = await this.#startProfile(process)
      const result = await this.#runLoadProcess({ subject: server, port, pid, identity, load, warmUp })
      await stopProfile()
      this.#report({ type: 'load', server, case: load.id, round, ...result })
    } finally {
      await process.stop()
    }
  }

  async #startProfile(server: ServerProcess): Promise<() => Promise<void>> {
    const { profileDir } = this.#options
    if (profileDir === undefined) return async () => {}
    mkdirSync(profileDir, { recursive: true })
    const stop = await server.profile()
    return () => stop(resolve(profileDir))
  }

  async #memory(server: SubjectId): Promise<void> {
    const process = await this.#start(server, this.#makeDataDir())
    try {
      const subject = subjects[server]
      const identity = await subject.signIn(process.port)
      const documents = this.#options.memoryDocuments
      const result = await measureMemory({ subject, server: process, identity, documents })
      this.#report({ type: 'memory', server, documents, ...result })
    } finally {
      await process.stop()
    }
  }

  async #kill(server: SubjectId, round: number): Promise<void> {
    const dataDir = this.#makeDataDir()
    const subject = subjects[server]
    const result = await measureKill({
      subject,
      start: () => this.#start(server, dataDir),
      signIn: ({ port }) => subject.signIn(port),
      // Another moment in every round, so that the kill meets the server in different states.
      killAfter: this.#options.killAfter + Math.floor(Math.random() * killJitter),
    })
    this.#report({ type: 'kill', server, round, ...result })
  }

  #makeDataDir(): string {
    return mkdtempSync(join(this.#root, 'data-'))
  }

  #start(server: SubjectId, dataDir: string): Promise<ServerProcess> {
    return startServer(subjects[server], {
      dataDir,
      track: (child) => this.#track(child),
    })
  }

  #track(child: ChildProcess): void {
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
  }

  #runLoadProcess(job: LoadJob): Promise<LoadResult> {
    const child = fork(loadProcess, {
      serialization: 'advanced',
      execArgv: quietNode,
      timeout: loadTimeoutMs,
    })
    this.#track(child)
    return new Promise((resolve, reject) => {
      child.once('message', ({ result, error }: { result?: LoadResult; error?: string }) => {
        if (result === undefined) reject(new Error(error ?? 'the load process gave no result'))
        else resolve(result)
      })
      child.once('exit', (code, signal) => reject(new Error(`the load process ended with ${code ?? signal}`)))
      child.once('error', reject)
      child.send(job)
    })
  }
}
