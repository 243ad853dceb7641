/** Builders for the tests of this package: a device with a scripted server, a clock that stands, and its own disk. */
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import type { CatalogueEntry, DocumentName, Me } from '@fulqrun/protocol'
import { defaultPolicySettings } from '@fulqrun/rules'
import { createFakeClock, type FakeClock, FakeSocketServer } from '@fulqrun/testkit'
import type { FetchAnswer, FetchInit, Ports, Signal } from './ports.ts'
import type { CatchUpSettings } from './replica-types.ts'
import { createTestLocks } from './test-locks.ts'
import { respond, TestExchange } from './test-exchange.ts'
import { openWorkspace } from './workspace.ts'
import type { Workspace } from './workspace-types.ts'

export const organizationId = 'org-1'
export const opportunity =
  `${organizationId}/opportunity/0197f0a0-0000-7000-8000-000000000001` as DocumentName
export const contact = `${organizationId}/contact/0197f0a0-0000-7000-8000-000000000002` as DocumentName
export const signInName = `${organizationId}/kpi/00000000-0000-0000-0000-000000000000` as DocumentName

export function makeMe(userId = 'user-1'): Me {
  return {
    user: { id: userId, name: 'Ana', email: 'ana@meridian.example' },
    organization: { id: organizationId, name: 'Meridian' },
    role: 'rep',
    territories: [{ id: 'north', name: 'North' }],
    canWrite: true,
    now: 0,
  }
}

/** What the HTTP side of the scripted server answers; change it at any time. */
export interface FakeApi {
  /** Status of the token endpoint; 0 is no network. */
  tokenStatus: number
  tokens: number
  catalogue: CatalogueEntry[]
  catalogueCalls: number
  isReachable: boolean
  skewMs: number
  /** What the address of the organization's rules answers. */
  policy: unknown
  /** Push and pull, over the documents of the scripted server. */
  readonly exchange: TestExchange
}

export interface TestDevice {
  readonly ports: Ports
  readonly server: FakeSocketServer
  readonly clock: FakeClock
  readonly api: FakeApi
  /** What survives when the browser clears the storage. */
  readonly marks: Set<string>
  signal(signal: Signal): void
  /** A workspace on this device: a tab. Closed with `closeAll`. */
  openTab(userId?: string, settings?: Partial<CatchUpSettings>): Promise<Workspace>
  closeAll(): Promise<void>
}

export interface DeviceOptions {
  readonly indexedDB?: IDBFactory | undefined
  readonly server?: FakeSocketServer | undefined
  readonly clock?: FakeClock | undefined
  /** Marks of a device whose storage was cleared. */
  readonly marks?: Set<string> | undefined
  /** Room that the browser says it gives, in bytes. */
  readonly quota?: number | undefined
}

export function makeDevice(options: DeviceOptions = {}): TestDevice {
  const server = options.server ?? new FakeSocketServer()
  const clock = options.clock ?? createFakeClock()
  const listeners = new Set<(signal: Signal) => void>()
  const tabs: Workspace[] = []
  const api: FakeApi = {
    tokenStatus: 200,
    tokens: 0,
    catalogue: [],
    catalogueCalls: 0,
    isReachable: true,
    skewMs: 0,
    policy: { version: 1, settings: defaultPolicySettings },
    exchange: new TestExchange(server),
  }
  const marks = options.marks ?? new Set<string>()
  let ids = 0
  const ports: Ports = {
    openSocket: () => server.openSocket(),
    fetch: (url, init) => answer({ api, server, clock }, url, init),
    indexedDB: options.indexedDB ?? new IDBFactory(),
    now: () => clock.now(),
    random: () => 0.5,
    startTimer: (ms, fire) => clock.startTimer(ms, fire),
    watchSignals: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isVisible: () => true,
    newId: () => {
      ids += 1
      return `${crypto.randomUUID()}-${ids}`
    },
    lock: createTestLocks(),
    marks: { has: (key) => marks.has(key), set: (key) => marks.add(key), clear: (key) => marks.delete(key) },
    estimateQuota: () => Promise.resolve(options.quota),
    persist: () => Promise.resolve(false),
  }
  return {
    ports,
    server,
    clock,
    api,
    marks,
    signal: (signal) => {
      for (const listener of Array.from(listeners)) listener(signal)
    },
    openTab: async (userId, settings) => {
      const tab = await openWorkspace({ me: makeMe(userId), baseUrl: 'http://server.test', ports, settings })
      tabs.push(tab)
      return tab
    },
    closeAll: async () => {
      await Promise.all(tabs.map((tab) => tab.close()))
    },
  }
}

interface Answering {
  readonly api: FakeApi
  readonly server: FakeSocketServer
  readonly clock: FakeClock
}

function answer({ api, server, clock }: Answering, url: string, init: FetchInit = {}): Promise<FetchAnswer> {
  if (!api.isReachable) return Promise.reject(new TypeError('Failed to fetch'))
  const { pathname, searchParams } = new URL(url)
  const isOffline = api.tokenStatus === 0 || !server.behaviour.accepts
  if (pathname === '/api/auth/token') {
    if (api.tokenStatus === 0) return Promise.reject(new TypeError('Failed to fetch'))
    api.tokens += 1
    return Promise.resolve(respond(api.tokenStatus, { token: `token-${api.tokens}` }))
  }
  if (pathname === '/api/sync/push' || pathname === '/api/sync/pull')
    return isOffline
      ? Promise.reject(new TypeError('Failed to fetch'))
      : api.exchange.answer(pathname, init, api.catalogue)
  if (pathname === '/api/catalogue') {
    api.catalogueCalls += 1
    return Promise.resolve(respond(200, api.exchange.page(api.catalogue, searchParams, api.catalogueCalls)))
  }
  if (pathname === '/api/policy') return Promise.resolve(respond(200, api.policy))
  if (pathname === '/api/people') return Promise.resolve(respond(200, []))
  if (pathname === '/api/me') return Promise.resolve(respond(200, { now: clock.now() + api.skewMs }))
  return Promise.resolve(respond(404, {}))
}

/** Resolves once `holds`; looks after every turn of the event loop, so nothing depends on how long a turn takes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** As {@link until}, while the clock goes on. */
export async function untilLater(device: TestDevice, holds: () => boolean): Promise<void> {
  while (!holds()) {
    device.clock.advance(50)
    // A turn that timers and other threads (compression) take part in, so that the clock does not run away from them.
    await new Promise((resolve) => setTimeout(resolve, 0))
    await turns(3)
  }
}

/** Lets everything that is ready run: for showing that something does not happen. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
