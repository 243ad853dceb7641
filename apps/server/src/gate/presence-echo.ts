import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** A client speaks for one id, or for a few after a change of documents; more is not worth remembering. */
const maxOwnIds = 64

/**
 * Tells a stock client's own presence from what it merely repeats. y-websocket sends back every presence that it is
 * shown, which with n clients costs n frames for each one, grows past the limit of a frame in a full room, and says
 * nothing that the server does not know.
 */
export class PresenceEcho {
  readonly #own = new Set<number>()
  readonly #shown = new Set<number>()

  /** Notes whose presence goes to the client. */
  noteShown(payload: Uint8Array): void {
    for (const { clientId, state } of readEntries(payload)) {
      if (state === 'null') this.#shown.delete(clientId)
      else if (!this.#own.has(clientId)) this.#shown.add(clientId)
    }
  }

  /**
   * What of a presence payload the client says about itself; undefined when that is nothing. Throws when the bytes are
   * no presence.
   */
  keepOwn(payload: Uint8Array): Uint8Array | undefined {
    const entries = readEntries(payload)
    const own = entries.filter(({ clientId }) => !this.#shown.has(clientId))
    for (const { clientId } of own) if (this.#own.size < maxOwnIds) this.#own.add(clientId)
    if (own.length === entries.length) return payload
    return own.length === 0 ? undefined : writeEntries(own)
  }
}

interface Entry {
  readonly clientId: number
  readonly clock: number
  /** JSON, as it was sent. */
  readonly state: string
}

function readEntries(payload: Uint8Array): Entry[] {
  const decoder = decoding.createDecoder(payload)
  const count = decoding.readVarUint(decoder)
  const entries: Entry[] = []
  for (let index = 0; index < count; index++) {
    entries.push({
      clientId: decoding.readVarUint(decoder),
      clock: decoding.readVarUint(decoder),
      state: decoding.readVarString(decoder),
    })
  }
  if (decoding.hasContent(decoder)) throw new RangeError('more than its entries')
  return entries
}

function writeEntries(entries: readonly Entry[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length)
    for (const { clientId, clock, state } of entries) {
      encoding.writeVarUint(encoder, clientId)
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarString(encoder, state)
    }
  })
}
