import { type DocumentName } from '@fulqrun/protocol'
import { type OpenDocument, openWorkspace, type Ports, type Signal, type Workspace } from '@fulqrun/sync'
import { IDBFactory } from 'fake-indexeddb'
import { DeviceLines, DeviceLocks } from './between-tabs.ts'
import { meOf, type SimulatedPerson, type SimulatedServer } from './simulated-server.ts'
import { TabStorage } from './tab-storage.ts'

/** Numbers from 0 to 1, the same in every run of a seed. */
export type Random = () => number

/** One browser profile of a person: a disk, a network, and tabs that come and go. */
export class SimulatedDevice {
  readonly person: SimulatedPerson
  readonly disk = new IDBFactory()
  readonly locks = new DeviceLocks()
  readonly lines = new DeviceLines()
  readonly tabs: (SimulatedTab | undefined)[] = [undefined, undefined]
  /** Records that every tab shows from its start. */
  readonly shown: readonly DocumentName[]
  isOnline = true
  deaths = 0
  readonly #server: SimulatedServer
  readonly #random: Random

  constructor(
    person: SimulatedPerson,
    { server, random, shown }: { server: SimulatedServer; random: Random; shown: readonly DocumentName[] },
  ) {
    this.shown = shown
    this.person = person
    this.#server = server
    this.#random = random
  }

  async openTab(index: number): Promise<void> {
    if (this.tabs[index] !== undefined) return
    const tab = new SimulatedTab(this, this.#server, this.#random)
    this.tabs[index] = tab
    await tab.start()
  }

  /** The network goes or comes. `isNoticed`: the system says so; otherwise the device has to find out. */
  setOnline(isOnline: boolean, isNoticed: boolean): void {
    if (this.isOnline === isOnline) return
    this.isOnline = isOnline
    if (isOnline) this.#server.resume()
    for (const tab of this.tabs) tab?.networkChanged(isNoticed)
  }
}

/** One tab, with everything that dies with it. */
export class SimulatedTab {
  readonly #device: SimulatedDevice
  readonly #server: SimulatedServer
  readonly #random: Random
  readonly #storage: TabStorage
  readonly #listeners = new Set<(signal: Signal) => void>()
  readonly #sockets = new Set<ReturnType<Ports['openSocket']>>()
  readonly #open = new Map<DocumentName, OpenDocument>()
  #workspace: Workspace | undefined
  #isDead = false

  constructor(device: SimulatedDevice, server: SimulatedServer, random: Random) {
    this.#device = device
    this.#server = server
    this.#random = random
    this.#storage = new TabStorage(device.disk)
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Undefined until it has started, and when it is dead. */
  get workspace(): Workspace | undefined {
    return this.#isDead ? undefined : this.#workspace
  }

  async start(): Promise<void> {
    const { person } = this.#device
    const opening = openWorkspace({ me: meOf(person), baseUrl: 'http://server.test', ports: this.#ports() })
    // A tab that dies while it starts never gets there.
    void opening.then((workspace) => {
      this.#workspace = workspace
      for (const name of this.#device.shown) this.open(name)
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

  release(name: DocumentName): void {
    this.#open.get(name)?.release()
    this.#open.delete(name)
  }

  /** Closed by the person: the app gets to put its things away. */
  async close(): Promise<void> {
    await this.#workspace?.close()
    this.die()
  }

  /** Crashed: nothing in it runs any more. */
  die(): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#device.deaths += 1
    this.#storage.die()
    for (const socket of this.#sockets) socket.close()
    this.#device.locks.release(this)
    this.#device.lines.release(this)
    const index = this.#device.tabs.indexOf(this)
    if (index >= 0) this.#device.tabs[index] = undefined
  }

  /** Crashes around its next write. */
  doom(when: 'before' | 'after'): void {
    this.#storage.doom({ when, onDeath: () => this.die() })
  }

  /** It does not crash around its next write after all. */
  spare(): void {
    this.#storage.doom(undefined)
  }

  networkChanged(isNoticed: boolean): void {
    if (isNoticed)
      for (const listener of this.#listeners) listener(this.#device.isOnline ? 'online' : 'offline')
  }

  signal(signal: Signal): void {
    for (const listener of this.#listeners) listener(signal)
  }

  #ports(): Ports {
    const isReachable = (): boolean => this.#device.isOnline && !this.#isDead
    const { person } = this.#device
    return {
      openSocket: () => {
        const socket = this.#server.connect(isReachable)
        this.#sockets.add(socket)
        return this.#untilDeath(socket)
      },
      fetch: async (url, init = {}) => {
        const answer = await this.#server.fetch(person, url, init, isReachable)
        return answer
      },
      indexedDB: this.#storage.factory,
      now: () => Date.now(),
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
      lock: this.#device.locks.portOf(this),
      openLine: (name) => this.#device.lines.open(this, name),
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
