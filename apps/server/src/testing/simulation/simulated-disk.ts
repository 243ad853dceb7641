import { MemoryDocumentStore } from '../../store/memory-document-store.ts'
import type { Batch, CommitReceipt, DocumentStore } from '../../store/document-store.ts'

/** How long a commit is on its way to the disk. */
const writeMs = 3

/**
 * The server's disk, which outlives its processes. A process that is killed in the middle of a commit leaves either all
 * of it or nothing, and hears of neither.
 */
export class SimulatedDisk {
  readonly kept = new MemoryDocumentStore()
  /** Commits wait while it stands still. */
  isStill = false
  #process = 0
  #waiting: (() => void)[] = []

  /** The store as one process uses it. */
  mount(): DocumentStore {
    const process = this.#process
    const { kept } = this
    return {
      commit: (batch) => this.#commit(process, batch),
      load: (document) => kept.load(document),
      history: (document, page) => kept.history(document, page),
      contents: (documents) => kept.contents(documents),
      entriesAfter: (after, limit) => kept.entriesAfter(after, limit),
      catalogue: (organizationId, page) => kept.catalogue(organizationId, page),
      headOf: (organizationId) => kept.headOf(organizationId),
      head: () => kept.head(),
      undescribed: () => kept.undescribed(),
      territories: () => kept.territories(),
      check: () => kept.check(),
      close: () => Promise.resolve(),
    }
  }

  goOn(): void {
    this.isStill = false
    for (const write of this.#waiting.splice(0)) write()
  }

  /** The process is killed. `isKept`: what was on its way has reached the disk. */
  crash({ isKept }: { readonly isKept: boolean }): void {
    this.#isKeptOnCrash = isKept
    this.#process += 1
    for (const write of this.#waiting.splice(0)) write()
  }

  #isKeptOnCrash = false

  #commit(process: number, batch: Batch): Promise<CommitReceipt> {
    return new Promise((resolve) => {
      const write = (): void => {
        const isAlive = process === this.#process
        if (!isAlive && !(this.#isKeptOnCrash && process === this.#process - 1)) return
        void this.kept.commit(batch).then((receipt) => {
          if (isAlive) resolve(receipt)
        })
      }
      setTimeout(() => {
        if (this.isStill && process === this.#process) this.#waiting.push(write)
        else write()
      }, writeMs)
    })
  }
}
