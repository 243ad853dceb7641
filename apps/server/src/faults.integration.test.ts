import { awarenessFrame } from '@fulqrun/testkit'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openStockClient } from './testing/stock-client.ts'
import { openTestServer } from './testing/test-server.ts'

/** Parts of the server that throw when nobody expects it (SYNC 6). */

const faults = vi.hoisted(() => ({ admission: 0, presence: 0, description: 0 }))

function throwOnce(part: keyof typeof faults): void {
  if (faults[part] === 0) return
  faults[part]--
  throw new Error(`${part} failed, as the test wanted`)
}

vi.mock(import('@fulqrun/rules'), async (importOriginal) => {
  const rules = await importOriginal()
  const admit: typeof rules.admit = (request) => {
    if (request.authority === 'client') throwOnce('admission')
    return rules.admit(request)
  }
  return { ...rules, admit }
})

vi.mock(import('./gate/presence.ts'), async (importOriginal) => {
  const presence = await importOriginal()
  const settlePresence: typeof presence.settlePresence = (states, who) => {
    throwOnce('presence')
    presence.settlePresence(states, who)
  }
  return { ...presence, settlePresence }
})

vi.mock(import('@fulqrun/schema'), async (importOriginal) => {
  const schema = await importOriginal()
  const summarize: typeof schema.summarize = (...document) => {
    throwOnce('description')
    return schema.summarize(...document)
  }
  return { ...schema, summarize }
})

beforeEach(() => {
  Object.assign(faults, { admission: 0, presence: 0, description: 0 })
})

describe('a part that throws once', () => {
  test('[GATE-2] admission: the stock provider sends the edit again and later ones arrive (SYNC 6)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const ben = await server.person('ben')
    await using stock = openStockClient(server.syncUrl, () => ben.token())
    const opened = stock.open(ana.name)
    await opened.synced
    faults.admission = 1
    opened.doc.getMap('fields').set('nextStep', 'first')
    await ana.until(() => ana.doc.getMap('fields').get('nextStep') === 'first')
    expect(faults.admission).toBe(0)
    opened.doc.getMap('fields').set('product', 'second')
    await ana.until(() => ana.doc.getMap('fields').get('product') === 'second')
    expect(opened.provider.isAuthenticated).toBe(true)
  })

  test('[GATE-2] admission: the frame is answered with no, a reason and a question for what the server lacks (SYNC 6)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const asked = ana.questions
    faults.admission = 1
    ana.doc.getMap('fields').set('nextStep', 'first')
    await ana.until(() => ana.questions > asked)
    await ana.answered()
    expect(ana.verdicts.slice(-2)).toEqual([false, true])
    expect(ana.messages.at(-1)).toMatchObject({ type: 'refused', code: 'update/not-applied' })
  })

  test('presence: nothing of it is shown, and the next one is (SYNC 6)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    const ben = await (await server.connect('ben')).open(ana.name)
    faults.presence = 1
    const show = (clock: number) =>
      ben.client.send(
        awarenessFrame(ben.address, [{ clientId: 7, clock, state: { user: { name: 'Forged' } } }]),
      )
    show(1)
    await ben.client.ping()
    await expect.poll(() => faults.presence).toBe(0)
    show(2)
    await ana.until(() => ana.presence.has(7))
    expect(ana.presence.get(7)).toMatchObject({ user: { id: 'ben' } })
    ben.doc.getMap('fields').set('nextStep', 'still attached')
    await ana.until(() => ana.doc.getMap('fields').get('nextStep') === 'still attached')
  })

  test('[LOG-5] the description of a document: its edits and those of others are acknowledged all the same (SYNC 8)', async () => {
    await using server = await openTestServer()
    const ana = await server.newOpportunity('ana')
    faults.description = 1
    ana.doc.getMap('fields').set('nextStep', 'not described')
    await ana.answered()
    // A record that is edited on and on is described about once a second.
    await expect.poll(() => faults.description, { timeout: 30_000 }).toBe(0)
    const other = await server.newOpportunity('ben')
    expect(other.refused).toBe(0)
    ana.doc.getMap('fields').set('nextStep', 'described')
    await ana.answered()
    const mia = await server.person('mia')
    const { entries } = await mia.get<{ entries: { name: string; summary: unknown }[] }>('/api/catalogue')
    expect(entries.map(({ name }) => name)).toContain(ana.name)
    expect(server.logs.map(({ msg }) => msg)).not.toContain('a rejection was not handled')
  })
})
