/**
 * What the search worker does, apart from being a worker: answers at once from what is indexed, and between answers
 * reads the copies on this device, a few at a time, and keeps the result for the next start.
 */
import type { DocumentName } from '@fulqrun/protocol'
import { excerptOf } from './marks.ts'
import { snapshotText } from './record-text.ts'
import { packTexts, savedTextsKey, unpackTexts } from './saved-texts.ts'
import type { SearchStorage } from './search-database.ts'
import { SearchIndex } from './search-index.ts'
import type { FromSearch, SearchStatus, ToSearch } from './search-messages.ts'

export interface SearchEngineOptions {
  readonly openStorage: (database: string) => SearchStorage
  readonly send: (message: FromSearch) => void
  /** Resolves when other messages have had their turn. */
  readonly pause: () => Promise<void>
  /** Calls back once, after `ms`. */
  readonly startTimer: (ms: number, fire: () => void) => void
  /** Of the clock, ms; for stopping in time. */
  readonly now: () => number
}

/** A question never waits longer than this for reading. */
const sliceMs = 8
/** Copies asked of the database at once. */
const batch = 50
/** News come in bursts; reading them can wait this long. */
const settleMs = 400
/** Writing the index takes a moment in which no question is answered: not while somebody types. */
const saveAfterMs = 5_000

export class SearchEngine {
  readonly #options: SearchEngineOptions
  readonly #index = new SearchIndex()
  #storage: SearchStorage | undefined
  #loaded: Promise<void> = Promise.resolve()
  #isReading = false
  #isReadWanted = false
  #isReadPlanned = false
  #isSavePlanned = false
  #askedAt = -saveAfterMs
  #shown: SearchStatus = { records: -1, texts: -1 }

  constructor(options: SearchEngineOptions) {
    this.#options = options
  }

  receive(message: ToSearch): void {
    switch (message.type) {
      case 'open':
        if (message.database !== undefined) this.#open(message.database)
        break
      case 'list':
        this.#list(message)
        break
      case 'copies-changed':
        this.#planReading()
        break
      case 'find':
        this.#askedAt = this.#options.now()
        this.#options.send({ type: 'found', id: message.id, hits: this.#index.find(message) })
        break
      case 'names':
        this.#askedAt = this.#options.now()
        this.#options.send({ type: 'names', id: message.id, names: this.#index.names(message) })
        break
      case 'excerpts':
        void this.#excerpts(message) // Never rejects.
        break
    }
  }

  #open(database: string): void {
    const storage = this.#options.openStorage(database)
    this.#storage = storage
    this.#loaded = this.#load(storage)
    this.#planReading()
  }

  /** Never rejects: what cannot be read is built anew from the copies. */
  async #load(storage: SearchStorage): Promise<void> {
    try {
      const saved = await storage.load(savedTextsKey)
      if (saved === undefined) return
      this.#index.load(unpackTexts(saved))
    } catch {
      await storage.remove(savedTextsKey).catch(() => undefined) // It will be overwritten, then.
    }
    this.#tell()
  }

  #list({ changed, removed, isWhole }: Extract<ToSearch, { readonly type: 'list' }>): void {
    for (const entry of changed) this.#index.put(entry)
    for (const name of removed) this.#index.remove(name)
    if (isWhole) {
      // Texts of records that are gone go as well, also when what was kept is read later than the list.
      void this.#loaded.then(() => {
        this.#index.forgetUnlisted()
        this.#tell()
      })
    }
    if (removed.length > 0) this.#planSaving()
    this.#tell()
    this.#planReading()
  }

  #planReading(): void {
    if (this.#storage === undefined || this.#isReadPlanned) return
    this.#isReadPlanned = true
    this.#options.startTimer(settleMs, () => {
      this.#isReadPlanned = false
      this.#isReadWanted = true
      if (!this.#isReading) void this.#read() // Never rejects.
    })
  }

  async #read(): Promise<void> {
    const storage = this.#storage
    if (storage === undefined) return
    this.#isReading = true
    await this.#loaded
    while (this.#isReadWanted) {
      this.#isReadWanted = false
      try {
        await this.#readCopies(storage)
      } catch {
        // The database is being erased, upgraded or full: the next news try again.
      }
      this.#tell()
    }
    this.#isReading = false
  }

  async #readCopies(storage: SearchStorage): Promise<void> {
    const here = await storage.copies()
    const behind = this.#index.behind().filter((name) => here.has(name))
    for (let from = 0; from < behind.length; from += batch) {
      const copies = await storage.read(behind.slice(from, from + batch))
      let sliceEnd = this.#options.now() + sliceMs
      for (const copy of copies) {
        this.#readCopy(copy)
        if (this.#options.now() < sliceEnd) continue
        this.#tell()
        await this.#options.pause()
        sliceEnd = this.#options.now() + sliceMs
      }
    }
  }

  #readCopy({ name, head, update }: { name: DocumentName; head: number; update: Uint8Array }): void {
    const entry = this.#index.entry(name)
    // The list may know of a newer one than has come: then this one is read once.
    if (entry === undefined || this.#index.textHead(name) === head) return
    let text = ''
    try {
      text = snapshotText(update, entry.kind)
    } catch {
      // A damaged copy is set aside and fetched again by the workspace; it is read when it has come.
    }
    this.#index.putText(name, { head, text })
    this.#planSaving()
  }

  #planSaving(): void {
    const storage = this.#storage
    if (storage === undefined || this.#isSavePlanned) return
    this.#isSavePlanned = true
    this.#options.startTimer(saveAfterMs, () => {
      this.#isSavePlanned = false
      const isAsked = this.#options.now() - this.#askedAt < saveAfterMs
      if (this.#isReading || isAsked) this.#planSaving()
      // A full disk keeps no index: it is built anew at the next start.
      else storage.save(savedTextsKey, packTexts(this.#index.save())).catch(() => undefined)
    })
  }

  async #excerpts({ id, names, wanted }: Extract<ToSearch, { readonly type: 'excerpts' }>): Promise<void> {
    const found: (readonly [DocumentName, string])[] = []
    try {
      for (const { name, update } of (await this.#storage?.read(names)) ?? []) {
        const entry = this.#index.entry(name)
        const excerpt = entry && excerptOf(snapshotText(update, entry.kind), wanted)
        if (excerpt !== undefined) found.push([name, excerpt])
      }
    } catch {
      // The hits stand without a line of what was found.
    }
    this.#options.send({ type: 'excerpts', id, excerpts: found })
  }

  #tell(): void {
    const status = { records: this.#index.size, texts: this.#index.texts }
    if (status.records === this.#shown.records && status.texts === this.#shown.texts) return
    this.#shown = status
    this.#options.send({ type: 'status', ...status })
  }
}
