import type { DocumentName } from '@fulqrun/protocol'
import { formatDocumentName } from '@fulqrun/protocol'
import { addEntry, createDocument, getNotes, setField } from '@fulqrun/schema'
import * as Y from 'yjs'
import { contentOf, differenceOf, Promises } from './promises.ts'
import { type Random, SimulatedDevice, type SimulatedTab } from './simulated-device.ts'
import { SimulatedServer, territoryId } from './simulated-server.ts'

/** What may happen; `tab` counts over the tabs of all devices, `document` over the records of the territory. */
export type Step =
  | { readonly type: 'edit'; readonly tab: number; readonly document: number; readonly what: EditKind }
  | { readonly type: 'create'; readonly tab: number }
  | { readonly type: 'release'; readonly tab: number; readonly document: number }
  | {
      readonly type: 'network'
      readonly device: number
      readonly isOnline: boolean
      readonly isNoticed: boolean
    }
  | { readonly type: 'closeTab' | 'openTab' | 'crashTab'; readonly tab: number }
  | { readonly type: 'doomTab'; readonly tab: number; readonly when: 'before' | 'after' }
  | { readonly type: 'crashServer'; readonly isKept: boolean }
  | { readonly type: 'startServer' | 'stopDisk' | 'goOnDisk' }
  | { readonly type: 'time'; readonly ms: number }

export const editKinds = ['field', 'date', 'notes', 'activity'] as const
export type EditKind = (typeof editKinds)[number]

export const deviceCount = 3
export const tabsPerDevice = 2
const recordCount = 3
const fields = ['nextStep', 'decisionMaker', 'product']

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
  readonly #clock: Clock
  readonly #records: DocumentName[] = []
  #marks = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.devices = (['ana', 'ana', 'ben'] as const).map(
      (person) => new SimulatedDevice(person, { server: this.server, random, shown: this.#records }),
    )
  }

  /** The records are there, and every device has one tab that has caught up. */
  async begin(): Promise<void> {
    await this.server.start()
    for (let index = 0; index < recordCount; index++) {
      const id = `0197f0a0-0000-7000-8000-00000000000${index}`
      const name = formatDocumentName({ organizationId: 'org-1', kind: 'opportunity', id })
      this.#records.push(name)
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
      await this.#until(made)
    }
    for (const device of this.devices) await device.openTab(0)
    await this.#clock.pass(2000)
  }

  /** Answers promises that turned out to be broken. */
  async take(step: Step): Promise<string[]> {
    await this.#act(step)
    await this.#clock.pass(step.type === 'time' ? step.ms : 12)
    return this.promises.look()
  }

  /** Everything works again, and time passes until nobody waits for anything. Answers what is wrong then. */
  async end(): Promise<string[]> {
    this.server.disk.goOn()
    await this.server.start()
    for (const device of this.devices) {
      device.setOnline(true, true)
      for (let index = 0; index < tabsPerDevice; index++) {
        device.tabs[index]?.spare()
        await device.openTab(index)
      }
    }
    let problem = ['nothing was looked at']
    for (let round = 0; round < 120 && problem.length > 0; round++) {
      await this.#clock.pass(1000)
      if (process.env['SIMDEBUG'] && round % 10 === 0) console.log(this.debug(), problem.slice(0, 2))
      problem = [...(await this.promises.look()), ...(await this.#differences())]
    }
    return [...problem, ...(await this.promises.settle())]
  }

  async close(): Promise<void> {
    for (const device of this.devices) for (const tab of [...device.tabs]) tab?.die()
    this.server.crash({ isKept: true })
    await this.#clock.pass(100)
  }

  /** Lets time pass until something of the server is done. */
  async #until<T>(task: Promise<T> | undefined): Promise<T | undefined> {
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

  debug(): string {
    return this.devices
      .map((d) =>
        d.tabs
          .map((t) =>
            t === undefined
              ? '-'
              : t.workspace === undefined
                ? 's'
                : `${t.workspace.sync.get().pending}${t.workspace.session.get().phase[0]}${t.workspace.waiting
                    .get()
                    .map((w) => w.state)
                    .join(',')}${t.workspace.tabs.get().isLeader ? 'L' : ''}`,
          )
          .join('/'),
      )
      .join(' ')
  }

  /** Tabs that crashed or were closed before the end. */
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
      case 'release':
        return this.#tabOf(step.tab)?.release(this.#recordOf(step.document))
      case 'network':
        return this.devices[step.device % deviceCount]?.setOnline(step.isOnline, step.isNoticed)
      case 'closeTab':
        return void this.#tabOf(step.tab)?.close()
      case 'crashTab':
        return this.#tabOf(step.tab)?.die()
      case 'doomTab':
        return this.#tabOf(step.tab)?.doom(step.when)
      case 'openTab':
        return this.#deviceOf(step.tab)?.openTab(step.tab % tabsPerDevice)
      case 'crashServer':
        return this.server.crash(step)
      case 'startServer':
        return this.server.start()
      case 'stopDisk':
        this.server.disk.isStill = true
        return undefined
      case 'goOnDisk':
        return this.server.disk.goOn()
      case 'time':
        return undefined
    }
  }

  #recordOf(index: number): DocumentName {
    const name = this.#records[index % this.#records.length]
    if (name === undefined) throw new Error('there are no records yet')
    return name
  }

  #edit({ tab: index, document: record, what }: Extract<Step, { readonly type: 'edit' }>): void {
    const tab = this.#tabOf(index)
    const name = this.#recordOf(record)
    const open = tab?.open(name)
    // Nobody edits a record whose content has not been shown.
    if (tab === undefined || open?.state.get().hasContent !== true) return
    const now = tab.workspace?.now() ?? Date.now()
    this.#marks += 1
    const mark = what === 'date' ? isoDay(this.#marks) : `mark ${this.#marks}.`
    if (what === 'field')
      setField(open.doc, `fields.${fields[this.#marks % fields.length] ?? ''}`, mark, { now })
    if (what === 'date') setField(open.doc, 'fields.closeDate', mark, { now })
    if (what === 'notes') addParagraph(open.doc, mark)
    if (what === 'activity')
      addEntry(open.doc, 'activities', { type: 'call', subject: mark }, { now, id: `a-${this.#marks}` })
    this.promises.typed(tab, name, mark)
  }

  #create(index: number): void {
    const tab = this.#tabOf(index)
    this.#marks += 1
    const mark = `mark ${this.#marks}.`
    const name = tab?.workspace?.create('opportunity', { territoryId, fields: { name: mark } })
    if (tab === undefined || name === undefined) return
    this.#records.push(name)
    this.promises.typed(tab, name, mark)
  }

  /** Where a device differs from the server, in what its tabs show and in the copies that it keeps. */
  async #differences(): Promise<string[]> {
    const { documents, isUp } = this.server
    if (!isUp || documents === undefined) return ['the server is down']
    const found: string[] = []
    for (const name of this.#records) {
      if (!documents.exists(name)) continue
      const wanted = (await this.#until(documents.withDocument(name, contentOf))) ?? new Map<string, string>()
      for (const [index, device] of this.devices.entries())
        found.push(...(await this.#compare(name, wanted, device, index)))
    }
    return found
  }

  async #compare(
    name: DocumentName,
    wanted: ReadonlyMap<string, string>,
    device: SimulatedDevice,
    index: number,
  ): Promise<string[]> {
    const found: string[] = []
    for (const tab of device.tabs) {
      const workspace = tab?.workspace
      const open = tab?.open(name)
      if (workspace === undefined || open === undefined) {
        found.push(`a tab of device ${index} has not started`)
        continue
      }
      if (workspace.sync.get().pending > 0) found.push(`device ${index} still waits`)
      const difference = differenceOf(contentOf(open.doc), wanted)
      if (difference !== undefined) found.push(`device ${index}, ${name.slice(-3)}: ${difference}`)
    }
    return found
  }
}

function isoDay(index: number): string {
  return new Date(Date.UTC(2030, 0, 1 + index)).toISOString().slice(0, 10)
}

function addParagraph(doc: Y.Doc, text: string): void {
  doc.transact(() => {
    const paragraph = new Y.XmlElement('paragraph')
    getNotes(doc).insert(0, [paragraph])
    paragraph.insert(0, [new Y.XmlText(text)])
  })
}
