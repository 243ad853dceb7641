import type { DocumentName } from '@fulqrun/protocol'
import { formatDocumentName } from '@fulqrun/protocol'
import { createDocument } from '@fulqrun/schema'
import { edit } from './edits.ts'
import { whatIsWrong } from './final-state.ts'
import { Promises } from './promises.ts'
import { people, territoryId } from './simulated-access.ts'
import { type Random, SimulatedDevice, type SimulatedTab } from './simulated-device.ts'
import { SimulatedServer } from './simulated-server.ts'
import { deviceCount, type Schedule, type Step, tabsPerDevice } from './steps.ts'

/** Of the records that are there from the start, every tab shows so many; the others come to a device unseen. */
const shownCount = 3
const recordCount = 5
/** Not even for the records at the start. */
const smallRoom = 2_500

/** Time and turns of the event loop, which the test's clock gives. */
export interface Clock {
  /** Lets `ms` pass, and everything that it brings about happen. */
  pass(ms: number): Promise<void>
}

/**
 * Three devices of two people with two tabs each, and one server. Every step is followed by a moment, so that what is
 * under way is cut in all its stages.
 */
export class World {
  readonly server = new SimulatedServer()
  readonly devices: readonly SimulatedDevice[]
  readonly promises = new Promises(this.server.disk.kept)
  readonly room: Schedule['room']
  readonly records: DocumentName[] = []
  readonly #shown: DocumentName[] = []
  readonly #clock: Clock
  #marks = 0

  constructor(clock: Clock, { random, room }: { readonly random: Random; readonly room: Schedule['room'] }) {
    this.#clock = clock
    this.room = room
    const settings = room === 'small' ? { budgetBytes: smallRoom } : {}
    this.devices = (['ana', 'ana', 'ben'] as const).map(
      (person) => new SimulatedDevice(person, { server: this.server, random, shown: this.#shown, settings }),
    )
  }

  /** The records are there, and every device has one tab that has caught up. */
  async begin(): Promise<void> {
    await this.until(this.server.start())
    for (let index = 0; index < recordCount; index++) {
      const id = `0197f0a0-0000-7000-8000-00000000000${index}`
      const name = formatDocumentName({ organizationId: 'org-1', kind: 'opportunity', id })
      this.records.push(name)
      if (index < shownCount) this.#shown.push(name)
      const made = this.server.documents?.edit(name, {
        author: { id: 'ben', name: 'ben', role: 'rep' },
        origin: 'api',
        change: (document) =>
          createDocument(document, {
            kind: 'opportunity',
            territoryId,
            createdBy: 'ben',
            createdAt: Date.now(),
            fields: { name: `Record ${index}` },
          }),
      })
      await this.until(made)
    }
    for (const device of this.devices) await device.openTab(0)
    await this.#clock.pass(2000)
  }

  /** Answers promises that turned out to be broken. */
  async take(step: Step): Promise<string[]> {
    await this.#act(step)
    await this.#clock.pass(step.type === 'time' ? step.ms : 12)
    return [...(await this.promises.look()), ...(await this.#lostCopies()), ...this.server.errors]
  }

  /** What was on a device before a tab of it died, is there after that, too, for whoever starts without a network. */
  async #lostCopies(): Promise<string[]> {
    const lost: string[] = []
    for (const device of this.devices) {
      const claimed = [...device.claimed]
      device.claimed.clear()
      if (claimed.length === 0 || this.room === 'small') continue
      const { snapshots, documents, unsent } = await device.readDisk()
      const isThere = (name: DocumentName): boolean =>
        snapshots.has(name) || unsent.has(name) || documents.some((each) => each.endsWith(name))
      lost.push(
        ...claimed.filter((name) => !isThere(name)).map((name) => `${name} was on a device and is gone`),
      )
    }
    return lost
  }

  /** Everything works again, and time passes until nobody waits for anything. Answers what is wrong then. */
  async end(): Promise<string[]> {
    this.server.disk.goOn()
    for (const person of people) this.server.setCanWrite(person, true)
    await this.until(this.server.start())
    for (const device of this.devices) {
      device.setOnline(true, true)
      for (let index = 0; index < tabsPerDevice; index++) {
        device.tabs[index]?.spare()
        await device.openTab(index)
      }
    }
    const open = await this.#settle(() => whatIsWrong(this, { isClosed: false }))
    if (open.length > 0) return [...open, ...(await this.promises.settle())]
    for (const device of this.devices) for (const tab of device.tabs) tab?.releaseAll()
    const closed = await this.#settle(() => whatIsWrong(this, { isClosed: true }))
    return [...closed.map((each) => `all closed: ${each}`), ...(await this.promises.settle())]
  }

  /** Waits until nothing is wrong, or until waiting longer is no use. */
  async #settle(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
    let problems: readonly string[] = []
    for (let round = 0; round < 150; round++) {
      await this.#clock.pass(1000)
      problems = [...(await this.promises.look()), ...this.server.errors, ...(await look())]
      if (problems.length === 0) break
    }
    return problems
  }

  async close(): Promise<void> {
    for (const device of this.devices) for (const tab of [...device.tabs]) tab?.die()
    this.server.crash({ isKept: true })
    await this.#clock.pass(100)
  }

  /** Lets time pass until something of the server is done. */
  async until<T>(task: Promise<T> | undefined): Promise<T | undefined> {
    const progress = { isDone: false }
    const watched = (async () => {
      try {
        return await task
      } finally {
        progress.isDone = true
      }
    })()
    for (let round = 0; !progress.isDone && round < 1000; round++) await this.#clock.pass(5)
    if (!progress.isDone) throw new Error('the server does not get on')
    return watched
  }

  /** Tabs and workers that crashed or were closed before the end. */
  get deaths(): number {
    return this.devices.reduce((sum, device) => sum + device.deaths, 0)
  }

  #tabOf(index: number): SimulatedTab | undefined {
    return this.#deviceOf(index)?.tabs[index % tabsPerDevice]
  }

  #deviceOf(tab: number): SimulatedDevice | undefined {
    return this.devices[Math.floor(tab / tabsPerDevice) % deviceCount]
  }

  async #act(step: Step): Promise<void> {
    switch (step.type) {
      case 'edit':
        return this.#edit(step)
      case 'create':
        return this.#create(step.tab)
      case 'open':
        return void this.#tabOf(step.tab)?.open(this.#recordOf(step.document))
      case 'release':
        return this.#tabOf(step.tab)?.release(this.#recordOf(step.document))
      case 'pin':
        return void this.#tabOf(step.tab)?.workspace?.pin(this.#recordOf(step.document), step.isPinned)
      case 'closeTab':
        return void this.#tabOf(step.tab)?.close()
      case 'crashTab':
        return this.#tabOf(step.tab)?.die()
      case 'doomTab':
        return this.#tabOf(step.tab)?.doom(step.doom)
      case 'openTab':
        return this.#deviceOf(step.tab)?.openTab(step.tab % tabsPerDevice, step.doom)
      case 'discard':
        return this.#tabOf(step.tab)?.discard(this.#recordOf(step.document))
      case 'dismiss':
        return this.#tabOf(step.tab)?.dismiss()
      case 'network':
      case 'flap':
      case 'halfOpen':
      case 'drain':
      case 'clock':
        return this.#actOnDevice(step, this.devices[step.device % deviceCount])
      default:
        return this.#actOnServer(step)
    }
  }

  async #actOnDevice(
    step: Extract<Step, { readonly device: number }>,
    device: SimulatedDevice | undefined,
  ): Promise<void> {
    if (step.type === 'network') device?.setOnline(step.isOnline, step.isNoticed)
    else if (step.type === 'halfOpen') device?.muteSockets()
    else if (step.type === 'drain') device?.drain(step.doom)
    else if (step.type === 'clock') device?.setClock(step.byMs)
    else
      for (let left = step.switches; left > 0; left--) {
        device?.setOnline(!device.isOnline, true)
        await this.#clock.pass(step.ms)
      }
  }

  #actOnServer(step: Step): void {
    if (step.type === 'crashServer') this.server.crash(step)
    // It may wait for its disk: not waited for.
    if (step.type === 'startServer') void this.server.start()
    if (step.type === 'access') this.server.setCanWrite(step.person, step.canWrite)
    if (step.type === 'stopDisk') this.server.disk.isStill = true
    if (step.type === 'goOnDisk') this.server.disk.goOn()
  }

  #recordOf(index: number): DocumentName {
    const name = this.records[index % this.records.length]
    if (name === undefined) throw new Error('there are no records yet')
    return name
  }

  #edit({ tab: index, document: record, what }: Extract<Step, { readonly type: 'edit' }>): void {
    const tab = this.#tabOf(index)
    const name = this.#recordOf(record)
    const open = tab?.open(name)
    const state = open?.state.get()
    // Nobody edits a record whose content has not been shown, or that the app shows as not theirs to write.
    if (tab?.workspace === undefined || open === undefined) return
    if (state?.hasContent !== true || state.access !== 'write') return
    this.#marks += 1
    const mark = edit(open.doc, what, { number: this.#marks, now: tab.workspace.now(), author: tab.person })
    this.promises.typed(tab, name, { mark, state: open.state })
  }

  #create(index: number): void {
    const tab = this.#tabOf(index)
    this.#marks += 1
    const mark = `mark ${this.#marks}.`
    const name = tab?.workspace?.create('opportunity', { territoryId, fields: { name: mark } })
    if (tab?.workspace === undefined || name === undefined) return
    this.records.push(name)
    const created = tab.workspace.open(name)
    this.promises.typed(tab, name, { mark, state: created.state })
    created.release()
  }
}
