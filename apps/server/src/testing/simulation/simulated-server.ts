import type { Duplex } from 'node:stream'
import type { DocumentName } from '@fulqrun/protocol'
import { defaultPolicyTable } from '@fulqrun/rules'
import type { FetchAnswer, FetchInit } from '@fulqrun/sync'
import type { Hono } from 'hono'
import { loadConfig } from '../../config.ts'
import type { DocumentHost } from '../../documents/document-host.ts'
import { openLiveRecords, type RecordSockets } from '../../documents/live-records.ts'
import { ClientGate, type GateServices } from '../../gate/client-gate.ts'
import { createHttpApp } from '../../http/app.ts'
import type { HttpEnv } from '../../http/environment.ts'
import { createLogger } from '../../logger.ts'
import { createMetrics } from '../../metrics.ts'
import { createSyncCounters } from '../../sync-counters.ts'
import { SimulatedAccess, type SimulatedPerson } from './simulated-access.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SocketPair, wayMs } from './socket-pair.ts'

/** As the server's own: deadlines of a gate, and pings that find sockets whose other end is gone. */
const tickMs = 1000
const probeMs = 30_000

const config = loadConfig({ DEMO: 'true', LOG_LEVEL: 'silent' })
const metrics = createMetrics()
const syncCounters = createSyncCounters(metrics)
const counters = { frame: () => undefined, refused: () => undefined, closed: () => undefined }

/** One life of the server: from its start until it is killed. */
interface Process {
  readonly documents: DocumentHost
  readonly sockets: SimulatedSockets
  readonly app: Hono<HttpEnv>
  /** Rejects when it is killed, as requests to it do then. */
  readonly died: Promise<never>
  kill(): void
}

/** The whole server but for its port: gates, admission, log, feed and HTTP, on a disk that outlives its processes. */
export class SimulatedServer {
  readonly disk = new SimulatedDisk()
  readonly access = new SimulatedAccess()
  /** What the server's log would call an error: there is none in this world. */
  readonly errors: string[] = []
  readonly #pairs = new Set<SocketPair>()
  #process: Process | undefined
  #starting: Promise<void> | undefined
  #hasCrashed = false

  get isUp(): boolean {
    return this.#process !== undefined
  }

  get documents(): DocumentHost | undefined {
    return this.#process?.documents
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) return
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
  }

  async #start(): Promise<void> {
    const logger = createLogger({ level: 'silent', readable: false })
    const { documents, sockets, feed, routes } = await openLiveRecords({
      store: this.disk.mount(),
      directory: this.access.directory,
      policyOf: () => defaultPolicyTable,
      isRelayTime: () => this.#hasCrashed,
      now: Date.now,
      logger: Object.assign(logger, {
        error: (details: { readonly err?: unknown }, message: string) =>
          this.errors.push(`the server says: ${message}: ${String(details.err)}`),
      }),
      counters,
      syncCounters,
      openSockets: (services) => new SimulatedSockets(services),
    })
    const app = createHttpApp({
      config,
      accounts: this.access.accounts,
      logger,
      metrics,
      readiness: () => ({ ready: true, problems: [] }),
      ...routes,
    })
    const death = Promise.withResolvers<never>()
    death.promise.catch(() => undefined)
    this.#process = {
      documents,
      sockets,
      app,
      died: death.promise,
      kill: () => {
        feed.stop()
        sockets.stop()
        death.reject(new TypeError('Failed to fetch'))
      },
    }
  }

  /** SIGKILL. `isKept`: the commit that was under way has reached the disk. */
  crash(options: { readonly isKept: boolean }): void {
    const process = this.#process
    if (process === undefined) return
    this.#process = undefined
    this.#hasCrashed = true
    process.kill()
    this.disk.crash(options)
    for (const pair of this.#pairs) pair.breakOff()
  }

  setCanWrite(person: SimulatedPerson, canWrite: boolean): void {
    this.access.setCanWrite(person, canWrite)
    this.#process?.sockets.permissionsChanged(person)
  }

  /** A new socket of a person's device; it fails like a refused connection while the server is down. */
  connect(isReachable: () => boolean): SocketPair {
    const pair = new SocketPair(isReachable)
    for (const old of this.#pairs) if (old.isGone) this.#pairs.delete(old)
    this.#pairs.add(pair)
    setTimeout(() => {
      const process = this.#process
      if (process === undefined || !isReachable()) return pair.breakOff()
      process.sockets.open(pair, () => this.#process === process)
    }, wayMs)
    return pair
  }

  /** A device has its network back. */
  resume(): void {
    for (const pair of this.#pairs) pair.resumed()
  }

  async fetch(
    person: SimulatedPerson,
    url: string,
    init: FetchInit,
    isReachable: () => boolean,
  ): Promise<FetchAnswer> {
    await onTheWay()
    const process = this.#process
    if (process === undefined || !isReachable()) throw new TypeError('Failed to fetch')
    const request = new Request(url, {
      method: init.method ?? 'GET',
      headers: { ...init.headers, authorization: `Bearer ${person}` },
      ...(init.body === undefined ? {} : { body: init.body as string }),
    })
    const answering = async () => {
      const response = await process.app.fetch(request)
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) }
    }
    const { response, bytes } = await Promise.race([answering(), process.died])
    await onTheWay()
    // The answer of a killed process, or one that finds no network any more, does not arrive.
    if (this.#process !== process || !isReachable()) throw new TypeError('Failed to fetch')
    return answerOf(response, bytes)
  }
}

/** As `SocketServer`, without WebSockets. */
class SimulatedSockets implements RecordSockets {
  readonly #services: GateServices
  readonly #gates = new Set<ClientGate>()
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(services: GateServices) {
    this.#services = services
    this.#timers = [
      setInterval(() => this.#each((gate) => gate.tick(Date.now())), tickMs),
      setInterval(() => this.#each((gate) => gate.probe()), probeMs),
    ]
  }

  open(pair: SocketPair, isAlive: () => boolean): void {
    const gate = new ClientGate(pair, stream as unknown as Duplex, this.#services)
    this.#gates.add(gate)
    pair.open({
      receive: (frame) => {
        if (isAlive()) gate.receive(frame)
      },
      answered: () => gate.answered(),
      left: (code, reason) => {
        this.#gates.delete(gate)
        if (isAlive()) gate.disconnected(code, reason)
      },
    })
  }

  *listening(): Generator<ClientGate> {
    for (const gate of this.#gates) if (gate.isListening) yield gate
  }

  documentPlaced(name: DocumentName): void {
    this.#each((gate) => gate.documentPlaced(name))
  }

  permissionsChanged(person: SimulatedPerson): void {
    this.#each((gate) => {
      const { principal } = gate
      const current = principal && this.#services.directory.current(principal.sessionId)
      if (principal?.user.id === person && current !== undefined) gate.permissionsChanged(current)
    })
  }

  /** Killed: a killed process does nothing any more. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#gates.clear()
  }

  #each(act: (gate: ClientGate) => void): void {
    for (const gate of this.#gates) act(gate)
  }
}

const stream = { cork: () => undefined, uncork: () => undefined }

function onTheWay(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, wayMs)
  })
}

function answerOf(response: Response, bytes: Uint8Array): FetchAnswer {
  return {
    ok: response.ok,
    status: response.status,
    header: (name) => response.headers.get(name),
    json: async () => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
    bytes: async () => bytes,
    chunks: async function* () {
      yield bytes
    },
  }
}
