// Its classes have to be there for everybody: idb asks for them.
import 'fake-indexeddb/auto'
import { type DocumentName } from '@fulqrun/protocol'
import {
  type CatchUpSettings,
  type OpenDocument,
  openWorkspace,
  type Ports,
  type Signal,
  type Workspace,
} from '@fulqrun/sync'
import { drainDevices } from '@fulqrun/sync/background'
import { IDBFactory } from 'fake-indexeddb'
import type { SocketPair } from './socket-pair.ts'
import { type DeviceDisk, readDisk } from './device-disk.ts'
import { DeviceLines, DeviceLocks } from './between-tabs.ts'
import type { SimulatedPerson } from './simulated-access.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { Doom } from './steps.ts'
import { TabStorage } from './tab-storage.ts'

/** Numbers from 0 to 1, the same in every run of a seed. */
export type Random = () => number

export interface DeviceOptions {
  readonly server: SimulatedServer
  readonly random: Random
  /** Records that every tab shows from its start. */
  readonly shown: readonly DocumentName[]
  readonly settings: Partial<CatchUpSettings>
}

/** One browser profile of a person: a disk, a network, and tabs that come and go. */
export class SimulatedDevice {
  readonly person: SimulatedPerson
  readonly disk = new IDBFactory()
  readonly locks = new DeviceLocks()
  readonly lines = new DeviceLines()
  readonly tabs: (SimulatedTab | undefined)[] = [undefined, undefined]
  /** Records that every tab shows from its start. */
  readonly shown: readonly DocumentName[]
  /** What tabs that have died since the last look called on this device. */
  readonly claimed = new Set<DocumentName>()
  /** What the person has read or saved to a file before it was taken off the device. */
  readonly takenAway: { readonly text: string; readonly updates: readonly Uint8Array[] }[] = []
  isOnline = true
  deaths = 0
  readonly settings: Partial<CatchUpSettings>
  /** What its clock says beyond the true time, in ms. */
  #clockError = 0
  readonly #sockets = new Set<SocketPair>()
  readonly #server: SimulatedServer
  readonly #random: Random

  constructor(person: SimulatedPerson, { server, random, shown, settings }: DeviceOptions) {
    this.shown = shown
    this.settings = settings
    this.person = person
    this.#server = server
    this.#random = random
  }

  async openTab(index: number, doom?: Doom): Promise<void> {
    if (this.tabs[index] !== undefined) return
    const tab = new SimulatedTab(this, this.#server, this.#random)
    this.tabs[index] = tab
    if (doom !== undefined) tab.doom(doom)
    await tab.start()
  }

  /** The network goes or comes. `isNoticed`: the system says so; otherwise the device has to find out. */
  setOnline(isOnline: boolean, isNoticed: boolean): void {
    if (this.isOnline === isOnline) return
    this.isOnline = isOnline
    if (isOnline) this.#server.resume()
    for (const tab of this.tabs) tab?.networkChanged(isNoticed)
  }

  readDisk(): Promise<DeviceDisk> {
    return readDisk(this.disk, this.person)
  }

  /** The clock is wrong by so much from now on. */
  setClock(byMs: number): void {
    this.#clockError = byMs
  }

  now(): number {
    return Date.now() + this.#clockError
  }

  connect(isReachable: () => boolean): SocketPair {
    const pair = this.#server.connect(isReachable)
    for (const old of this.#sockets) if (old.isGone) this.#sockets.delete(old)
    this.#sockets.add(pair)
    return pair
  }

  /** Every socket of it is half-open from now on; new ones are fine. */
  muteSockets(): void {
    for (const pair of this.#sockets) pair.mute()
  }

  /**
   * The service worker sends what waits; it may be stopped around one of its writes. With tabs open or closed, and with
   * another one doing the same.
   */
  drain(doom?: Doom): void {
    const storage = new TabStorage(this.disk)
    let isAlive = true
    if (doom !== undefined)
      storage.doom({
        ...doom,
        onDeath: () => {
          isAlive = false
          this.deaths += 1
        },
      })
    const isReachable = (): boolean => this.isOnline && isAlive
    void drainDevices({
      ports: {
        fetch: (url, init = {}) => this.#server.fetch(this.person, url, init, isReachable),
        indexedDB: storage.factory,
        now: () => this.now(),
        startTimer: (ms, fire) => {
          const timer = setTimeout(() => {
            if (isAlive) fire()
          }, ms)
          return () => clearTimeout(timer)
        },
      },
      onDrained: (name) => {
        const line = this.lines.open(storage, name)
        if (isAlive) line.post({ type: 'outbox' })
        line.close()
      },
    })
  }
}

/** One tab, with everything that dies with it. */
export class SimulatedTab {
  readonly device: SimulatedDevice
  readonly #server: SimulatedServer
  readonly #random: Random
  readonly #storage: TabStorage
  readonly #listeners = new Set<(signal: Signal) => void>()
  readonly #sockets = new Set<ReturnType<Ports['openSocket']>>()
  readonly #open = new Map<DocumentName, OpenDocument>()
  #workspace: Workspace | undefined
  #isDead = false

  constructor(device: SimulatedDevice, server: SimulatedServer, random: Random) {
    this.device = device
    this.#server = server
    this.#random = random
    this.#storage = new TabStorage(device.disk)
  }

  get person(): SimulatedPerson {
    return this.device.person
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Undefined until it has started, and when it is dead. */
  get workspace(): Workspace | undefined {
    return this.#isDead ? undefined : this.#workspace
  }

  async start(): Promise<void> {
    const { person } = this.device
    const opening = openWorkspace({
      me: this.#server.access.meOf(person),
      baseUrl: 'http://server.test',
      ports: this.#ports(),
      settings: this.device.settings,
    })
    // A tab that dies while it starts never gets there.
    void opening.then((workspace) => {
      this.#workspace = workspace
      for (const name of this.device.shown) this.open(name)
    })
  }

  /** The document as a screen of this tab holds it. */
  open(name: DocumentName): OpenDocument | undefined {
    const workspace = this.workspace
    if (workspace === undefined) return undefined
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const opened = workspace.open(name)
    this.#open.set(name, opened)
    return opened
  }

  /** The document, if a screen of this tab holds it. */
  shown(name: DocumentName): OpenDocument | undefined {
    return this.#isDead ? undefined : this.#open.get(name)
  }

  release(name: DocumentName): void {
    this.#open.get(name)?.release()
    this.#open.delete(name)
  }

  releaseAll(): void {
    for (const name of [...this.#open.keys()]) this.release(name)
  }

  /** Closed by the person: the app gets to put its things away. */
  async close(): Promise<void> {
    await this.#workspace?.close()
    this.die()
  }

  /** Crashed: nothing in it runs any more. */
  die(): void {
    if (this.#isDead) return
    for (const name of this.#workspace?.onDevice.get() ?? []) this.device.claimed.add(name)
    this.#isDead = true
    this.device.deaths += 1
    this.#storage.die()
    for (const socket of this.#sockets) socket.close()
    this.device.locks.release(this)
    this.device.lines.release(this)
    const index = this.device.tabs.indexOf(this)
    if (index >= 0) this.device.tabs[index] = undefined
  }

  /** Crashes around a write, after so many others. */
  doom(doom: Doom): void {
    this.#storage.doom({ ...doom, onDeath: () => this.die() })
  }

  /** Kinds of writes that it has begun since it was last doomed. */
  get writes(): ReadonlySet<string> {
    return this.#storage.kinds
  }

  /** The person gives up what is unsent of a record, and keeps it in a file. */
  discard(name: DocumentName): void {
    const done = this.workspace?.discard(name, (unsent) => {
      const updates = unsent.documents.flatMap((each) =>
        each.updates.map((text) => Buffer.from(text, 'base64')),
      )
      this.device.takenAway.push({ text: JSON.stringify(unsent), updates })
    })
    // It never ends when the tab dies meanwhile, and never fails.
    void done
  }

  /** The person has read the latest draft. */
  dismiss(): void {
    const [draft] = this.workspace?.refused.get() ?? []
    if (draft === undefined) return
    this.device.takenAway.push({ text: JSON.stringify(draft), updates: [] })
    void this.workspace?.dismissRefused(draft.document, draft.id)
  }

  /** It does not crash around its next write after all. */
  spare(): void {
    this.#storage.doom(undefined)
  }

  networkChanged(isNoticed: boolean): void {
    if (isNoticed)
      for (const listener of this.#listeners) listener(this.device.isOnline ? 'online' : 'offline')
  }

  signal(signal: Signal): void {
    for (const listener of this.#listeners) listener(signal)
  }

  #ports(): Ports {
    const isReachable = (): boolean => this.device.isOnline && !this.#isDead
    const { person } = this.device
    return {
      openSocket: () => {
        const socket = this.device.connect(isReachable).port
        this.#sockets.add(socket)
        return this.#untilDeath(socket)
      },
      fetch: async (url, init = {}) => {
        const answer = await this.#server.fetch(person, url, init, isReachable)
        return answer
      },
      indexedDB: this.#storage.factory,
      now: () => this.device.now(),
      random: this.#random,
      startTimer: (ms, fire) => {
        const timer = setTimeout(() => {
          if (!this.#isDead) fire()
        }, ms)
        return () => clearTimeout(timer)
      },
      watchSignals: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      isVisible: () => true,
      newId: () => `id-${Math.floor(this.#random() * 2 ** 48).toString(16)}`,
      lock: this.device.locks.portOf(this),
      openLine: (name) => this.device.lines.open(this, name),
    }
  }

  /** A dead tab hears nothing and says nothing. */
  #untilDeath(socket: ReturnType<Ports['openSocket']>): ReturnType<Ports['openSocket']> {
    const port: ReturnType<Ports['openSocket']> = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => {
        if (!this.#isDead) socket.send(data)
      },
      close: (code, reason) => socket.close(code, reason),
    }
    socket.onopen = () => this.#isDead || port.onopen?.()
    socket.onmessage = (data) => this.#isDead || port.onmessage?.(data)
    socket.onclose = (code, reason) => this.#isDead || port.onclose?.(code, reason)
    return port
  }
}
