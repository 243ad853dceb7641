/** The page's side of search: keeps the worker told of the list, asks it, and ends it with the workspace. */
import type { DocumentName } from '@fulqrun/protocol'
import type { ListedEntry, Workspace } from '@fulqrun/sync'
import { createStore, type ReadableStore } from '../../data/store.ts'
import type { Wanted } from './marks.ts'
import { searchEntry } from './search-entry.ts'
import { newestOnly } from './newest-only.ts'
import type { NamesRequest, SearchHit, SearchRequest } from './search-index.ts'
import type { FromSearch, SearchStatus, ToSearch } from './search-messages.ts'

export interface SearchClient {
  readonly status: ReadableStore<SearchStatus>
  /** What was found, best first; undefined when somebody asked for something else meanwhile. Nothing once it has ended. */
  find(request: SearchRequest): Promise<readonly SearchHit[] | undefined>
  /** Names of the records of one kind that are found; undefined as above. */
  names(request: NamesRequest): Promise<readonly DocumentName[] | undefined>
  /** For hits in what people wrote: the place, in one line. */
  excerpts(names: readonly DocumentName[], wanted: Wanted): Promise<ReadonlyMap<DocumentName, string>>
  end(): void
}

/** As far as search needs one. */
export interface SearchWorker {
  postMessage(message: ToSearch): void
  terminate(): void
  onmessage: ((event: MessageEvent<FromSearch>) => void) | null
}

export interface SearchClientOptions {
  readonly workspace: Pick<Workspace, 'catalogue' | 'people' | 'onDevice' | 'events'>
  readonly database: string
  readonly worker: SearchWorker
  /** Runs `task` when the page has nothing better to do. */
  readonly whenIdle: (task: () => void) => void
}

/** Entries sent at once: cloning more would be felt. */
const portion = 500

export function createSearchClient(options: SearchClientOptions): SearchClient {
  return new Client(options)
}

class Client implements SearchClient {
  readonly #options: SearchClientOptions
  readonly #status = createStore<SearchStatus>({ records: 0, texts: 0 })
  readonly #asked = new Map<number, (answer: FromSearch | undefined) => void>()
  readonly #stops: (() => void)[]
  /** What the worker has been told; undefined where it must be told again. */
  readonly #sent = new Map<DocumentName, ListedEntry | undefined>()
  #isSendPlanned = false
  #hasSentAll = false
  #isEnded = false
  #lastId = 0

  constructor(options: SearchClientOptions) {
    this.#options = options
    const { workspace, worker, database } = options
    worker.onmessage = ({ data }) => this.#receive(data)
    worker.postMessage({ type: 'open', database })
    this.#planSending()
    const copiesChanged = () => {
      worker.postMessage({ type: 'copies-changed' })
    }
    this.#stops = [
      workspace.catalogue.subscribe(() => this.#planSending()),
      workspace.people.subscribe(() => {
        // Names of owners: everything is told anew, and the worker sees what is the same.
        for (const name of this.#sent.keys()) this.#sent.set(name, undefined)
        this.#planSending()
      }),
      workspace.onDevice.subscribe(copiesChanged),
      workspace.events.subscribe((event) => {
        if (event.type === 'record.changed') copiesChanged()
        else if (event.type === 'catch-up' && event.progress.phase === 'done') copiesChanged()
      }),
    ]
  }

  get status(): ReadableStore<SearchStatus> {
    return this.#status
  }

  readonly find = newestOnly(async (request: SearchRequest): Promise<readonly SearchHit[]> => {
    const answer = await this.#ask((id) => ({ type: 'find', id, ...request }))
    return answer?.type === 'found' ? answer.hits : []
  })

  readonly names = newestOnly(async (request: NamesRequest): Promise<readonly DocumentName[]> => {
    const answer = await this.#ask((id) => ({ type: 'names', id, ...request }))
    return answer?.type === 'names' ? answer.names : []
  })

  async excerpts(names: readonly DocumentName[], wanted: Wanted): Promise<ReadonlyMap<DocumentName, string>> {
    const answer = await this.#ask((id) => ({ type: 'excerpts', id, names, wanted }))
    return new Map(answer?.type === 'excerpts' ? answer.excerpts : [])
  }

  end(): void {
    this.#isEnded = true
    for (const stop of this.#stops) stop()
    this.#options.worker.terminate()
    for (const answer of this.#asked.values()) answer(undefined)
    this.#asked.clear()
  }

  #ask(question: (id: number) => ToSearch): Promise<FromSearch | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined)
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve) => {
      this.#asked.set(id, resolve)
      this.#options.worker.postMessage(question(id))
    })
  }

  #receive(message: FromSearch): void {
    if (message.type === 'status') {
      this.#status.set({ records: message.records, texts: message.texts })
      return
    }
    this.#asked.get(message.id)?.(message)
    this.#asked.delete(message.id)
  }

  #planSending(): void {
    if (this.#isSendPlanned) return
    this.#isSendPlanned = true
    this.#options.whenIdle(() => {
      this.#isSendPlanned = false
      if (!this.#isEnded) this.#send()
    })
  }

  /** Tells the worker the next portion of what it does not know, and comes back for the rest. */
  #send(): void {
    const { workspace, worker } = this.#options
    const entries = workspace.catalogue.get()
    const changed: ListedEntry[] = []
    for (const entry of entries) {
      if (this.#sent.get(entry.name) === entry) continue
      changed.push(entry)
      if (changed.length === portion) break
    }
    const isLast = changed.length < portion
    const removed = isLast ? this.#unlisted(entries) : []
    const isWhole = isLast && !this.#hasSentAll
    if (changed.length > 0 || removed.length > 0 || isWhole) {
      const names = new Map(workspace.people.get().map(({ id, name }) => [id, name]))
      worker.postMessage({
        type: 'list',
        changed: changed.map((entry) => searchEntry(entry, (id) => names.get(id) ?? '')),
        removed,
        isWhole,
      })
    }
    for (const entry of changed) this.#sent.set(entry.name, entry)
    for (const name of removed) this.#sent.delete(name)
    if (isLast) this.#hasSentAll = true
    else this.#planSending()
  }

  #unlisted(entries: readonly ListedEntry[]): readonly DocumentName[] {
    if (this.#sent.size === 0) return []
    const listed = new Set(entries.map(({ name }) => name))
    return [...this.#sent.keys()].filter((name) => !listed.has(name))
  }
}
