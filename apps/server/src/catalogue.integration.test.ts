import { once } from 'node:events'
import { existsSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import {
  type CatalogueEntry,
  type CataloguePage,
  documentEndpoint,
  type DocumentName,
  encodePush,
  endpoints,
  financialsEndpoint,
  type HistoryPage,
  personHeader,
  type Problem,
} from '@fulqrun/protocol'
import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { forgetLogIdentity } from './log/log-identity.ts'
import { SqliteDocumentStore } from './store/sqlite/sqlite-document-store.ts'
import type { PersonId } from './testing/people.ts'
import { seedRecords } from './testing/seed-records.ts'
import { north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** The catalogue in pages, and records that move and go. */

let server: TestServer
let seeded: DocumentName[] = []

/** A server whose log holds so many records of territory North. */
async function serverWith(count: number): Promise<TestServer> {
  return openTestServer({
    async openStore(file) {
      const store = await SqliteDocumentStore.open(file)
      if ((await store.head()) === 0) seeded = await seedRecords(store, { count, territoryId: north })
      return store
    },
  })
}

async function page(id: PersonId, query = ''): Promise<CataloguePage> {
  return (await server.person(id)).get<CataloguePage>(`/api/catalogue${query}`)
}

async function move(id: PersonId, name: DocumentName, territoryId: string, reason = 'Ana covers it now') {
  return (await server.person(id)).api('PUT', documentEndpoint(name, 'territory'), {
    body: { territoryId, reason },
  })
}

async function remove(id: PersonId, name: DocumentName, body: object = { reason: 'entered twice' }) {
  return (await server.person(id)).api('DELETE', documentEndpoint(name), { body })
}

const problemOf = async (answer: Response) => ((await answer.json()) as Problem).code

afterEach(() => server[Symbol.asyncDispose]())

describe('pages', () => {
  beforeEach(async () => {
    server = await serverWith(1000)
  })

  test('[LST-1] with a writer at work list every record, and no row twice', async () => {
    const ana = await server.connect('ana')
    // Records from the front of the list, which move to its end while it is read.
    const channels = await Promise.all(seeded.slice(0, 20).map((name) => ana.open(name)))
    const listed = new Map<DocumentName, CatalogueEntry>()
    const rows = new Set<string>()
    const pages: CataloguePage[] = []
    let cursor = ''
    for (let more = true; more;) {
      const next: CataloguePage = await page('ben', `?limit=150&cursor=${cursor}`)
      for (const entry of next.entries) {
        expect(rows).not.toContain(`${entry.name} ${entry.head}`)
        rows.add(`${entry.name} ${entry.head}`)
        listed.set(entry.name, entry)
      }
      pages.push(next)
      ;({ more, cursor } = next)
      const writer = channels[pages.length]
      if (writer === undefined || !more) continue
      setField(writer.doc, 'fields.name', `Renamed on page ${pages.length}`, { now: Date.now() })
      await writer.answered()
    }
    expect([...listed.keys()].toSorted()).toEqual(seeded.toSorted())
    expect(pages.every(({ complete }) => complete)).toBe(true)
    expect(pages.map(({ first }) => first)).toEqual(pages.map((_, index) => index === 0))
    expect(pages.length).toBeGreaterThan(6)
    const renamed = [...listed.values()].filter(({ title }) => title.startsWith('Renamed on page'))
    expect(renamed.length).toBeGreaterThan(5)
    // From here on only what changes.
    const after = await page('ben', `?limit=150&cursor=${cursor}`)
    expect(after).toMatchObject({ complete: false, first: false, more: false, entries: [], removed: [] })
  })

  test('[LST-1] of what has changed follow each other, and without a limit there is one', async () => {
    const all = await page('ben')
    expect(all).toMatchObject({ complete: true, first: true, more: false })
    expect(all.entries).toHaveLength(1000)
    const heads = all.entries.map(({ head }) => head)
    const mark = all.cursor.split('.')[1]
    let cursor = `${heads[399]}.${mark}`
    const changed: DocumentName[] = []
    for (let more = true; more;) {
      const next: CataloguePage = await page('ben', `?limit=250&cursor=${cursor}`)
      expect(next.complete).toBe(false)
      changed.push(...next.entries.map(({ name }) => name))
      ;({ more, cursor } = next)
    }
    expect(changed).toEqual(seeded.slice(400))
    expect(cursor).toBe(all.cursor)
  })

  test('[LST-2] a listing that is broken off by other rights begins anew, and says so', async () => {
    const before = await page('ben', '?limit=300')
    expect(before).toMatchObject({ first: true, more: true })
    const adam = await server.person('adam')
    await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
    const after = await page('ben', `?limit=300&cursor=${before.cursor}`)
    expect(after).toMatchObject({ complete: true, first: true, more: false, entries: [], removed: [] })
    for (const strange of ['nonsense', '5', `-1.${before.cursor.split('.')[1]}`, '9'.repeat(40)])
      expect(await page('ben', `?limit=1&cursor=${strange}`)).toMatchObject({ complete: true, first: true })
    const ben = await server.person('ben')
    for (const query of ['?limit=0', '?limit=5001', '?limit=x', `?cursor=${'1'.repeat(300)}`]) {
      const answer = await ben.api('GET', `/api/catalogue${query}`)
      expect([answer.status, await problemOf(answer)]).toEqual([400, 'input/invalid'])
    }
  })

  test('[LST-9] a cursor from after the backup that the server was restored from begins anew', async () => {
    const { cursor } = await page('ben')
    const [head, mark] = cursor.split('.')
    const restored = await page('ben', `?cursor=${Number(head) + 1000}.${mark}`)
    expect(restored).toMatchObject({ complete: true, first: true })
    expect(restored.entries.length).toBeGreaterThan(0)
    expect(await page('ben', `?cursor=${restored.cursor}`)).toMatchObject({ complete: false, entries: [] })
  })

  test('[LST-9] a log that is shorter than what one device knows of it is another one, for all devices', async () => {
    const { cursor } = await page('ben')
    const [, bens] = cursor.split('.')
    const { cursor: anas } = await page('ana')
    const outrun = await page('ben', `?cursor=1000000.${bens}`)
    expect(await page('ana', `?cursor=${anas}`)).toMatchObject({ complete: true, first: true })
    // Once in the life of a process: nobody makes everybody begin anew by a cursor that they have made up.
    const { cursor: renewed } = await page('ana', `?cursor=${anas}`)
    const [, mark] = outrun.cursor.split('.')
    expect(await page('ben', `?cursor=1000000.${mark}`)).toMatchObject({ complete: true, first: true })
    expect(await page('ana', `?cursor=${renewed}`)).toMatchObject({ complete: false })
    await server.restart()
    expect(await page('ana', `?cursor=${renewed}`)).toMatchObject({ complete: false })
  })

  test('[LST-9] after a restart with a backup a cursor begins anew, although the log is as long again', async () => {
    const { cursor } = await page('ben')
    await server.restart()
    expect(await page('ben', `?cursor=${cursor}`)).toMatchObject({ complete: false, entries: [] })
    // What the command leaves in a backup.
    forgetLogIdentity(path.join(server.dataDir, 'fulqrun.sqlite'))
    await server.restart()
    const restored = await page('ben', `?cursor=${cursor}`)
    expect(restored).toMatchObject({ complete: true, first: true })
    expect(Number.parseInt(restored.cursor, 10)).toBe(Number.parseInt(cursor, 10))
    await server.restart()
    expect(await page('ben', `?cursor=${restored.cursor}`)).toMatchObject({ complete: false, entries: [] })
    expect(existsSync(path.join(server.dataDir, 'crashes'))).toBe(true)
  })

  test('[LST-4] somebody without records is told so without a look at those of others', async () => {
    const adam = await server.person('adam')
    await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
    const first = await page('ben', '?limit=100')
    expect(first).toMatchObject({ complete: true, more: false, entries: [] })
    // The cursor stands at the head of the organization: what others have written is not read again next time.
    expect(Number(first.cursor.split('.')[0])).toBe((await page('adam')).entries.at(-1)?.head)
  })
})

describe('a record that is moved', () => {
  beforeEach(async () => {
    server = await serverWith(3)
    const adam = await server.person('adam')
    await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
  })

  test('[LST-3] is gone for exactly those who could see it, once, and there for whoever can now', async () => {
    const [name, other] = seeded
    if (name === undefined || other === undefined) throw new Error('there are three')
    const before = Object.fromEntries(
      await Promise.all(
        (['ana', 'ben', 'mia', 'finn', 'eve'] as const).map(
          async (id) => [id, (await page(id)).cursor] as const,
        ),
      ),
    )
    expect((await move('adam', name, south)).status).toBe(204)
    const since = async (id: PersonId) => {
      const { entries, removed, complete } = await page(id, `?cursor=${before[id]}`)
      return { listed: entries.map((entry) => entry.name), removed, complete }
    }
    expect(await since('ana')).toEqual({ listed: [], removed: [name], complete: false })
    expect(await since('ben')).toEqual({ listed: [name], removed: [], complete: false })
    expect(await since('finn')).toEqual({ listed: [name], removed: [], complete: false })
    expect(await since('eve')).toEqual({ listed: [], removed: [], complete: false })
    // Once: what happens to it afterwards is nothing to those who have lost it.
    const { cursor } = await page('ana', `?cursor=${before['ana']}`)
    const finn = await server.person('finn')
    await finn.api('PUT', financialsEndpoint(name.split('/')[2] ?? ''), {
      body: { amount: 5 },
      headers: { 'if-match': '0' },
    })
    expect(await page('ana', `?cursor=${cursor}`)).toMatchObject({ entries: [], removed: [] })
    await server.restart()
    expect(await since('ana')).toEqual({ listed: [], removed: [name], complete: false })
    expect((await page('ana')).removed).toEqual([])
  })

  test('[LST-5] is moved by an admin or the manager of both territories, and whoever has lost it is detached', async () => {
    const [name] = seeded
    if (name === undefined) throw new Error('there are three')
    for (const id of ['ana', 'finn', 'cora'] as const) {
      const answer = await move(id, name, south)
      expect([answer.status, await problemOf(answer)]).toEqual([403, 'access/role'])
    }
    expect(await problemOf(await move('eve', name, south))).toBe('access/denied')
    expect(await problemOf(await move('adam', name, 'nowhere'))).toBe('input/invalid')
    expect(await problemOf(await move('adam', name, south, ' '))).toBe('input/invalid')
    const ana = await server.connect('ana')
    const channel = await ana.open(name)
    const other = await ana.open(seeded[1] ?? name)
    const adam = await server.person('adam')
    await adam.api('PATCH', '/api/admin/people/mia', { body: { territoryIds: [north] } })
    expect(await problemOf(await move('mia', name, south))).toBe('input/invalid')
    await adam.api('PATCH', '/api/admin/people/mia', { body: { territoryIds: [north, south] } })
    expect((await move('mia', name, south)).status).toBe(204)
    await ana.until(() => channel.denied !== undefined)
    expect(channel.denied).toBe('access/denied')
    // Nothing of the move itself has reached her, and her other record works on.
    expect(channel.doc.getMap('meta').get('territoryId')).toBe(north)
    setField(other.doc, 'fields.name', 'Still here', { now: Date.now() })
    await other.answered()
    expect(other.verdicts.at(-1)).toBe(true)
    const ben = await (await server.connect('ben')).open(name)
    expect(ben.doc.getMap('meta').get('territoryId')).toBe(south)
    const person = await server.person('ben')
    const { entries } = await person.get<HistoryPage>(documentEndpoint(name, 'history'))
    expect(entries[0]).toMatchObject({
      author: { id: 'mia' },
      origin: 'api',
      changes: [
        { path: 'meta.territoryId', action: 'set', before: north, after: south, reason: 'Ana covers it now' },
      ],
    })
    await server.restart()
    expect((await page('ana')).entries.map((entry) => entry.name)).not.toContain(name)
    expect((await page('ben')).entries.map((entry) => entry.name)).toEqual([name])
  })
})

describe('a record that is removed', () => {
  beforeEach(async () => {
    server = await serverWith(2)
  })

  test('[LST-6] is gone for everybody, closed where it is open, and keeps its history', async () => {
    const [name, other] = seeded
    if (name === undefined || other === undefined) throw new Error('there are two')
    const cursors = { ana: (await page('ana')).cursor, eve: (await page('eve')).cursor }
    for (const id of ['ana', 'mia', 'finn'] as const)
      expect(await problemOf(await remove(id, name))).toBe('access/role')
    expect(await problemOf(await remove('adam', name, {}))).toBe('input/invalid')
    const ana = await server.connect('ana')
    const [channel, neighbour] = [await ana.open(name), await ana.open(other)]
    expect((await remove('adam', name)).status).toBe(204)
    await ana.until(() => channel.denied !== undefined)
    expect(channel.denied).toBe('document/removed')
    setField(neighbour.doc, 'fields.name', 'Still here', { now: Date.now() })
    await neighbour.answered()
    expect(neighbour.verdicts.at(-1)).toBe(true)
    const check = async () => {
      expect((await page('ana')).entries.map((entry) => entry.name)).toEqual([other])
      expect((await page('ana', `?cursor=${cursors.ana}`)).removed).toEqual([name])
      expect((await page('eve', `?cursor=${cursors.eve}`)).removed).toEqual([])
      const again = (await server.connect('mia')).attach(name)
      await again.client.until(() => again.denied !== undefined)
      expect(again.denied).toBe('document/removed')
      const mia = await server.person('mia')
      const { entries } = await mia.get<HistoryPage>(documentEndpoint(name, 'history'))
      expect(entries[0]).toMatchObject({
        author: { id: 'adam' },
        changes: [{ path: 'meta', action: 'delete', reason: 'entered twice' }],
      })
      expect(entries.length).toBeGreaterThan(1)
    }
    await check()
    await server.restart()
    await check()
    const finn = await server.person('finn')
    const financials = await finn.api('GET', financialsEndpoint(name.split('/')[2] ?? ''))
    expect([financials.status, await problemOf(financials)]).toEqual([410, 'document/removed'])
    expect(await problemOf(await move('adam', name, south))).toBe('document/removed')
    expect(await problemOf(await remove('adam', name))).toBe('document/removed')
  })

  test('[LST-5] [LST-6] is moved and removed by whom the device takes for signed in, or not at all', async () => {
    const [name] = seeded
    if (name === undefined) throw new Error('there are two')
    const adam = await server.person('adam')
    const headers = { [personHeader]: 'mia' }
    const moved = { body: { territoryId: south, reason: 'x' }, headers }
    const path = documentEndpoint(name, 'territory')
    expect(await problemOf(await adam.api('PUT', path, moved))).toBe('auth/other-person')
    const gone = await adam.api('DELETE', documentEndpoint(name), { body: { reason: 'x' }, headers })
    expect(await problemOf(gone)).toBe('auth/other-person')
    const known = (await page('adam')).entries.find((entry) => entry.name === name)
    expect(known?.territoryId).toBe(north)
  })

  test('[LST-5] is not moved by whoever has lost the right while their request was still coming', async () => {
    const [name] = seeded
    if (name === undefined) throw new Error('there are two')
    const [adam, mia] = [await server.person('adam'), await server.person('mia')]
    const body = JSON.stringify({ territoryId: south, reason: 'x' })
    const headers = { authorization: `Bearer ${mia.bearer}`, 'content-length': body.length }
    const request = http.request(server.url + documentEndpoint(name, 'territory'), { method: 'PUT', headers })
    request.write(body.slice(0, 5))
    // The first piece has been there for a while when this is answered.
    await mia.get(endpoints.me)
    const demoted = await adam.api('PATCH', '/api/admin/people/mia', {
      body: { role: 'rep', territoryIds: [south] },
    })
    expect(demoted.status).toBe(204)
    const answered = once(request, 'response')
    request.end(body.slice(5))
    const [answer] = (await answered) as [http.IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(403)
  })

  test('[LST-6] what is written to it is refused, and kept', async () => {
    const [name] = seeded
    if (name === undefined) throw new Error('there are two')
    const ana = await (await server.connect('ana')).open(name)
    const ben = await (await server.connect('ben')).open(name)
    const gone = remove('adam', name)
    // In the same moment: whatever comes first, nothing is lost.
    setField(ana.doc, 'fields.nextStep', 'typed while it went', { now: Date.now() })
    await gone
    await ben.client.until(() => ben.denied !== undefined)
    setField(ben.doc, 'fields.nextStep', 'typed afterwards', { now: Date.now() })
    await ben.client.ping()
    const { bearer } = await server.person('ben')
    const answer = await fetch(server.url + endpoints.push, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: encodePush([{ name, update: Y.encodeStateAsUpdate(ben.doc) }]),
    })
    expect(await answer.json()).toMatchObject({ verdicts: [{ accepted: false, code: 'document/removed' }] })
    expect(server.quarantine().map(({ code }) => code)).toContain('document/removed')
    expect(server.errors()).toEqual([])
  })
})
