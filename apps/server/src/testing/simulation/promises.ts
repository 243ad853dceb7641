import type { DocumentName } from '@fulqrun/protocol'
import type { OpenDocument } from '@fulqrun/sync'
import * as Y from 'yjs'
import type { MemoryDocumentStore } from '../../store/memory-document-store.ts'
import type { SimulatedTab } from './simulated-device.ts'

/** One edit of somebody, told by a text or number that occurs nowhere else. */
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
 * - An edit that was called up to date is on the server's disk at that moment, or shown as a draft that was not taken.
 * - An edit that was called saved is in the end at the server or such a draft, whatever became of its tab, unless its
 *   person has read that draft, or has given it up and has it in a file.
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

  /** What was typed into a document, everywhere. */
  marksOf(document: DocumentName): readonly string[] {
    return this.#edits.flatMap((edit) => (edit.document === document ? [edit.mark] : []))
  }

  /** `state`: what the app says about the document from now on. */
  typed(
    tab: SimulatedTab,
    document: DocumentName,
    { mark, state }: { readonly mark: string; readonly state: OpenDocument['state'] },
  ): void {
    const edit: Edit = { tab, document, mark, isSaved: false, isAcknowledged: false }
    this.#edits.push(edit)
    // At that moment, so that a crash between this write and the next counts.
    state.subscribe(() => {
      if (!tab.isDead && state.get().local === 'saved') edit.isSaved = true
    })
  }

  /** Notes what the tabs say now. Answers the edits that were called up to date although the disk has not got them. */
  async look(): Promise<string[]> {
    const broken: string[] = []
    for (const edit of this.#edits) {
      if (edit.isAcknowledged || edit.tab.isDead) continue
      const state = edit.tab.shown(edit.document)?.state.get()
      if (state === undefined || !state.loaded) continue
      if (state.local === 'saved') edit.isSaved = true
      if (state.remote !== 'synced' || state.pending > 0) continue
      if (JSON.stringify(state.refused).includes(edit.mark)) continue
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

  /**
   * In the log's changes, in what the document holds, or in a draft on the device. That the server has set an update
   * aside does not count: nobody would hear of it.
   */
  async #isKept({ document, mark, tab }: Edit): Promise<boolean> {
    const entries = await this.#kept.entriesAfter(0, Number.MAX_SAFE_INTEGER)
    if (entries.some((entry) => entry.document === document && JSON.stringify(entry.changes).includes(mark)))
      return true
    const stored = await this.#kept.load(document)
    const updates = [
      ...(stored?.snapshot === undefined ? [] : [stored.snapshot.data]),
      ...(stored?.tail.map(({ update }) => update) ?? []),
    ]
    if (updates.some((update) => holds(update, mark))) return true
    const takenAway = tab.device.takenAway.some(
      (each) => each.text.includes(mark) || each.updates.some((update) => holds(update, mark)),
    )
    return takenAway || (await tab.device.readDisk()).drafts.includes(mark)
  }
}

/** Texts stand in an update as they are, numbers do not. */
function holds(update: Uint8Array, mark: string): boolean {
  if (Buffer.from(update).includes(Buffer.from(mark))) return true
  const numbers = Y.decodeUpdate(update).structs.flatMap((struct) =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentAny ? struct.content.arr : [],
  )
  return numbers.includes(Number(mark))
}
