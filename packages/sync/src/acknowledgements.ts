/**
 * What the answers of the server will be about. Each Sync frame that carries content is answered by exactly one
 * SyncStatus, in order per document; so a queue of what each frame covered turns an answer into outbox entries.
 */
export interface Acknowledgements {
  /** A frame was sent that holds all of these outbox entries. */
  sent(entryIds: readonly string[]): void
  /** An answer came: the entries of the oldest frame, or undefined when nothing was sent (a server's surplus). */
  answered(): readonly string[] | undefined
  /** True while a frame that holds this entry is unanswered. */
  covers(entryId: string): boolean
  /** Frames without an answer. */
  readonly size: number
  /** The entries were set aside: their answers are still awaited, to keep the count, but mean nothing any more. */
  disown(): void
  /** The connection is gone: nothing more will be answered. */
  clear(): void
}

export function createAcknowledgements(): Acknowledgements {
  let frames: (readonly string[])[] = []
  return {
    sent: (entryIds) => {
      frames.push(entryIds)
    },
    answered: () => frames.shift(),
    covers: (entryId) => frames.some((entryIds) => entryIds.includes(entryId)),
    get size() {
      return frames.length
    },
    disown: () => {
      frames = frames.map(() => [])
    },
    clear: () => {
      frames = []
    },
  }
}
