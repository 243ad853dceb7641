import type { DocumentName } from '@fulqrun/protocol'
import * as Y from 'yjs'
import type { MemoryDocumentStore } from '../../store/memory-document-store.ts'
import type { SimulatedTab } from './simulated-device.ts'

/** One edit of somebody, told by a text that occurs nowhere else. */
interface Edit {
  readonly tab: SimulatedTab
  readonly document: DocumentName
  readonly mark: string
  /** The app has said "saved on this device" since. */
  isSaved: boolean
  /** The app has said "up to date" since. */
  isAcknowledged: boolean
}

/**
 * What the app has said about edits, and whether it holds.
 *
 * - An edit that was called up to date is on the server's disk at that moment.
 * - An edit that was called saved is at the server in the end, whatever became of its tab.
 */
export class Promises {
  readonly #edits: Edit[] = []
  readonly #kept: MemoryDocumentStore

  constructor(kept: MemoryDocumentStore) {
    this.#kept = kept
  }

  get typedCount(): number {
    return this.#edits.length
  }

  get acknowledgedCount(): number {
    return this.#edits.filter(({ isAcknowledged }) => isAcknowledged).length
  }

  typed(tab: SimulatedTab, document: DocumentName, mark: string): void {
    this.#edits.push({ tab, document, mark, isSaved: false, isAcknowledged: false })
  }

  /** Notes what the tabs say now. Answers the edits that were called up to date although the disk has not got them. */
  async look(): Promise<string[]> {
    const broken: string[] = []
    for (const edit of this.#edits) {
      if (edit.isAcknowledged || edit.tab.isDead) continue
      const state = edit.tab.open(edit.document)?.state.get()
      if (state === undefined) continue
      if (state.local === 'saved') edit.isSaved = true
      if (state.remote !== 'synced' || state.pending > 0) continue
      edit.isAcknowledged = true
      edit.isSaved = true
      if (!(await this.#isKept(edit))) broken.push(`"${edit.mark}" was acknowledged and is not on the disk`)
    }
    return broken
  }

  /** At the very end: the saved edits that did not make it. */
  async settle(): Promise<string[]> {
    const lost: string[] = []
    for (const edit of this.#edits) {
      const wasPromised = edit.isSaved || edit.isAcknowledged || !edit.tab.isDead
      if (wasPromised && !(await this.#isKept(edit))) lost.push(`"${edit.mark}" was saved and is gone`)
    }
    return lost
  }

  /** In the log's changes, in an update that was not admitted, or in what the document holds. */
  async #isKept({ document, mark }: Edit): Promise<boolean> {
    const entries = await this.#kept.entriesAfter(0, Number.MAX_SAFE_INTEGER)
    if (entries.some((entry) => entry.document === document && JSON.stringify(entry.changes).includes(mark)))
      return true
    const bytes = Buffer.from(mark)
    if (this.#kept.quarantine.some(({ update }) => Buffer.from(update).includes(bytes))) return true
    const stored = await this.#kept.load(document)
    if (stored === undefined) return false
    const updates = [
      ...(stored.snapshot === undefined ? [] : [stored.snapshot.data]),
      ...stored.tail.map(({ update }) => update),
    ]
    return updates.some((update) => Buffer.from(update).includes(bytes))
  }
}

/** Everything that a document holds by root, as text that is the same on every replica. */
export function contentOf(doc: Y.Doc): ReadonlyMap<string, string> {
  const roots = [...doc.share].flatMap(([name, type]): [string, string][] => {
    const value = type instanceof Y.AbstractType ? (type.toJSON() as unknown) : undefined
    const text = JSON.stringify(sorted(value)) ?? ''
    return ['""', '{}', '[]', ''].includes(text) ? [] : [[name, text]]
  })
  return new Map(roots)
}

/** Replicas keep the keys of a map in the order in which they came. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** The first root in which two contents differ, in words; undefined when they are equal. */
export function differenceOf(
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string | undefined {
  for (const name of new Set([...found.keys(), ...wanted.keys()])) {
    const [is, should] = [found.get(name) ?? 'nothing', wanted.get(name) ?? 'nothing']
    if (is !== should) return `${name} is ${is.slice(0, 200)}, at the server ${should.slice(0, 200)}`
  }
  return undefined
}
