/** What has come of a body. */
export interface ReceivedPart {
  readonly bytes: Uint8Array
  /** The server stopped while it came: it is the beginning of the part. */
  readonly isCut: boolean
}

interface Answer {
  once(event: 'close', told: () => void): unknown
}

/**
 * Parts of attached files that are on their way in. A server that stops reads no more of them: what has come is kept,
 * its sender is told so, and goes on from there (BLOB-14).
 */
export class OpenUploads {
  /** Ends the reading of each part that comes. */
  readonly #cuts = new Set<() => void>()
  readonly #open = new Set<object>()
  readonly #settled = Promise.withResolvers<undefined>()
  #isStopping = false

  /** Counts as open until `answer`, where there is one, has gone out. */
  opened(answer: Answer | undefined): void {
    if (answer === undefined) return
    this.#open.add(answer)
    answer.once('close', () => {
      this.#open.delete(answer)
      this.#settle()
    })
  }

  /** Rejects when the connection breaks. Undefined for a body that is longer than `maxBytes`; the rest is not read. */
  async read(
    body: ReadableStream<Uint8Array>,
    { maxBytes, onBytes }: { readonly maxBytes: number; readonly onBytes: (count: number) => void },
  ): Promise<ReceivedPart | undefined> {
    const parts: Uint8Array[] = []
    let size = 0
    const reader = body.getReader()
    // One for each part: what waits for a promise keeps what it was overtaken by, here all bytes, as long as the promise is.
    const stopping = Promise.withResolvers<'stopping'>()
    const cut = () => {
      stopping.resolve('stopping')
    }
    this.#cuts.add(cut)
    if (this.#isStopping) cut()
    try {
      for (;;) {
        const next = await Promise.race([reader.read(), stopping.promise])
        if (next === 'stopping' || next.done) {
          return { bytes: Buffer.concat(parts), isCut: next === 'stopping' }
        }
        size += next.value.byteLength
        onBytes(next.value.byteLength)
        if (size > maxBytes) return undefined
        parts.push(next.value)
      }
    } finally {
      this.#cuts.delete(cut)
      // Not cancelled: that would end the connection before the answer is out.
      reader.releaseLock()
    }
  }

  /** No more is read; resolves when everybody whose upload was cut has been told. */
  stop(): Promise<undefined> {
    this.#isStopping = true
    for (const cut of this.#cuts) cut()
    this.#settle()
    return this.#settled.promise
  }

  #settle(): void {
    if (this.#isStopping && this.#open.size === 0) this.#settled.resolve(undefined)
  }
}
