import type { DocumentKind, Role } from '@fulqrun/protocol'
import { defineRoots } from '@fulqrun/schema'
import * as Y from 'yjs'

/** A person at a device. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** Updates on their way to the server, and which edits they hold. */
export interface Parcel {
  readonly bytes: Uint8Array
  readonly edits: readonly number[]
}

/** What the server sends after an admission. */
export interface Delivery {
  readonly bytes: Uint8Array
  /** How many admissions a device has seen that has this and everything before it. */
  readonly upTo: number
}

/**
 * One device with its copy of a document and its ends of the cable. Nothing moves by itself: a schedule says when
 * something is sent, arrives, arrives again, or is lost. What is on its way is in `toServer` and `fromServer`.
 */
export class Replica {
  readonly index: number
  readonly person: Person
  /** Device clock minus server clock, ms. */
  readonly skewMs: number
  readonly kind: DocumentKind
  /** A provider without an outbox, as integrations and notebooks use it. */
  readonly isStock: boolean
  /** Sent and not known to have arrived; survives a restart, like the outbox on a device's disk. */
  outbox: Parcel[] = []
  toServer: Parcel[] = []
  fromServer: Delivery[] = []
  /** What has arrived on this connection, to arrive again. */
  received: Delivery[] = []
  /** At the server: what arrived on this connection and builds on something that has not. */
  waiting: Parcel[] = []
  isOnline = true
  /** Admissions of the server that have arrived. */
  upTo = 0
  #doc: Y.Doc
  #captured: Uint8Array[] = []

  constructor(options: {
    readonly index: number
    readonly person: Person
    readonly skewMs: number
    readonly kind: DocumentKind
    readonly isStock: boolean
    readonly state: Uint8Array
    readonly clientId: number
  }) {
    this.index = options.index
    this.person = options.person
    this.skewMs = options.skewMs
    this.kind = options.kind
    this.isStock = options.isStock
    this.#doc = this.#open(options.state, options.clientId)
  }

  get doc(): Y.Doc {
    return this.#doc
  }

  /** Makes a change here and puts it in the outbox, and on the cable if there is one. False when it changed nothing. */
  write(edits: readonly number[], change: (doc: Y.Doc) => void): boolean {
    this.#captured = []
    change(this.#doc)
    if (this.#captured.length === 0) return false
    const parcel = { bytes: Y.mergeUpdates(this.#captured), edits }
    this.#captured = []
    this.outbox.push(parcel)
    if (this.isOnline) this.toServer.push(parcel)
    return true
  }

  /** The next delivery arrives. False when there is none. */
  takeDelivery(): boolean {
    const delivery = this.fromServer.shift()
    if (delivery === undefined) return false
    this.#arrive(delivery)
    this.received.push(delivery)
    return true
  }

  /** Something that arrived before arrives once more. */
  takeAgain(index: number): void {
    const delivery = this.received[index % Math.max(1, this.received.length)]
    if (delivery !== undefined) Y.applyUpdate(this.#doc, delivery.bytes, 'server')
  }

  /** The cable is cut: everything on it is lost. */
  cut(): void {
    this.isOnline = false
    this.toServer = []
    this.fromServer = []
    this.received = []
    this.waiting = []
  }

  /**
   * The handshake: the server's step 2 arrives, then the device answers the server's step 1. Ours answer with the
   * outbox, because what the server's content has just replaced in the copy, Yjs has collected there; a stock provider
   * has nothing but the copy.
   */
  join(serverState: Delivery, serverVector: Uint8Array): void {
    this.isOnline = true
    this.#arrive(serverState)
    const bytes =
      this.isStock || this.outbox.length === 0
        ? Y.encodeStateAsUpdate(this.#doc, serverVector)
        : Y.mergeUpdates(this.outbox.map((parcel) => parcel.bytes))
    this.toServer = [{ bytes, edits: this.outbox.flatMap(({ edits }) => edits) }]
  }

  /** The app starts again from what is on the disk, under a new client id. */
  restart(clientId: number): void {
    const state = Y.encodeStateAsUpdate(this.#doc)
    this.cut()
    this.#doc.destroy()
    this.#doc = this.#open(state, clientId)
  }

  /** What the server has for certain leaves the outbox. */
  forget(isAtServer: (edit: number) => boolean): void {
    this.outbox = this.outbox.filter(({ edits }) => !edits.every(isAtServer))
  }

  #arrive({ bytes, upTo }: Delivery): void {
    Y.applyUpdate(this.#doc, bytes, 'server')
    this.upTo = Math.max(this.upTo, upTo)
  }

  #open(state: Uint8Array, clientId: number): Y.Doc {
    const doc = new Y.Doc()
    doc.clientID = clientId
    defineRoots(doc, this.kind)
    Y.applyUpdate(doc, state, 'disk')
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server' && origin !== 'disk') this.#captured.push(update)
    })
    return doc
  }
}
