import type { DocumentName } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type {
  Batch,
  CommitReceipt,
  Description,
  LogEntry,
  QuarantinedUpdate,
} from '../store/document-store.ts'
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts'

const one = 'meridian/opportunity/00000000-0000-7000-8000-000000000001' as DocumentName
const two = 'meridian/opportunity/00000000-0000-7000-8000-000000000002' as DocumentName

/** A store that commits when it is told to. */
class ScriptedStore {
  readonly batches: Batch[] = []
  #seq = 0
  #pending: ((outcome: Error | undefined) => void)[] = []

  commit(batch: Batch): Promise<CommitReceipt> {
    this.batches.push(batch)
    return new Promise((resolve, reject) => {
      this.#pending.push((error) => {
        if (error === undefined) resolve({ seqs: batch.entries.map(() => ++this.#seq) })
        else reject(error)
      })
    })
  }

  async succeed(): Promise<void> {
    this.#pending.shift()?.(undefined)
    await settled()
  }

  async fail(): Promise<void> {
    this.#pending.shift()?.(new Error('disk I/O error'))
    await settled()
  }
}

/** The turn of the event loop that a batch is gathered in, and the promises of the commit, are over. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

/** A second, and the turn of the event loop after it. */
async function overASecond(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1001)
}

function entry(document: DocumentName, byte = 1): LogEntry {
  const author = { id: 'ana', name: 'Ana' }
  return { document, update: new Uint8Array([byte]), author, origin: 'device', receivedAt: 1, changes: [] }
}

const quarantined: QuarantinedUpdate = {
  id: 'q',
  document: one,
  code: 'update/malformed',
  authorId: 'ana',
  receivedAt: 1,
  update: new Uint8Array(7),
}

function describeDocument(document: DocumentName): Description {
  return {
    document,
    organizationId: 'meridian',
    kind: 'opportunity',
    territoryId: 't',
    title: 'x',
    summary: {},
  }
}

let store: ScriptedStore
beforeEach(() => {
  vi.useFakeTimers()
  store = new ScriptedStore()
})
afterEach(() => {
  vi.useRealTimers()
})

function open(options: Partial<GroupCommitOptions> = {}): GroupCommit {
  return new GroupCommit({ store, describe: describeDocument, retryDelaysMs: [10, 20], ...options })
}

describe('group commit', () => {
  test('[LOG-1] nobody is called before the store has said that it is on disk', async () => {
    const commit = open()
    const done = vi.fn<() => void>()
    commit.whenDurable(commit.append(entry(one), { describe: false }), done)
    await settled()
    expect(store.batches).toHaveLength(1)
    expect(done).not.toHaveBeenCalled()
    await store.succeed()
    expect(done).toHaveBeenCalledOnce()
    const late = vi.fn<() => void>()
    commit.whenDurable(commit.last, late)
    expect(late).toHaveBeenCalledOnce()
  })

  test('[LOG-1] what arrives during a commit gathers for the next', async () => {
    const commit = open()
    commit.append(entry(one, 1), { describe: false })
    await settled()
    const done = vi.fn<() => void>()
    commit.whenDurable(commit.append(entry(one, 2), { describe: false }), done)
    commit.append(entry(two, 3), { describe: false })
    await settled()
    expect(store.batches).toHaveLength(1)
    await store.succeed()
    expect(done).not.toHaveBeenCalled()
    expect(store.batches.map(({ entries }) => entries.map(({ update }) => update[0]))).toEqual([[1], [2, 3]])
    await store.succeed()
    expect(done).toHaveBeenCalledOnce()
  })

  test('[LOG-2] callbacks run in the order of their tickets, whoever asked first', async () => {
    const commit = open()
    const order: number[] = []
    const first = commit.append(entry(one), { describe: false })
    const second = commit.append(entry(two), { describe: false })
    const third = commit.quarantine(quarantined)
    for (const ticket of [third, first, second]) commit.whenDurable(ticket, () => order.push(ticket))
    await settled()
    await store.succeed()
    expect(order).toEqual([first, second, third])
  })

  test('[LOG-3] the same batch is tried again until the store takes it, and says since when it has not', async () => {
    const failures: number[] = []
    const commit = open({ onFailure: (_error, attempt) => failures.push(attempt), now: () => 1234 })
    const done = vi.fn<() => void>()
    commit.whenDurable(commit.append(entry(one, 5), { describe: true }), done)
    await settled()
    await store.fail()
    expect(commit.failingSince).toBe(1234)
    await vi.advanceTimersByTimeAsync(10)
    await store.fail()
    await vi.advanceTimersByTimeAsync(20)
    expect(store.batches).toHaveLength(3)
    expect(new Set(store.batches).size).toBe(1)
    expect(done).not.toHaveBeenCalled()
    await store.succeed()
    expect(done).toHaveBeenCalledOnce()
    expect(failures).toEqual([1, 2])
    expect(commit.failingSince).toBeUndefined()
  })

  test('[LOG-4] a document is dirty from its first entry until its last one is on disk', async () => {
    const commit = open()
    expect(commit.isDirty(one)).toBe(false)
    commit.append(entry(one), { describe: false })
    await settled()
    commit.append(entry(one), { describe: false })
    expect(commit.isDirty(one)).toBe(true)
    await store.succeed()
    expect(commit.isDirty(one)).toBe(true)
    await store.fail()
    expect(commit.isDirty(one)).toBe(true)
    await vi.advanceTimersByTimeAsync(10)
    await store.succeed()
    expect(commit.isDirty(one)).toBe(false)
  })

  test('[LOG-4] a refused update makes nothing dirty', () => {
    const commit = open()
    commit.quarantine(quarantined)
    expect(commit.isDirty(one)).toBe(false)
  })

  test('[LOG-5] what a description, a snapshot or a callback throws is told, and stops nothing', async () => {
    const errors: unknown[] = []
    const throwing = (what: string) => () => {
      throw new Error(what)
    }
    const commit = open({
      describe: throwing('describe'),
      onCommitted: throwing('committed'),
      onEntries: throwing('entries'),
      onError: (error) => errors.push((error as Error).message),
    })
    const done = vi.fn<() => void>()
    const ticket = commit.append(entry(one), { describe: true })
    commit.snapshot(one, throwing('snapshot'))
    commit.whenDurable(ticket, throwing('callback'))
    commit.whenDurable(ticket, done)
    await settled()
    await store.succeed()
    expect(done).toHaveBeenCalledOnce()
    expect(errors).toEqual(['describe', 'snapshot', 'callback', 'committed', 'entries'])
    commit.whenDurable(commit.append(entry(one), { describe: false }), done)
    await settled()
    await store.succeed()
    expect(done).toHaveBeenCalledTimes(2)
  })

  test('[FEED-2] entries are told once each, with their sequences, when they are on disk and not before', async () => {
    const told: (readonly [number, DocumentName])[] = []
    const order: string[] = []
    const commit = open({
      onEntries: (entries) => {
        order.push('told')
        told.push(...entries.map(({ seq, document }) => [seq, document] as const))
      },
    })
    commit.append(entry(one), { describe: false })
    const ticket = commit.append(entry(two), { describe: false })
    commit.whenDurable(ticket, () => order.push('acknowledged'))
    await settled()
    await store.fail()
    await vi.advanceTimersByTimeAsync(100)
    expect(told).toEqual([])
    await store.succeed()
    expect(told).toEqual([
      [1, one],
      [2, two],
    ])
    expect(order).toEqual(['acknowledged', 'told'])
    // A batch without entries has nothing to tell.
    commit.quarantine(quarantined)
    await settled()
    await store.succeed()
    expect(order).toEqual(['acknowledged', 'told'])
  })

  test('[LST-6] a removal is in the batch of its entry', async () => {
    const commit = open()
    commit.append(entry(one), { describe: false })
    commit.append(entry(two), { describe: false, removes: true })
    await settled()
    expect(store.batches.map(({ entries, removed }) => [entries.length, removed])).toEqual([[2, [two]]])
    await store.succeed()
  })

  test('[LOG-6] a snapshot is taken with the last of what is queued, when a queue takes several batches', async () => {
    const commit = open()
    const takes: number[] = []
    for (let index = 0; index < 4500; index++) commit.append(entry(one), { describe: false })
    commit.snapshot(one, () => {
      takes.push(store.batches.length)
      return { document: one, seq: 1, data: new Uint8Array(3) }
    })
    await settled()
    await store.succeed()
    await store.succeed()
    await store.succeed()
    expect(store.batches.map(({ entries, snapshots }) => [entries.length, snapshots.length])).toEqual([
      [2000, 0],
      [2000, 0],
      [500, 1],
    ])
    expect(takes).toEqual([2])
  })

  test('[LOG-6] the last snapshot of a document that was asked for is the one that counts', async () => {
    const commit = open()
    const snapshot = (seq: number) => () => ({ document: one, seq, data: new Uint8Array(1) })
    commit.snapshot(one, snapshot(1))
    commit.snapshot(one, snapshot(2))
    await settled()
    expect(store.batches[0]?.snapshots.map(({ seq }) => seq)).toEqual([2])
  })

  const edit = async (commit: GroupCommit, document: DocumentName, describe = true) => {
    commit.append(entry(document), { describe })
    await settled()
    await store.succeed()
  }
  const described = () =>
    store.batches.map(({ descriptions }) => descriptions.map(({ document }) => document))

  test('[LOG-7] a document is described once per batch, and only when it was asked for', async () => {
    const asked: DocumentName[] = []
    const commit = open({
      describe(document) {
        asked.push(document)
        return describeDocument(document)
      },
    })
    for (let index = 0; index < 5; index++) commit.append(entry(one), { describe: true })
    commit.append(entry(two), { describe: false })
    await settled()
    expect(asked).toEqual([one])
    expect(described()).toEqual([[one]])
  })

  test('[LOG-7] a document that is edited on and on is described at once, then about once a second', async () => {
    const commit = open()
    for (let tenth = 0; tenth < 30; tenth++) {
      await edit(commit, one)
      await vi.advanceTimersByTimeAsync(101)
      await store.succeed()
    }
    expect(described().flat().length).toBeGreaterThanOrEqual(3)
    expect(described().flat().length).toBeLessThanOrEqual(4)
    expect(described()[0]).toEqual([one])
    await overASecond()
    await store.succeed()
    expect(commit.undescribed).toEqual(new Set())
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
    await edit(commit, two)
    expect(described().at(-1)).toEqual([two])
  })

  test('[LOG-8] a description that was put off is marked, pending, and written without an entry', async () => {
    const committed: unknown[] = []
    const commit = open({ onCommitted: (heads) => committed.push([...heads]) })
    await edit(commit, one)
    await edit(commit, one)
    await edit(commit, one, false)
    expect(store.batches.map(({ undescribed }) => undescribed)).toEqual([[], [one], [one]])
    expect(commit.isUndescribed(one)).toBe(true)
    expect(commit.isDirty(one)).toBe(false)
    await overASecond()
    expect(commit.isUndescribed(one)).toBe(true)
    await store.succeed()
    expect(commit.isUndescribed(one)).toBe(false)
    expect(store.batches.at(-1)).toMatchObject({
      entries: [],
      descriptions: [{ document: one }],
      undescribed: [],
    })
    expect(committed.at(-1)).toEqual([[one, undefined]])
  })

  test('[LOG-8] flushing, and whoever needs one, does not wait for the second', async () => {
    const commit = open()
    for (const document of [one, two, one, two]) await edit(commit, document)
    commit.describeNow(two)
    await settled()
    expect(described().at(-1)).toEqual([two])
    await store.succeed()
    let flushed = false
    const flushing = commit.flush().then(() => (flushed = true))
    await settled()
    expect(described().at(-1)).toEqual([one])
    expect(flushed).toBe(false)
    await store.succeed()
    await flushing
    expect(commit.undescribed.size).toBe(0)
  })

  test('[LOG-7] a thousand new documents are described with their entries, what was put off a hundred at a time', async () => {
    const commit = open()
    const names = Array.from({ length: 1000 }, (_, index) => `meridian/kpi/${index}` as DocumentName)
    for (const name of names) commit.append(entry(name), { describe: true })
    await settled()
    await store.succeed()
    for (const name of names) commit.append(entry(name), { describe: true })
    await settled()
    await store.succeed()
    expect(described().map(({ length }) => length)).toEqual([1000, 0])
    await overASecond()
    for (let batch = 0; batch < 10; batch++) await store.succeed()
    expect(described().map(({ length }) => length)).toEqual([
      1000,
      0,
      ...Array.from({ length: 10 }, () => 100),
    ])
    expect(commit.undescribed.size).toBe(0)
  })

  test('tells each document’s highest sequence, and how many bytes are on their way', async () => {
    const heads: unknown[] = []
    const commit = open({ onCommitted: (map) => heads.push([...map]) })
    commit.append(entry(one), { describe: false })
    commit.append(entry(two), { describe: false })
    commit.append(entry(one), { describe: false })
    commit.quarantine(quarantined)
    expect(commit.queuedBytes).toBe(10)
    await settled()
    await store.succeed()
    expect(heads).toEqual([
      [
        [one, 3],
        [two, 2],
      ],
    ])
    expect(commit.queuedBytes).toBe(0)
  })

  test('flush resolves when everything queued so far is on disk', async () => {
    const commit = open()
    await commit.flush()
    commit.append(entry(one), { describe: false })
    let flushed = false
    const flushing = commit.flush().then(() => (flushed = true))
    await settled()
    expect(flushed).toBe(false)
    await store.succeed()
    await flushing
  })

  test('once stopped it does not try again, and nobody is told that anything is on disk', async () => {
    const commit = open()
    const done = vi.fn<() => void>()
    commit.whenDurable(commit.append(entry(one), { describe: false }), done)
    await settled()
    commit.stop()
    await store.fail()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(store.batches).toHaveLength(1)
    expect(done).not.toHaveBeenCalled()
  })
})
