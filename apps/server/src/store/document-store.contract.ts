import type { DocumentName } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Batch,
  type CatalogueQuery,
  type Description,
  type DocumentStore,
  emptyBatch,
  type LogEntry,
  type QuarantinedUpdate,
} from './document-store.ts'

/** What a store can do beyond the port, for the parts of the contract that need it. */
export interface StoreUnderTest {
  readonly store: DocumentStore
  /** Closes and opens again on the same data; asked of durable stores only. */
  reopen(): Promise<DocumentStore>
  /** What is in quarantine, in any order. */
  quarantine(): Promise<readonly Pick<QuarantinedUpdate, 'id' | 'code'>[]>
  /** Ends the test. */
  close(): Promise<void>
}

const one = 'meridian/opportunity/00000000-0000-7000-8000-000000000001' as DocumentName
const two = 'meridian/contact/00000000-0000-7000-8000-000000000002' as DocumentName
const other = 'rival/opportunity/00000000-0000-7000-8000-000000000003' as DocumentName

let clock = 0
function entry(document: DocumentName, byte: number): LogEntry {
  return {
    document,
    update: new Uint8Array([byte]),
    author: { id: 'ana', name: 'Ana Castillo' },
    origin: 'device',
    receivedAt: ++clock,
    changes: [{ path: 'fields.name', action: 'set', before: byte - 1, after: byte, editedAt: clock }],
  }
}

function description(document: DocumentName, title: string): Description {
  const [organizationId = '', kind] = document.split('/')
  return {
    document,
    organizationId,
    kind: kind as Description['kind'],
    territoryId: `${organizationId}-north`,
    title,
    summary: { stage: 'engaging', amount: 5 },
  }
}

function quarantined(id: string): QuarantinedUpdate {
  return {
    id,
    document: one,
    code: 'update/malformed',
    authorId: 'ana',
    receivedAt: 5,
    update: new Uint8Array([9]),
  }
}

const batch = (parts: Partial<Batch>): Batch => ({ ...emptyBatch, ...parts })

/** Memory has nothing to come back to: the test is not asked of it. */
function ignored(_title: string, _run: () => Promise<void>): void {}

/** The promises of the port `DocumentStore`, for one adapter. */
export function documentStoreContract(
  name: string,
  { open, durable }: { readonly open: () => Promise<StoreUnderTest>; readonly durable: boolean },
): void {
  describe(`document store: ${name}`, () => {
    let subject: StoreUnderTest
    let store: DocumentStore
    beforeEach(async () => {
      subject = await open()
      store = subject.store
    })
    afterEach(() => subject.close())

    test('[STO-1] what a commit wrote can be read when it resolves', async () => {
      await store.commit(batch({ entries: [entry(one, 1)], descriptions: [description(one, 'One')] }))
      expect(await store.load(one)).toMatchObject({
        tail: [{ update: new Uint8Array([1]) }],
        snapshot: undefined,
      })
      expect(await store.load(two)).toBeUndefined()
      expect(await store.territories()).toEqual([
        { document: one, territoryId: 'meridian-north', isRemoved: false },
      ])
    })

    const keepsEverything = async () => {
      const { seqs } = await store.commit(
        batch({
          entries: [entry(one, 1), entry(one, 2), entry(two, 3)],
          descriptions: [description(one, 'One')],
          snapshots: [],
          quarantine: [quarantined('q1')],
        }),
      )
      await store.commit(
        batch({ snapshots: [{ document: one, seq: seqs[0] ?? 0, data: new Uint8Array([7]) }] }),
      )
      const before = [await store.load(one), await store.load(two), await store.history(one, { limit: 9 })]
      store = await subject.reopen()
      expect([await store.load(one), await store.load(two), await store.history(one, { limit: 9 })]).toEqual(
        before,
      )
      expect(await subject.quarantine()).toEqual([{ id: 'q1', code: 'update/malformed' }])
      const next = await store.commit(batch({ entries: [entry(one, 4)] }))
      expect(next.seqs[0]).toBeGreaterThan(seqs.at(-1) ?? Infinity)
    }
    const durableOnly = durable ? test : ignored
    durableOnly('[STO-1] everything is there after closing and opening again', keepsEverything)

    test('[STO-2] sequences rise over all documents in the order of the entries, also in large batches', async () => {
      const entries = Array.from({ length: 300 }, (_, index) =>
        entry(index % 3 === 0 ? one : two, index % 250),
      )
      const first = await store.commit(batch({ entries }))
      const second = await store.commit(batch({ entries: [entry(one, 1)] }))
      const seqs = [...first.seqs, ...second.seqs]
      expect(seqs).toHaveLength(301)
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
      const history = await store.history(two, { limit: 1000 })
      expect(history.map(({ seq }) => seq)).toEqual(
        first.seqs.filter((_, index) => index % 3 !== 0).toReversed(),
      )
      expect((await store.load(two))?.tail.map(({ update }) => update[0])).toEqual(
        entries.filter(({ document }) => document === two).map(({ update }) => update[0]),
      )
    })

    test('[STO-3] the history of a document is read newest first, page by page, and never changes', async () => {
      const { seqs } = await store.commit(batch({ entries: [1, 2, 3, 4, 5].map((byte) => entry(one, byte)) }))
      const all = await store.history(one, { limit: 10 })
      expect(all.map(({ seq }) => seq)).toEqual(seqs.toReversed())
      expect(all[0]).toMatchObject({
        author: { id: 'ana', name: 'Ana Castillo' },
        origin: 'device',
        changes: [{ path: 'fields.name', before: 4, after: 5 }],
      })
      const page = await store.history(one, { limit: 2 })
      const rest = await store.history(one, { limit: 10, before: page.at(-1)?.seq })
      expect([...page, ...rest]).toEqual(all)
      await store.commit(batch({ entries: [entry(one, 6)] }))
      expect((await store.history(one, { limit: 10 })).slice(1)).toEqual(all)
    })

    test('[STO-4] a load gives the newest snapshot and what came after it, in order', async () => {
      const entries = [1, 2, 3].map((byte) => entry(one, byte))
      const { seqs } = await store.commit(batch({ entries }))
      const [, second = 0, third = 0] = seqs
      await store.commit(
        batch({ snapshots: [{ document: one, seq: seqs[0] ?? 0, data: new Uint8Array([70]) }] }),
      )
      const writers = [[4_294_967_295, 'ana']] as const
      const { document: _, ...last } = entries[2] ?? entry(one, 0)
      const edit = {
        author: 'ana',
        isPerson: true,
        editedAt: 1,
        receivedAt: 2,
        before: { status: 'planned' },
      }
      const lastEdits = [['activities.a1', edit]] as const
      const snapshot = { document: one, seq: second, data: new Uint8Array([71]), writers, lastEdits }
      await store.commit(batch({ snapshots: [snapshot] }))
      expect(await store.load(one)).toEqual({
        snapshot,
        tail: [last],
        head: third,
      })
      await store.commit(batch({ snapshots: [{ document: one, seq: third, data: new Uint8Array([72]) }] }))
      expect(await store.load(one)).toMatchObject({ tail: [], head: third })
    })

    test('[STO-4] an entry and a snapshot in one batch belong together', async () => {
      const { seqs } = await store.commit(batch({ entries: [entry(one, 1)] }))
      const next = await store.commit(
        batch({
          entries: [entry(one, 2)],
          snapshots: [{ document: one, seq: seqs[0] ?? 0, data: new Uint8Array([70]) }],
        }),
      )
      expect(await store.load(one)).toMatchObject({
        tail: [{ update: new Uint8Array([2]) }],
        head: next.seqs[0],
      })
    })

    test('[STO-6] an update that is quarantined again under the same id is kept once', async () => {
      await store.commit(batch({ quarantine: [quarantined('q1'), quarantined('q1')] }))
      await store.commit(
        batch({ entries: [entry(one, 1)], quarantine: [quarantined('q1'), quarantined('q2')] }),
      )
      const kept = await subject.quarantine()
      expect(kept.map(({ id }) => id).toSorted()).toEqual(['q1', 'q2'])
      expect((await store.load(one))?.tail).toHaveLength(1)
    })

    test('[STO-7] the catalogue lists an organization by head, and moves a row with each entry', async () => {
      const made = await store.commit(
        batch({
          entries: [entry(one, 1), entry(two, 1), entry(other, 1)],
          descriptions: [description(one, 'One'), description(two, 'Two'), description(other, 'Other')],
        }),
      )
      const rows = await store.catalogue('meridian', { after: 0 })
      expect(rows.map(({ title, head }) => [title, head])).toEqual([
        ['One', made.seqs[0]],
        ['Two', made.seqs[1]],
      ])
      expect(rows[0]).toMatchObject({ ...description(one, 'One') })
      const moved = await store.commit(batch({ entries: [entry(one, 2)] }))
      const after = await store.catalogue('meridian', { after: made.seqs[1] ?? 0 })
      expect(after.map(({ title, head }) => [title, head])).toEqual([['One', moved.seqs[0]]])
      await store.commit(batch({ entries: [entry(one, 3)], descriptions: [description(one, 'Renamed')] }))
      expect((await store.catalogue('meridian', { after: 0 })).map(({ title }) => title)).toEqual([
        'Two',
        'Renamed',
      ])
      expect((await store.catalogue('rival', { after: 0 })).map(({ title }) => title)).toEqual(['Other'])
      expect(await store.catalogue('nobody', { after: 0 })).toEqual([])
    })

    test('[LOG-9] a row that is marked as older than the log is named until it is described', async () => {
      const made = await store.commit(
        batch({
          entries: [entry(one, 1), entry(two, 1)],
          descriptions: [description(one, 'One'), description(two, 'Two')],
        }),
      )
      expect(await store.undescribed()).toEqual([])
      const [head] = (await store.commit(batch({ entries: [entry(one, 2)], undescribed: [one] }))).seqs
      await store.commit(batch({ entries: [entry(two, 2)], undescribed: [two] }))
      // An entry that changes nothing that lists show leaves the mark.
      await store.commit(batch({ entries: [entry(two, 3)] }))
      store = await subject.reopen()
      expect((await store.undescribed()).toSorted()).toEqual([two, one].toSorted())
      expect((await store.catalogue('meridian', { after: 0 }))[0]).toMatchObject({ title: 'One', head })
      await store.commit(batch({ descriptions: [description(one, 'Renewed'), description(other, 'None')] }))
      expect(await store.undescribed()).toEqual([two])
      const [row] = await store.catalogue('meridian', { after: made.seqs[1] ?? 0 })
      expect(row).toMatchObject({ ...description(one, 'Renewed'), head })
      expect(await store.catalogue('rival', { after: 0 })).toEqual([])
      await store.commit(batch({ entries: [entry(two, 4)], descriptions: [description(two, 'Two')] }))
      expect(await store.undescribed()).toEqual([])
    })

    test('[STO-7] a page of the catalogue holds so many rows, of the territories that are asked for', async () => {
      const names = Array.from(
        { length: 6 },
        (_, index) => `meridian/contact/00000000-0000-7000-8000-00000000010${index}` as DocumentName,
      )
      const described = names.map((name, index) => ({
        ...description(name, `Number ${index}`),
        territoryId: index % 2 === 0 ? 'even' : 'odd',
      }))
      const entries = names.map((name) => entry(name, 1))
      const { seqs } = await store.commit(batch({ entries, descriptions: described }))
      const titles = async (query: CatalogueQuery) =>
        (await store.catalogue('meridian', query)).map(({ title }) => title)
      expect(await titles({ after: 0, limit: 2 })).toEqual(['Number 0', 'Number 1'])
      expect(await titles({ after: seqs[1] ?? 0, limit: 2 })).toEqual(['Number 2', 'Number 3'])
      expect(await titles({ after: 0, territoryIds: ['odd'] })).toEqual(['Number 1', 'Number 3', 'Number 5'])
      expect(await titles({ after: seqs[1] ?? 0, limit: 1, territoryIds: ['odd'] })).toEqual(['Number 3'])
      expect(await titles({ after: 0, territoryIds: [] })).toEqual([])
      expect(await store.headOf('meridian')).toBe(seqs.at(-1))
      expect(await store.headOf('nobody')).toBe(0)
    })

    test('[STO-11] a row remembers where its document was, and stays when it is removed', async () => {
      const at = (territoryId: string) => [{ ...description(one, 'One'), territoryId }]
      const rowOf = async () => (await store.catalogue('meridian', { after: 0, territoryIds: ['a'] }))[0]
      await store.commit(batch({ entries: [entry(one, 1)], descriptions: at('a') }))
      expect(await rowOf()).toMatchObject({ territoryId: 'a', former: [], isRemoved: false })
      const moved = await store.commit(batch({ entries: [entry(one, 2)], descriptions: at('b') }))
      const leftFirst = { territoryId: 'a', leftAt: moved.seqs[0] }
      expect(await rowOf()).toMatchObject({ territoryId: 'b', former: [leftFirst] })
      // Described late: it moved with its last entry.
      const late = await store.commit(batch({ entries: [entry(one, 3)], undescribed: [one] }))
      await store.commit(batch({ descriptions: at('c') }))
      const former = [leftFirst, { territoryId: 'b', leftAt: late.seqs[0] }]
      expect(await rowOf()).toMatchObject({ territoryId: 'c', former })
      await store.commit(batch({ entries: [entry(one, 4)], descriptions: at('c') }))
      const removed = await store.commit(batch({ entries: [entry(one, 5)], removed: [one] }))
      store = await subject.reopen()
      expect(await rowOf()).toMatchObject({
        territoryId: 'c',
        former,
        isRemoved: true,
        head: removed.seqs[0],
      })
      expect(await store.territories()).toEqual([{ document: one, territoryId: 'c', isRemoved: true }])
      expect(await store.history(one, { limit: 9 })).toHaveLength(5)
    })

    test('[STO-12] the log is read on from any sequence, with everything that events are made of', async () => {
      const marks = [
        { type: 'conflict', id: 'c', path: 'fields.name', status: 'open', people: ['ana', 'ben'] },
      ] as const
      const entries = [entry(one, 1), { ...entry(other, 2), marks }, entry(two, 3)]
      expect(await store.head()).toBe(0)
      const { seqs } = await store.commit(batch({ entries }))
      const logged = entries.map(({ update: _update, ...rest }, index) => ({ ...rest, seq: seqs[index] }))
      store = await subject.reopen()
      expect(await store.entriesAfter(0, 9)).toEqual(logged)
      expect(await store.entriesAfter(seqs[0] ?? 0, 1)).toEqual([logged[1]])
      expect(await store.entriesAfter(seqs[2] ?? 0, 9)).toEqual([])
      expect(await store.head()).toBe(seqs[2])
      expect((await store.load(other))?.tail[0]?.marks).toEqual(marks)
    })

    test('[STO-4] contents of many documents are their newest snapshots and the updates behind them', async () => {
      const entries = [entry(one, 1), entry(two, 2), entry(one, 3)]
      const { seqs } = await store.commit(batch({ entries }))
      const [first = 0, second = 0, third = 0] = seqs
      await store.commit(batch({ snapshots: [{ document: one, seq: first, data: new Uint8Array([70]) }] }))
      expect(await store.contents([two, one, other])).toEqual(
        new Map([
          [one, { snapshot: new Uint8Array([70]), tail: [new Uint8Array([3])], head: third }],
          [two, { snapshot: undefined, tail: [new Uint8Array([2])], head: second }],
        ]),
      )
      await store.commit(batch({ snapshots: [{ document: two, seq: second, data: new Uint8Array([71]) }] }))
      expect((await store.contents([two])).get(two)).toEqual({
        snapshot: new Uint8Array([71]),
        tail: [],
        head: second,
      })
      expect(await store.contents([])).toEqual(new Map())
    })

    test('[STO-8] keeps any text and any bytes', async () => {
      const title = "Zoë’s “deal” \u0000 \u{1F48A} \\ ' ; drop table"
      const update = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      await store.commit(
        batch({
          entries: [
            {
              ...entry(one, 1),
              update,
              changes: [{ path: title, action: 'set', after: title, editedAt: 1 }],
            },
          ],
          descriptions: [description(one, title)],
        }),
      )
      expect((await store.load(one))?.tail).toMatchObject([{ update }])
      expect((await store.catalogue('meridian', { after: 0 }))[0]?.title).toBe(title)
      expect((await store.history(one, { limit: 1 }))[0]?.changes[0]?.after).toBe(title)
    })

    test('an empty commit is a check of the disk', async () => {
      expect(await store.commit(emptyBatch)).toEqual({ seqs: [] })
      await expect(store.check()).resolves.toBeUndefined()
    })
  })
}
