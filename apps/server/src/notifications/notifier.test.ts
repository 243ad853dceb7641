import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  defaultNotificationSettings,
  type DocumentName,
  type FeedEvent,
  type NotificationSettings,
} from '@fulqrun/protocol'
import { defaultPolicyTable } from '@fulqrun/rules'
import { createFakeClock } from '@fulqrun/testkit'
import webPush from 'web-push'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Grant } from '../accounts/grants.ts'
import { createLogger } from '../logger.ts'
import { openPushService, type PushService } from '../testing/push-service.ts'
import { NotificationStore } from './notification-store.ts'
import { Notifier, type RecordFacts } from './notifier.ts'
import { PushQueue, type QueueOutcome } from './push-queue.ts'
import { createSendPush } from './push-request.ts'
import { createStillDue } from './still-due.ts'

const logged: string[] = []
const logger = createLogger({
  level: 'error',
  readable: false,
  destination: { write: (line: string) => void logged.push(line) },
})
const noon = Date.parse('2026-06-01T12:00:00Z')
const documentName = (index: number) =>
  `meridian/opportunity/0199aaaa-0000-7000-8000-${String(index).padStart(12, '0')}` as DocumentName

let folder = ''
let service: PushService
let closeAll: () => Promise<void> = () => Promise.resolve()
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-notices-'))
  service = await openPushService()
  logged.length = 0
})
afterEach(async () => {
  await closeAll()
  await service[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function setUp() {
  const clock = createFakeClock(noon)
  const store = await NotificationStore.open(path.join(folder, 'notices.sqlite'))
  const outcomes: QueueOutcome[] = []
  const failed: ('later' | 'lost')[] = []
  /** Records that are somewhere else than Ben, and those that the disk does not give. */
  const moved = new Set<DocumentName>()
  const unreadable = new Set<DocumentName>()
  const ended = new Set<string>()
  const facts: RecordFacts = { title: 'Formulary, St. Vincent', proposals: [] }
  const grantOf = (sessionId: string): Grant => ({
    validUntil: Infinity,
    principal: {
      user: { id: sessionId.slice(0, 3), name: sessionId, email: '' },
      sessionId,
      organizationId: 'meridian',
      organizationName: 'Meridian',
      role: 'rep',
      territories: [{ id: 'north', name: 'North' }],
      canWrite: true,
    },
  })
  const grantsOf = (ids: readonly string[]) =>
    Promise.resolve(new Map(ids.filter((id) => !ended.has(id)).map((id) => [id, grantOf(id)])))
  const scopeOf = (name: DocumentName) => ({
    organizationId: 'meridian',
    territoryId: moved.has(name) ? 'south' : 'north',
  })
  const queue = new PushQueue({
    send: createSendPush(
      { ...webPush.generateVAPIDKeys(), subject: 'mailto:it@example.com' },
      { allowLocal: true },
    ),
    isStillDue: createStillDue({ store, grantsOf, scopeOf }),
    onGone: ({ endpoint }) => store.unsubscribe(endpoint),
    onOutcome: (type) => outcomes.push(type),
    logger,
    now: clock.now,
    startTimer: clock.startTimer,
    random: () => 1,
  })
  const notifier = new Notifier({
    store,
    queue,
    grantsOf,
    scopeOf,
    factsOf: (name) =>
      unreadable.has(name) ? Promise.reject(new Error('the disk gives nothing')) : Promise.resolve(facts),
    policyOf: () => defaultPolicyTable,
    onFailed: (what) => failed.push(what),
    logger,
    now: clock.now,
    startTimer: clock.startTimer,
  })
  closeAll = async () => {
    await notifier.close()
    queue.close()
    await store.close()
  }
  const subscribe = async (userId: string, device: string) => {
    const target = service.newDevice(device)
    const sessionId = `${userId} on ${device}`
    await store.subscribe({ ...target, userId, organizationId: 'meridian', sessionId }, clock.now())
    return { ...target, sessionId }
  }
  return {
    clock,
    store,
    notifier,
    outcomes,
    failed,
    ended,
    moved,
    unreadable,
    subscribe,
    save: (userId: string, settings: Partial<NotificationSettings>) =>
      store.saveSettings(userId, { ...defaultNotificationSettings, ...settings }, clock.now()),
    /** Ana brings about conflicts with Ben, one to a record, and enough time passes for them to be told. */
    conflicts: async (...records: readonly number[]) => {
      for (const record of records) {
        const name = documentName(record)
        notifier.hear({
          items: [{ document: name, author: { id: 'ana', name: 'Ana' }, events: [conflict(name)] }],
        })
      }
      clock.advance(3_000)
      await notifier.settled()
    },
  }
}

let conflictCount = 0
function conflict(name: DocumentName): FeedEvent {
  conflictCount += 1
  const conflictId = `c${conflictCount}`
  return {
    type: 'conflict.opened',
    seq: 1,
    name,
    conflictId,
    path: 'fields.closeDate',
    people: ['ana', 'ben'],
  }
}

const arrived = (count: number) => expect.poll(() => service.received.length, { timeout: 10_000 }).toBe(count)

describe('notices', () => {
  test('[NOT-4] a notice reaches every device of whom it concerns, encrypted, with all it should say', async () => {
    const { subscribe, conflicts } = await setUp()
    await subscribe('ben', 'phone')
    await subscribe('ben', 'laptop')
    await subscribe('ana', 'own')
    await conflicts(1)
    await arrived(2)
    expect(service.received.map(({ device }) => device).sort()).toEqual(['laptop', 'phone'])
    const [push] = service.received
    expect(push?.message).toEqual({
      title: 'Formulary, St. Vincent',
      body: 'Close date: Ana and you entered different values. Choose one.',
      tag: documentName(1),
      url: `/inbox?tab=conflicts&item=${encodeURIComponent(`${documentName(1)}#c${conflictCount}`)}`,
    })
    expect(push?.size).toBeLessThan(3_000)
    expect(push?.headers).toMatchObject({ ttl: '86400', urgency: 'normal', 'content-encoding': 'aes128gcm' })
    expect(push?.headers.authorization).toMatch(/^vapid t=/)
  })

  test('[NOT-4] without preview it names no record, nobody and no field', async () => {
    const { subscribe, conflicts, save } = await setUp()
    await subscribe('ben', 'phone')
    await save('ben', { preview: false })
    await conflicts(1)
    await arrived(1)
    const { title, body } = service.received[0]?.message ?? {}
    expect([title, body]).toEqual(['FulQrun', 'Values wait for your choice.'])
  })

  test('[NOT-9] what happens to one record at once is one notice; very many records are one, too', async () => {
    const { subscribe, conflicts, notifier, clock } = await setUp()
    await subscribe('ben', 'phone')
    const name = documentName(1)
    for (let index = 0; index < 5; index += 1) {
      notifier.hear({
        items: [{ document: name, author: { id: 'ana', name: 'Ana' }, events: [conflict(name)] }],
      })
      clock.advance(100)
    }
    clock.advance(3_000)
    await notifier.settled()
    await arrived(1)
    expect(service.received[0]?.message.url).toBe('/inbox?tab=conflicts')
    await conflicts(...Array.from({ length: 40 }, (_, index) => index))
    await arrived(2)
    expect(service.received[1]?.message).toEqual({
      title: 'FulQrun: 40 notices',
      body: '40 to choose between values',
      tag: 'digest',
      url: '/inbox?tab=conflicts',
    })
  })

  test('kinds that are switched off are not told', async () => {
    const { subscribe, conflicts, save } = await setUp()
    await subscribe('ben', 'phone')
    await save('ben', { kinds: { ...defaultNotificationSettings.kinds, conflicts: false } })
    await conflicts(1)
    await save('ben', {})
    await conflicts(2)
    await arrived(1)
    expect(service.received[0]?.message.tag).toBe(documentName(2))
  })

  test('[NOT-3] in quiet hours nothing is told; at their end, one notice about all of it', async () => {
    const { subscribe, conflicts, save, clock, notifier } = await setUp()
    await subscribe('ben', 'phone')
    await save('ben', { quiet: { from: '11:00', to: '13:00', timeZone: 'UTC' } })
    await conflicts(1)
    await conflicts(2)
    clock.advance(59 * 60_000)
    await notifier.settled()
    expect(service.requests).toBe(0)
    // Timers look every ten minutes at most; each look is awaited as it is in life.
    for (let minutes = 0; minutes < 10; minutes += 1) {
      clock.advance(60_000)
      await notifier.settled()
    }
    await arrived(1)
    expect(service.received[0]?.message).toMatchObject({
      title: 'In your quiet hours: 2 notices',
      body: '2 to choose between values',
    })
  })

  test('[NOT-3] a digest waits on disk, and quiet hours that are switched off end at once', async () => {
    const { subscribe, conflicts, save, notifier, store, clock } = await setUp()
    await subscribe('ben', 'phone')
    await save('ben', { quiet: { from: '11:00', to: '23:00', timeZone: 'UTC' } })
    await conflicts(1)
    expect(await store.nextDigestAt()).toBe(Date.parse('2026-06-01T23:00:00Z'))
    await save('ben', {})
    await notifier.settingsChanged('ben', defaultNotificationSettings)
    clock.advance(1)
    await notifier.settled()
    await arrived(1)
  })

  test('[NOT-6] a device whose session is over is told nothing and forgotten', async () => {
    const { subscribe, conflicts, ended, store } = await setUp()
    const phone = await subscribe('ben', 'phone')
    await subscribe('ben', 'laptop')
    ended.add(phone.sessionId)
    await conflicts(1)
    await arrived(1)
    expect(service.received[0]?.device).toBe('laptop')
    expect(await store.subscriptionsOf({ userIds: ['ben'] })).toHaveLength(1)
  })

  test.each([404, 410])(
    '[NOT-6] a device that the push service does not know (%i) is forgotten',
    async (status) => {
      const { subscribe, conflicts, store } = await setUp()
      await subscribe('ben', 'phone')
      service.answerNext({ status })
      await conflicts(1)
      await expect.poll(() => store.subscriptionsOf({ userIds: ['ben'] })).toEqual([])
    },
  )

  test('[NOT-7] an overloaded push service is asked again, later each time and not before it says', async () => {
    const { subscribe, conflicts, clock, outcomes } = await setUp()
    await subscribe('ben', 'phone')
    service.answerNext({ status: 503 }, { status: 429, retryAfter: '120' })
    await conflicts(1)
    await expect.poll(() => clock.waiting).toContain(5_000)
    clock.advance(5_000)
    await expect.poll(() => clock.waiting).toContain(120_000)
    clock.advance(119_999)
    expect(service.requests).toBe(2)
    clock.advance(1)
    await arrived(1)
    expect(outcomes).toEqual(['later', 'later', 'sent'])
  })

  test('[NOT-7] what is no longer worth it is given up; the inbox has it', async () => {
    const { subscribe, conflicts, clock, outcomes } = await setUp()
    await subscribe('ben', 'phone')
    service.answerNext({ status: 503, retryAfter: String(25 * 3600) })
    await conflicts(1)
    await expect.poll(() => outcomes).toEqual(['later'])
    expect(clock.waiting).toEqual([])
  })

  test.each(['signed out or blocked', 'switched off', 'somebody else’s', 'without the record'])(
    '[NOT-6] a push that is asked for again goes nowhere when its device is %s by then',
    async (what) => {
      const { subscribe, conflicts, clock, outcomes, ended, moved, store } = await setUp()
      const phone = await subscribe('ben', 'phone')
      service.answerNext({ status: 503 })
      await conflicts(1)
      await expect.poll(() => clock.waiting).toContain(5_000)
      if (what === 'signed out or blocked') ended.add(phone.sessionId)
      else if (what === 'switched off') await store.unsubscribe(phone.endpoint)
      else if (what === 'without the record') moved.add(documentName(1))
      else {
        const own = { userId: 'eve', organizationId: 'meridian', sessionId: 'eve on phone' }
        await store.subscribe({ ...phone, ...own }, clock.now())
      }
      clock.advance(5_000)
      await expect.poll(() => outcomes).toEqual(['later', 'withdrawn'])
      expect(service.requests).toBe(1)
      expect(clock.waiting).toEqual([])
    },
  )

  test('[NOT-6] a device that has signed in again meanwhile still hears', async () => {
    const { subscribe, conflicts, clock, ended, store } = await setUp()
    const phone = await subscribe('ben', 'phone')
    service.answerNext({ status: 503 })
    await conflicts(1)
    await expect.poll(() => clock.waiting).toContain(5_000)
    ended.add(phone.sessionId)
    const again = { userId: 'ben', organizationId: 'meridian', sessionId: 'ben on phone again' }
    await store.subscribe({ ...phone, ...again }, clock.now())
    clock.advance(5_000)
    await arrived(1)
  })

  test('[NOT-14] a record that cannot be read keeps nobody from hearing of the others, and is told later', async () => {
    const { subscribe, conflicts, clock, notifier, unreadable, failed } = await setUp()
    await subscribe('ben', 'phone')
    unreadable.add(documentName(1))
    await conflicts(1, 2)
    await arrived(1)
    expect(service.received[0]?.message.tag).toBe(documentName(2))
    expect(failed).toEqual(['later'])
    unreadable.clear()
    clock.advance(10_000)
    clock.advance(3_000)
    await notifier.settled()
    await arrived(2)
    expect(service.received[1]?.message.tag).toBe(documentName(1))
    expect(failed).toEqual(['later'])
  })

  test('[NOT-14] a record that stays unreadable is told without its title, counted and logged', async () => {
    const { subscribe, conflicts, clock, notifier, unreadable, failed } = await setUp()
    await subscribe('ben', 'phone')
    unreadable.add(documentName(1))
    await conflicts(1)
    for (const ms of [10_000, 40_000, 160_000]) {
      clock.advance(ms)
      clock.advance(3_000)
      await notifier.settled()
    }
    await arrived(1)
    expect(service.received[0]?.message.title).toBe('A record')
    expect(failed).toEqual(['later', 'later', 'later', 'lost'])
    expect(logged.at(-1)).toContain('the disk gives nothing')
    expect(clock.waiting).toEqual([])
  })

  test('hearing is cheap and never throws, whatever happens later', async () => {
    const { notifier, clock, store } = await setUp()
    await store.close()
    const name = documentName(1)
    notifier.hear({
      items: [{ document: name, author: { id: 'ana', name: 'Ana' }, events: [conflict(name)] }],
    })
    for (const ms of [0, 10_000, 40_000, 160_000]) {
      clock.advance(ms)
      clock.advance(3_000)
      await notifier.settled()
    }
    expect(logged.at(-1)).toContain('notices could not be sent; people see them in their inbox')
    closeAll = () => notifier.close()
  })
})
