import type { Batch, CommitReceipt, DocumentStore } from '../store/document-store.ts'
import { SqliteDocumentStore } from '../store/sqlite/sqlite-document-store.ts'

/** The disk of a test server: works, fails or keeps everybody waiting, as it is told. */
export interface DiskSwitch {
  /** `failing`: every commit is refused. `stuck`: commits neither succeed nor fail until it works again. */
  state: 'working' | 'failing' | 'stuck'
  /** Commits tried while it did not work. */
  readonly tried: number
  work(): void
  open(file: string): Promise<DocumentStore>
}

export function createDisk(): DiskSwitch {
  let state: DiskSwitch['state'] = 'working'
  let tried = 0
  let released: (() => void)[] = []
  const commit = async (store: DocumentStore, batch: Batch): Promise<CommitReceipt> => {
    if (state !== 'working') tried++
    if (state === 'stuck') await new Promise<void>((resolve) => released.push(resolve))
    if (state === 'failing') throw new Error('disk I/O error')
    return store.commit(batch)
  }
  return {
    get state() {
      return state
    },
    set state(wanted) {
      state = wanted
    },
    get tried() {
      return tried
    },
    work() {
      state = 'working'
      for (const release of released) release()
      released = []
    },
    async open(file) {
      const store = await SqliteDocumentStore.open(file)
      return {
        commit: (batch) => commit(store, batch),
        load: (document) => store.load(document),
        history: (document, page) => store.history(document, page),
        contents: (documents) => store.contents(documents),
        entriesAfter: (after, limit) => store.entriesAfter(after, limit),
        catalogue: (organizationId, page) => store.catalogue(organizationId, page),
        headOf: (organizationId) => store.headOf(organizationId),
        head: () => store.head(),
        undescribed: () => store.undescribed(),
        territories: () => store.territories(),
        check: () => store.check(),
        close: () => store.close(),
      }
    },
  }
}
