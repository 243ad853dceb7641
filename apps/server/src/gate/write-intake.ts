import { encodeServerMessage, type ErrorCode } from '@fulqrun/protocol'
import * as Y from 'yjs'
import type { Principal } from '../accounts/principal.ts'
import type { DocumentHost, Verdict } from '../documents/document-host.ts'
import type { GroupCommit } from '../log/group-commit.ts'
import type { Channel } from './channel.ts'
import { statelessFrame, syncStatusFrame, syncStep1Frame } from './frame.ts'

/** A burst is admitted early when it gets this large, so that one turn never decodes megabytes at once. */
const maxBurstBytes = 256 * 1024
/** Updates whose foundation is missing are offered this often, each time with what came since, before they are refused. */
const maxOffers = 8

/** What the intake needs of the socket that it serves. */
export interface IntakeSocket {
  readonly principal: Principal | undefined
  write(frame: Uint8Array): void
  /** False once the client has left the document, even if it has come back since. */
  isCurrent(channel: Channel): boolean
}

interface IntakeServices {
  readonly documents: DocumentHost
  readonly commit: GroupCommit
  readonly counters: { refused(code: ErrorCode): void }
}

/**
 * Takes in the writes of one socket: gathers what arrives in a turn of the event loop, has it admitted as one per
 * document, and answers with as many acknowledgements as there were frames, in order, once they are durable (GATE-2).
 * A write that builds on one that has not arrived waits for it (GATE-5).
 */
export class WriteIntake {
  readonly #socket: IntakeSocket
  readonly #services: IntakeServices
  /** Channels with updates that wait for the end of the turn. */
  readonly #bursting = new Set<Channel>()
  #flushing = false

  constructor(socket: IntakeSocket, services: IntakeServices) {
    this.#socket = socket
    this.#services = services
  }

  /** One write. */
  take(channel: Channel, update: Uint8Array): void {
    channel.burst.push(update)
    this.#bursting.add(channel)
    channel.burstBytes += update.byteLength
    if (channel.burstBytes > maxBurstBytes) this.admit(channel)
    else this.#schedule()
  }

  /** A write that is refused unread, with everything before it answered first. */
  refuse(channel: Channel, update: Uint8Array, code: ErrorCode): void {
    this.admit(channel)
    // Answers keep the order of the frames, so what waits is settled before this one is.
    for (const waiting of channel.waiting.splice(0)) this.#admitOrRefuse(channel, waiting, 1)
    this.#answer(
      channel,
      1,
      this.#services.documents.refuse(channel.name, this.#socket.principal, update, code),
    )
  }

  /** Forgets what a channel has brought in this turn: its writer has no right to it any more. */
  drop(channel: Channel): void {
    this.#bursting.delete(channel)
    channel.burst = []
    channel.burstBytes = 0
  }

  /** The same for all channels. */
  dropAll(): void {
    this.#bursting.clear()
  }

  /** Admits what this turn of the event loop has brought. */
  flush(): void {
    this.#flushing = false
    for (const channel of this.#bursting) this.admit(channel)
  }

  #schedule(): void {
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => this.flush())
  }

  /** Admits what has gathered for a document. */
  admit(channel: Channel): void {
    const { waiting, burst } = channel
    this.#bursting.delete(channel)
    if (burst.length === 0) return
    channel.burst = []
    channel.burstBytes = 0
    channel.waiting = []
    const updates = [...waiting, ...burst]
    const merged = merge(updates)
    if (merged === undefined) {
      // One of them is malformed: each is judged by itself, and only that one is refused.
      for (const update of updates) this.#admitOrRefuse(channel, update, 1)
      return
    }
    const verdict = this.#offer(channel, merged)
    if (updates.length > 1 && isPoisoned(verdict)) {
      for (const update of updates) this.#admitOrRefuse(channel, update, 1)
      return
    }
    const news = waiting.length > 0 ? merge(burst) : undefined
    if (verdict !== 'incomplete' || channel.offers >= maxOffers) {
      this.#admitOrRefuse(channel, merged, updates.length, verdict)
    } else if (news !== undefined && this.#standsAlone(channel, news)) {
      // The client goes on without what the others wait for: that was refused, and the client has replaced its copy.
      this.#giveUp(channel, waiting)
      this.#admitOrRefuse(channel, news, burst.length)
    } else this.#awaitRest(channel, updates)
  }

  #standsAlone({ connection }: Channel, update: Uint8Array): boolean {
    return connection !== undefined && this.#services.documents.isNewsThatFits(connection.document, update)
  }

  #giveUp(channel: Channel, waiting: readonly Uint8Array[]): void {
    const update = merge(waiting)
    if (update === undefined) return
    const { documents } = this.#services
    const verdict = documents.refuse(channel.name, this.#socket.principal, update, 'update/not-applied')
    this.#answer(channel, waiting.length, verdict)
  }

  #offer(channel: Channel, update: Uint8Array): Offered {
    const { connection, name } = channel
    const { principal } = this.#socket
    if (connection === undefined || principal === undefined) return undefined
    return this.#services.documents.offerFromClient(connection.document, name, principal, update)
  }

  /** Holds updates back until what they build on arrives, and asks for it: any provider answers with what it has. */
  #awaitRest(channel: Channel, updates: Uint8Array[]): void {
    channel.waiting = updates
    channel.offers++
    const { connection } = channel
    if (channel.offers > 1 || connection === undefined) return
    this.#socket.write(syncStep1Frame(channel.address, Y.encodeStateVector(connection.document)))
  }

  #admitOrRefuse(
    channel: Channel,
    update: Uint8Array,
    frames: number,
    verdict: Offered = this.#offer(channel, update),
  ): void {
    channel.offers = 0
    if (verdict === undefined) return
    const { documents } = this.#services
    const code = verdict === 'incomplete' ? 'update/not-applied' : verdict
    const settled =
      typeof code === 'string' ? documents.refuse(channel.name, this.#socket.principal, update, code) : code
    this.#answer(channel, frames, settled)
  }

  /** Sends the acknowledgements of `frames` writes once the verdict is durable; tickets never fall, so order holds. */
  #answer(channel: Channel, frames: number, verdict: Verdict): void {
    if (verdict.code !== undefined) this.#services.counters.refused(verdict.code)
    this.#services.commit.whenDurable(verdict.ticket, () => {
      // Whoever has left the document and come back would take the answer for one to what it has sent since.
      if (!this.#socket.isCurrent(channel)) return
      const status = syncStatusFrame(channel.address, verdict.code === undefined)
      for (let sent = 0; sent < frames; sent++) this.#socket.write(status)
      if (verdict.code !== undefined) {
        this.#tell(channel, { type: 'refused', code: verdict.code, quarantineId: verdict.quarantineId })
      } else if (verdict.putBack.length > 0) {
        this.#tell(channel, { type: 'putBack', paths: verdict.putBack })
      }
    })
    // The client has to send again what could not be applied; asking for it works with any provider.
    if (verdict.code === 'update/not-applied' && channel.connection !== undefined) {
      this.#socket.write(syncStep1Frame(channel.address, Y.encodeStateVector(channel.connection.document)))
    }
  }

  #tell(channel: Channel, message: Parameters<typeof encodeServerMessage>[0]): void {
    this.#socket.write(statelessFrame(channel.address, encodeServerMessage(message)))
  }
}

/** What became of an update that was offered: admitted, not yet complete, or why not; undefined when nobody is there. */
type Offered = Verdict | 'incomplete' | ErrorCode | undefined

/**
 * Refused for what it holds, so that of a burst only the part that holds it is (SYNC 7). What comes from a copy of
 * another record is refused together with everything that builds on it.
 */
function isPoisoned(offered: Offered): boolean {
  return offered === 'update/malformed'
}

/** Merges a burst; undefined when one of the updates is malformed. */
function merge(updates: readonly Uint8Array[]): Uint8Array | undefined {
  const [only] = updates
  if (updates.length === 1) return only
  try {
    return Y.mergeUpdates([...updates])
  } catch {
    return undefined
  }
}
