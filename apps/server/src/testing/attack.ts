import { type DocumentName, encodePush, endpoints, syncTypes } from '@fulqrun/protocol'
import { rootsOf } from '@fulqrun/schema'
import { syncFrame, updateFrame, type WireChannel } from '@fulqrun/testkit'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import type { PersonId } from './people.ts'
import { gatewayUrl } from './stock-yjs-client.ts'
import type { TestServer } from './test-server.ts'

/** For tests of hostile clients: the doors they come through, and a colleague who sees every frame. */

export const doors = ['sync', 'gateway', 'push'] as const
export type DoorName = (typeof doors)[number]

/** A way in for one person and one record. */
export interface Door {
  /** Hands in bytes as an update; resolves when the server has decided about them, whichever way. */
  send(update: Uint8Array): Promise<void>
}

export async function openDoor(
  server: TestServer,
  door: DoorName,
  { person, name }: { readonly person: PersonId; readonly name: DocumentName },
): Promise<Door> {
  switch (door) {
    case 'sync': {
      const channel = await (await server.connect(person)).open(name, { answersSync: false })
      return {
        async send(update) {
          channel.send(update)
          await channel.client.ping()
        },
      }
    }
    case 'gateway': {
      const token = await (await server.person(person)).token()
      return {
        send: (update) => sendThroughGateway(`${gatewayUrl(server.url)}/${name}?token=${token}`, update),
      }
    }
    case 'push': {
      const { bearer } = await server.person(person)
      return {
        async send(update) {
          const response = await fetch(server.url + endpoints.push, {
            method: 'POST',
            headers: { authorization: `Bearer ${bearer}` },
            body: new Uint8Array(encodePush([{ name, update }])),
          })
          await response.arrayBuffer()
        },
      }
    }
  }
}

/** A y-websocket frame is one of `/sync` without its address. */
const withoutAddress = (frame: Uint8Array): Uint8Array => frame.subarray(1)

/** On a socket of its own: a refused write ends the connection (YJS-5). */
function sendThroughGateway(url: string, update: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    let answers = 0
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('message', (data) => {
      const message = new Uint8Array(data as Buffer)
      if (message[0] !== 0 || message[1] !== syncTypes.step2) return
      // The first answer says that the document is open, the second that everything before it has been read.
      if (++answers === 1) socket.send(withoutAddress(updateFrame('', update)))
      if (answers <= 2) socket.send(question())
      else socket.close()
    })
    socket.on('open', () => socket.send(question()))
  })
}

function question(): Uint8Array {
  return withoutAddress(syncFrame('', syncTypes.step1, Y.encodeStateVector(new Y.Doc())))
}

/** Somebody's own copy of a record, with raw Yjs: roots have whatever type an attack gives them. */
export class Attacker {
  readonly doc = new Y.Doc()
  readonly #door: Door
  readonly #colleague: WireChannel

  constructor(door: Door, colleague: WireChannel, clientId: number) {
    this.#door = door
    this.#colleague = colleague
    this.receive()
    this.doc.clientID = clientId
  }

  /** Takes in what the colleague has been sent. */
  receive(): void {
    const { doc } = this.#colleague
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.doc)), 'colleague')
  }

  /** What an act writes, as one update, in one transaction. */
  make(act: (doc: Y.Doc) => void): Uint8Array {
    const updates: Uint8Array[] = []
    const collect = (update: Uint8Array) => updates.push(update)
    this.doc.on('update', collect)
    this.doc.transact(() => act(this.doc))
    this.doc.off('update', collect)
    return updates.length === 0 ? Y.encodeStateAsUpdate(new Y.Doc()) : Y.mergeUpdates(updates)
  }

  async send(...updates: readonly Uint8Array[]): Promise<void> {
    for (const update of updates) await this.#door.send(update)
    await this.#colleague.client.ping()
  }

  /** Writes, sends it, and takes in what came of it. */
  async strike(act: (doc: Y.Doc) => void): Promise<void> {
    await this.send(this.make(act))
    this.receive()
  }
}

/** What a colleague's replica has shown that it must not, frame by frame. */
export class Witness {
  readonly seen: string[] = []
  #frames = 0

  /** @param wrongs what is wrong with a replica, in words; empty when nothing is */
  constructor(channel: WireChannel, wrongs: (doc: Y.Doc) => readonly string[]) {
    channel.watch(() => {
      this.#frames++
      // What an attack put into a root that no record of this kind has.
      const strangers = [...channel.doc.share].filter(([name, type]) => !known.has(name) && isFilled(type))
      this.seen.push(...wrongs(channel.doc), ...strangers.map(([name]) => `root ${name}`))
    })
  }

  get frames(): number {
    return this.#frames
  }
}

const known: ReadonlySet<string> = new Set(
  (['opportunity', 'contact', 'kpi'] as const).flatMap((kind) => rootsOf(kind).map(({ name }) => name)),
)

function isFilled(type: Pick<Y.AbstractType<never>, '_map' | '_start'>): boolean {
  for (const item of type._map.values()) if (!item.deleted) return true
  for (let item = type._start; item !== null; item = item.right) if (!item.deleted) return true
  return false
}

let lastClientId = 1
/** A client id that nobody has had: a low one or a high one, for both outcomes of Yjs' own choice. */
export function newClientId(side: 'low' | 'high'): number {
  lastClientId++
  return side === 'low' ? lastClientId : 4_294_967_295 - lastClientId
}
