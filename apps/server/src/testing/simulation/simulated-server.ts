import type { Duplex } from 'node:stream'
import type { DocumentName, Me } from '@fulqrun/protocol'
import type { FetchAnswer, FetchInit, SocketPort } from '@fulqrun/sync'
import type { Hono } from 'hono'
import type { AccessDirectory } from '../../accounts/access-directory.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import { AccountError } from '../../accounts/account-error.ts'
import type { Principal } from '../../accounts/principal.ts'
import { loadConfig } from '../../config.ts'
import { DocumentHost } from '../../documents/document-host.ts'
import { createHocuspocus } from '../../documents/hocuspocus.ts'
import { ClientGate, type GateServices } from '../../gate/client-gate.ts'
import type { GateSocket } from '../../gate/gate-socket.ts'
import { createHttpApp } from '../../http/app.ts'
import { documentRoutes } from '../../http/documents.ts'
import type { HttpEnv } from '../../http/environment.ts'
import { syncRoutes } from '../../http/sync-routes.ts'
import { GroupCommit } from '../../log/group-commit.ts'
import { createLogger } from '../../logger.ts'
import { createMetrics } from '../../metrics.ts'
import { defaultPolicyTable } from '@fulqrun/rules'
import { SimulatedDisk } from './simulated-disk.ts'

/** People of the simulation: two reps of one territory. */
export const people = ['ana', 'ben'] as const
export type SimulatedPerson = (typeof people)[number]

const organizationId = 'org-1'
const territory = { id: 'north', name: 'North' }
export const territoryId = territory.id

function principalOf(person: SimulatedPerson): Principal {
  return {
    user: { id: person, name: person, email: `${person}@example.com` },
    sessionId: `session-${person}`,
    organizationId,
    organizationName: 'Org',
    role: 'rep',
    territories: [territory],
    canWrite: true,
  }
}

export function meOf(person: SimulatedPerson): Me {
  const { user, role, territories, canWrite } = principalOf(person)
  return {
    user,
    organization: { id: organizationId, name: 'Org' },
    role,
    territories,
    canWrite,
    now: Date.now(),
  }
}

/** Who a token or bearer names: in this world it is the name itself. */
function subjectOf(token: string): Principal {
  const person = people.find((each) => each === token)
  if (person === undefined) throw new AccountError('auth/token-invalid')
  return principalOf(person)
}

/** One life of the server: from its start until it is killed. */
interface Process {
  readonly documents: DocumentHost
  readonly gates: Set<ClientGate>
  readonly services: GateServices
  readonly app: Hono<HttpEnv>
  readonly sockets: Set<SocketPair>
  readonly timer: NodeJS.Timeout
}

/** The way between a device and the server, with a delay each way. */
const wayMs = 5

/** The whole server but for its port: gates, admission, log and HTTP, on a disk that outlives its processes. */
export class SimulatedServer {
  readonly disk = new SimulatedDisk()
  #process: Process | undefined
  #hasCrashed = false

  get isUp(): boolean {
    return this.#process !== undefined
  }

  get documents(): DocumentHost | undefined {
    return this.#process?.documents
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) return
    const store = this.disk.mount()
    const logger = createLogger({ level: 'silent', readable: false })
    let host: DocumentHost | undefined
    const commit = new GroupCommit({
      store,
      describe: (document) => host?.describe(document),
      onCommitted: (heads) => host?.shelf.committed(heads),
      onError: (error) => {
        throw error
      },
      onFailure: () => undefined,
    })
    const gates = new Set<ClientGate>()
    const policyOf = () => defaultPolicyTable
    const documents = (host = await DocumentHost.open({
      store,
      commit,
      logger,
      now: Date.now,
      isRelayTime: () => this.#hasCrashed,
      onPlaced: (name: DocumentName) => {
        for (const gate of gates) gate.documentPlaced(name)
      },
      policyOf,
    }))
    const hocuspocus = createHocuspocus(documents, logger)
    documents.shelf.bind(hocuspocus)
    const counters = { frame: () => undefined, refused: () => undefined, closed: () => undefined }
    const services: GateServices = {
      hocuspocus,
      documents,
      directory: directory as unknown as AccessDirectory,
      commit,
      logger,
      now: Date.now,
      counters,
    }
    const app = createHttpApp({
      config: loadConfig({ DEMO: 'true', LOG_LEVEL: 'silent' }),
      accounts: accounts as unknown as Accounts,
      logger,
      metrics: createMetrics(),
      readiness: () => ({ ready: true, problems: [] }),
      documents: documentRoutes({ documents, store, policyOf }),
      sync: syncRoutes({ documents, commit, store, counters: { ...counters } as never }),
    })
    const timer = setInterval(() => {
      for (const gate of gates) gate.tick(Date.now())
    }, 1000)
    this.#process = { documents, gates, services, app, sockets: new Set(), timer }
  }

  /** SIGKILL. `isKept`: the commit that was under way has reached the disk. */
  crash(options: { readonly isKept: boolean }): void {
    const process = this.#process
    if (process === undefined) return
    this.#process = undefined
    this.#hasCrashed = true
    clearInterval(process.timer)
    this.disk.crash(options)
    for (const pair of process.sockets) pair.breakOff()
  }

  /** A new socket of a person's device; it fails like a refused connection while the server is down. */
  connect(isReachable: () => boolean): SocketPort {
    const pair = new SocketPair(isReachable)
    setTimeout(() => {
      const process = this.#process
      if (process === undefined || !isReachable()) return pair.breakOff()
      const gate = new ClientGate(pair, stream as unknown as Duplex, process.services)
      process.gates.add(gate)
      process.sockets.add(pair)
      pair.open({
        receive: (frame) => gate.receive(frame),
        left: (code, reason) => {
          process.gates.delete(gate)
          process.sockets.delete(pair)
          // A killed process does nothing any more.
          if (this.#process === process) gate.disconnected(code, reason)
        },
      })
    }, wayMs)
    return pair.port
  }

  /** A device has its network back. */
  resume(): void {
    for (const pair of this.#process?.sockets ?? []) pair.resumed()
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
    const response = await process.app.fetch(request)
    const bytes = new Uint8Array(await response.arrayBuffer())
    await onTheWay()
    // The answer of a killed process, or one that finds no network any more, does not arrive.
    if (this.#process !== process || !isReachable()) throw new TypeError('Failed to fetch')
    return answerOf(response, bytes)
  }
}

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

const directory: Pick<AccessDirectory, 'authenticate' | 'current' | 'watch' | 'unwatch' | 'subscribe'> = {
  authenticate: async (token) => ({ principal: subjectOf(token), expiresAt: Number.MAX_SAFE_INTEGER }),
  current: (sessionId) => subjectOf(sessionId.replace('session-', '')),
  watch: () => undefined,
  unwatch: () => undefined,
  subscribe: () => () => undefined,
}

const accounts = {
  directory,
  devices: { seen: async () => undefined },
  principalOf: async (headers: Headers) =>
    subjectOf((headers.get('authorization') ?? '').slice('Bearer '.length)),
  people: async () => [],
  handle: async (request: Request) =>
    Response.json({ token: (request.headers.get('authorization') ?? '').slice('Bearer '.length) }),
}

const stream = { cork: () => undefined, uncork: () => undefined }

interface ServerEnd {
  receive(frame: Uint8Array): void
  left(code: number, reason: string): void
}

/** Both ends of one socket. What is on the way when it breaks is lost. */
class SocketPair implements GateSocket {
  readonly OPEN = 1
  readonly isPaused = false
  readonly bufferedAmount = 0
  readonly port: SocketPort
  readonly #isReachable: () => boolean
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  #server: ServerEnd | undefined
  /** Frames of both directions that found no network. */
  readonly #held: (() => void)[] = []

  constructor(isReachable: () => boolean) {
    this.#isReachable = isReachable
    this.port = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => {
        const frame = data.slice()
        this.#later(() => this.#server?.receive(frame))
      },
      close: (code = 1000, reason = '') => this.#close(code, reason, 'device'),
    }
  }

  get readyState(): number {
    return this.#state === 'open' ? 1 : 3
  }

  open(server: ServerEnd): void {
    // The device gave up while the socket was opening.
    if (this.#state === 'closed') return server.left(1006, '')
    this.#state = 'open'
    this.#server = server
    this.port.onopen?.()
  }

  send(frame: Uint8Array): void {
    const copy = frame.slice()
    this.#later(() => this.port.onmessage?.(copy))
  }

  close(code = 1000, reason = ''): void {
    // What was sent before is read before the close is.
    setTimeout(() => this.#close(code, reason, 'server'), wayMs)
  }

  terminate(): void {
    this.#close(1006, '', 'server')
  }

  /** The connection is gone for both. */
  breakOff(): void {
    this.#close(1006, '', 'network')
  }

  ping(): void {}
  pause(): void {}
  resume(): void {}

  /** Delivers what was held while there was no network. A connection loses nothing in between: it goes on, or breaks. */
  resumed(): void {
    for (const deliver of this.#held.splice(0)) this.#later(deliver)
  }

  #later(deliver: () => void): void {
    setTimeout(() => {
      if (this.#state !== 'open') return
      if (this.#isReachable() && this.#held.length === 0) deliver()
      else this.#held.push(deliver)
    }, wayMs)
  }

  #close(code: number, reason: string, by: 'device' | 'server' | 'network'): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#server?.left(code, reason)
    if (by !== 'device') setTimeout(() => this.port.onclose?.(code, reason), 0)
  }
}
