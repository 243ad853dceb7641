import type { DocumentKind } from '@fulqrun/protocol'
import { parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import { copyDocument } from './documents.ts'
import { Oracle } from './oracle.ts'
import { Replica, type Delivery, type Parcel, type Person } from './replica.ts'
import {
  type AdmissionReport,
  type CableStep,
  type Door,
  type LogEntry,
  type Outcome,
  startOfHistory,
  type TeamSetup,
  type Written,
} from './schedule.ts'

/** The value at a path, as plain JSON; undefined when there is none. */
export function valueAt(doc: Y.Doc, path: string): unknown {
  const { root, id, key } = parsePath(path)
  const map = doc.getMap(root)
  if (id === undefined) return plain(key === undefined ? undefined : map.get(key))
  const entry = map.get(id)
  if (key === undefined) return plain(entry)
  return entry instanceof Y.Map ? plain(entry.get(key)) : undefined
}

function plain(value: unknown): unknown {
  return value instanceof Y.AbstractType ? (value as Y.AbstractType<unknown>).toJSON() : value
}

/** The team, its server, and what happened. */
export class Team {
  readonly kind: DocumentKind
  readonly oracle = new Oracle()
  readonly replicas: readonly Replica[]
  readonly log: LogEntry[] = []
  /** Updates that were refused whole. */
  readonly quarantine: Uint8Array[] = []
  readonly reports: AdmissionReport[] = []
  /** What people wrote, to be found again at the end. */
  readonly written: Written[] = []
  /** What happened, a line each; a test that fails prints it. */
  readonly story: string[] = []
  /** Called after every admission. */
  onAdmission: (report: AdmissionReport) => void = () => undefined
  /** Called when something has arrived at a device, or has been forgotten there because it is at the server. */
  onArrival: (replica: Replica) => void = () => undefined
  /** Server clock, ms. */
  now = startOfHistory
  readonly #door: Door
  readonly #clientIds: number[]
  readonly #base: Uint8Array
  #server: Y.Doc

  constructor(base: Y.Doc, kind: DocumentKind, { people, clientIds }: TeamSetup, door: Door) {
    this.kind = kind
    this.#door = door
    this.#clientIds = [...clientIds]
    this.#base = Y.encodeStateAsUpdate(base)
    this.#server = copyDocument(base, kind, this.#nextClientId())
    this.replicas = people.map(
      ({ person, skewMs, isStock = false }, index) =>
        new Replica({
          index,
          person,
          skewMs,
          kind,
          isStock,
          state: this.#base,
          clientId: this.#nextClientId(),
        }),
    )
  }

  get server(): Y.Doc {
    return this.#server
  }

  replica(index: number): Replica {
    const replica = this.replicas[index % this.replicas.length]
    if (replica === undefined) throw new RangeError('no such device')
    return replica
  }

  watch(paths: readonly string[]): void {
    for (const path of paths) this.oracle.watch(path, valueAt(this.#server, path))
  }

  isWatched(path: string): boolean {
    return [...this.oracle.paths].includes(path)
  }

  /** A watched edit on a device; `change` gets the value that was made from the edit's number, and the device time. */
  edit(
    device: number,
    { path, decides }: { readonly path: string; readonly decides?: boolean },
    makeValue: (id: number) => unknown,
    change: (doc: Y.Doc, value: unknown, now: number) => void,
  ): void {
    const replica = this.replica(device)
    const value = makeValue(this.oracle.nextId)
    const at = this.now + replica.skewMs
    const author = replica.person.id
    const wanted = { device: replica.index, path, value, author, at, decides }
    const { id } = this.oracle.write(wanted, replica.upTo)
    replica.write([id], (doc) => change(doc, value, at))
    this.written.push({ id, device: replica.index, path, value })
    this.#tell(`${id}: device ${device} ${decides ? 'decides' : 'sets'} ${path} to ${JSON.stringify(value)}`)
    this.#observe(replica)
  }

  /** An edit whose path is not watched; `writes` is what it puts there, to be found again. */
  act(
    device: number,
    writes: { readonly path: string; readonly value: unknown } | undefined,
    change: (doc: Y.Doc, now: number) => void,
  ): void {
    const replica = this.replica(device)
    const id = this.oracle.nextId
    const seenBelow =
      writes !== undefined && writes.value === undefined
        ? this.oracle.shownBelow(writes.path, replica.index)
        : undefined
    const hasWritten = replica.write([id], (doc) => change(doc, this.now + replica.skewMs))
    this.oracle.note()
    if (hasWritten && writes !== undefined)
      this.written.push({ id, device: replica.index, ...writes, seenBelow })
    this.#tell(`${id}: device ${device} writes ${JSON.stringify(writes)}`)
    this.#observe(replica)
  }

  /** The server changes something on behalf of a person. */
  official(person: Person, change: (document: Y.Doc) => void): void {
    const arrival = { document: this.#server, kind: this.kind, person, receivedAt: this.now, change }
    this.#settle(this.#door.edit(arrival), { person, edits: [] })
  }

  step(step: CableStep): void {
    this.now += 1
    this.#tell(JSON.stringify(step))
    switch (step.type) {
      case 'up':
        return this.#up(this.replica(step.device), step)
      case 'down':
        return this.#down(this.replica(step.device), step.take)
      case 'again':
        this.replica(step.device).takeAgain(step.at)
        return this.#observe(this.replica(step.device))
      case 'cut':
        return this.replica(step.device).cut()
      case 'join':
        return this.join(step.device)
      case 'restart':
        this.replica(step.device).restart(this.#nextClientId())
        this.oracle.restart(this.replica(step.device).index)
        return this.#observe(this.replica(step.device))
      case 'restartServer':
        return this.#restartServer(step.from)
      case 'wait':
        this.now += step.ms
    }
  }

  join(device: number): void {
    const replica = this.replica(device)
    if (replica.isOnline) return
    const bytes = Y.encodeStateAsUpdate(this.#server, Y.encodeStateVector(replica.doc))
    replica.join({ bytes, upTo: this.log.length }, Y.encodeStateVector(this.#server))
    this.#observe(replica)
  }

  /** Everybody is online and everything arrives. */
  settle(): void {
    for (const { index } of this.replicas) this.join(index)
    for (let left = 1000; left > 0 && this.#isBusy(); left--) {
      for (const replica of this.replicas) {
        this.now += 1
        this.#up(replica, { at: 0, take: replica.toServer.length, merged: false, repeat: false })
        this.#down(replica, replica.fromServer.length)
      }
    }
  }

  #isBusy(): boolean {
    return this.replicas.some(({ toServer, fromServer }) => toServer.length + fromServer.length > 0)
  }

  #up(
    replica: Replica,
    { at, take, merged, repeat }: Omit<CableStep & { type: 'up' }, 'type' | 'device'>,
  ): void {
    const from = at % Math.max(1, replica.toServer.length)
    const parcels = replica.toServer.slice(from, from + take)
    if (!repeat) replica.toServer.splice(from, take)
    if (parcels.length === 0) return
    if (merged) this.#receive(replica, parcels)
    else for (const parcel of parcels) this.#receive(replica, [parcel])
  }

  #down(replica: Replica, take: number): void {
    for (let left = take; left > 0 && replica.takeDelivery(); left--) this.#observe(replica)
    replica.forget((edit) => this.oracle.isKnown(edit, replica.upTo))
    this.onArrival(replica)
  }

  /** As the gate does: what waits for its foundation is offered again with what came since. */
  #receive(replica: Replica, parcels: readonly Parcel[]): void {
    const all = [...replica.waiting, ...parcels]
    const update =
      all.length === 1 && all[0] !== undefined ? all[0].bytes : Y.mergeUpdates(all.map(({ bytes }) => bytes))
    const { person } = replica
    const outcome = this.#door.receive({
      document: this.#server,
      kind: this.kind,
      person,
      update,
      receivedAt: this.now,
    })
    if (outcome.sort === 'incomplete') {
      replica.waiting = all
      return
    }
    replica.waiting = []
    if (outcome.sort === 'refused') this.quarantine.push(update)
    else this.#settle(outcome, { person, edits: all.flatMap(({ edits }) => edits) })
  }

  #settle(outcome: Outcome, { person, edits }: { person: Person; edits: readonly number[] }): void {
    if (outcome.sort !== 'admitted') return
    if (outcome.faults.length > 0) throw new Error('a part could not be judged', { cause: outcome.faults[0] })
    const { update, changes } = outcome
    const number = this.log.length + (update === undefined ? 0 : 1)
    const admission = { number, receivedAt: this.now }
    const verdicts = this.oracle.admit(edits, admission, (path) => valueAt(this.#server, path))
    if (update !== undefined) {
      this.log.push({ update, person, receivedAt: this.now, changes })
      const delivery: Delivery = { bytes: update, upTo: number }
      for (const replica of this.replicas) if (replica.isOnline) replica.fromServer.push(delivery)
    }
    const report: AdmissionReport = { number, person, receivedAt: this.now, changes, verdicts, edits }
    this.reports.push(report)
    this.#tell(`admission ${number} of ${edits.join()} by ${person.id}: ${JSON.stringify(changes)}`)
    this.onAdmission(report)
  }

  #restartServer(from: 'snapshot' | 'log'): void {
    for (const replica of this.replicas) replica.cut()
    const state =
      from === 'snapshot'
        ? Y.encodeStateAsUpdate(this.#server)
        : Y.mergeUpdates([this.#base, ...this.log.map(({ update }) => update)])
    const fresh = new Y.Doc()
    Y.applyUpdate(fresh, state)
    this.#server.destroy()
    this.#server = copyDocument(fresh, this.kind, this.#nextClientId())
    this.#door.restarted(this.#server, this.log)
  }

  /** Runs `check`; what it throws says what happened before. */
  telling(check: () => void): void {
    try {
      check()
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      throw new Error(`${said}\n${this.story.join('\n')}`, { cause: error })
    }
  }

  #tell(line: string): void {
    this.story.push(line)
  }

  #observe(replica: Replica): void {
    for (const path of this.oracle.paths)
      this.oracle.show(replica.index, path, valueAt(replica.doc, path), replica.upTo)
  }

  #nextClientId(): number {
    const id = this.#clientIds.shift()
    if (id === undefined) throw new RangeError('out of client ids')
    return id
  }
}
