import {
  defaultNotificationSettings,
  endpoints,
  type NotificationSettings,
  type Problem,
  type PushKey,
} from '@fulqrun/protocol'
import { propose, setField } from '@fulqrun/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PersonId } from './testing/people.ts'
import { openPushService, type PushService } from './testing/push-service.ts'
import { openTestServer, type TestServer } from './testing/test-server.ts'

/** Web Push of a whole server: from an edit on a socket to the encrypted push at a push service. */

let server: TestServer
let service: PushService
beforeEach(async () => {
  ;[server, service] = await Promise.all([
    openTestServer({ env: { PUSH_ALLOW_LOCAL: 'true' } }),
    openPushService(),
  ])
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

const base = endpoints.notifications

async function api(person: PersonId, method: string, path: string, body?: unknown): Promise<Response> {
  return (await server.person(person)).api(method, `${base}/${path}`, { body })
}

async function switchOn(person: PersonId, device: string) {
  const target = service.newDevice(device)
  expect((await api(person, 'POST', 'subscriptions', target)).status).toBe(204)
  return target
}

const arrived = (count: number) => expect.poll(() => service.received.length, { timeout: 20_000 }).toBe(count)

test('[NOT-2] a proposal reaches those who may decide, and the decision whoever proposed', async () => {
  await switchOn('ana', 'ana')
  await switchOn('finn', 'finn')
  await switchOn('ben', 'ben')
  await switchOn('eve', 'eve')
  const channel = await server.newOpportunity('ana')
  propose(channel.doc, {
    path: 'financials.amount',
    value: 48_000,
    reason: 'The committee asked for it',
    author: 'ana',
    now: Date.now(),
  })
  await channel.answered()
  await arrived(1)
  const [push] = service.received
  expect(push?.device).toBe('finn')
  expect(push?.message).toMatchObject({
    title: 'Formulary, St. Vincent',
    body: expect.stringMatching(/^Amount: Ana Castillo proposes another value/) as string,
    tag: channel.name,
  })
  expect(push?.message.url).toMatch(/^\/inbox\?tab=approvals&item=/)
  // Signed with the key that browsers subscribe with, for this push service and for now; else it had been turned away.
  const { publicKey } = await (await server.person('finn')).get<PushKey>(`${base}/key`)
  expect(push?.signer).toBe(publicKey)

  const id = decodeURIComponent(push?.message.url ?? '').split('#')[1] ?? ''
  const decided = await (
    await server.person('finn')
  ).api('POST', `/api/documents/${channel.name}/proposals/${id}`, { body: { decision: 'approved' } })
  expect(decided.ok).toBe(true)
  await arrived(2)
  expect(service.received[1]).toMatchObject({
    device: 'ana',
    message: { body: expect.stringContaining('approved your proposal') as string },
  })
  expect(server.errors()).toEqual([])
})

test('[NOT-6] nothing reaches a device after its session has ended', async () => {
  await switchOn('finn', 'finn')
  await switchOn('mia', 'mia')
  const finn = await server.person('finn')
  expect((await finn.api('POST', '/api/auth/sign-out', { body: {} })).ok).toBe(true)
  const channel = await server.newOpportunity('ana')
  const proposal = { value: 10, reason: 'As agreed', author: 'ana', now: Date.now() }
  propose(channel.doc, { path: 'financials.amount', ...proposal })
  await channel.answered()
  await arrived(1)
  expect(service.received[0]?.device).toBe('mia')
  // Edits that wait for nobody are told to nobody: the next push is about the next proposal.
  setField(channel.doc, 'fields.nextStep', 'Call them', { now: Date.now() })
  await channel.answered()
  const second = await server.newOpportunity('ana', { name: 'Second' })
  propose(second.doc, { path: 'financials.amount', ...proposal })
  await second.answered()
  await arrived(2)
  expect(service.received[1]?.message.title).toBe('Second')
  expect(service.requests).toBe(2)
})

test('settings are one person’s own, checked, and what is asked for is sent', async () => {
  const read = async (person: PersonId) =>
    (await (await api(person, 'GET', 'settings')).json()) as NotificationSettings
  expect(await read('ana')).toEqual(defaultNotificationSettings)
  const settings: NotificationSettings = {
    kinds: { ...defaultNotificationSettings.kinds, kpis: true },
    preview: false,
    quiet: { from: '20:00', to: '07:30', timeZone: 'Europe/Berlin' },
  }
  expect(await (await api('ana', 'PUT', 'settings', settings)).json()).toEqual(settings)
  expect(await read('ana')).toEqual(settings)
  expect(await read('ben')).toEqual(defaultNotificationSettings)
  for (const wrong of [
    { ...settings, quiet: { from: '24:00', to: '07:00', timeZone: 'Europe/Berlin' } },
    { ...settings, quiet: { from: '20:00', to: '07:00', timeZone: 'Middle/Earth' } },
    { ...settings, kinds: { conflicts: true } },
    { ...settings, more: 1 },
  ]) {
    const answer = await api('ana', 'PUT', 'settings', wrong)
    expect(((await answer.json()) as Problem).code).toBe('input/invalid')
  }
  const { endpoint } = await switchOn('ana', 'phone')
  expect((await api('ben', 'POST', 'test', { endpoint })).status).toBe(404)
  expect((await api('ana', 'POST', 'test', { endpoint })).status).toBe(202)
  await arrived(1)
  expect(service.received[0]?.message.title).toBe('Notices work on this device')
  // Nobody switches another person's device off.
  await api('ben', 'DELETE', 'subscriptions', { endpoint })
  expect((await api('ana', 'POST', 'test', { endpoint })).status).toBe(202)
  await api('ana', 'DELETE', 'subscriptions', { endpoint })
  expect((await api('ana', 'POST', 'test', { endpoint })).status).toBe(404)
})

test('[NOT-5] addresses inside the operator’s network are refused, and nobody unknown is answered', async () => {
  await using strict = await openTestServer()
  const ana = await strict.person('ana')
  const { keys } = service.newDevice('phone')
  for (const endpoint of [
    'https://169.254.169.254/latest',
    'http://push.example.com/a',
    'https://localhost/a',
  ]) {
    const answer = await ana.api('POST', `${base}/subscriptions`, { body: { endpoint, keys } })
    expect(((await answer.json()) as Problem).code).toBe('input/invalid')
  }
  const bad = { endpoint: 'https://push.example.com/a', keys: { ...keys, auth: 'c2hvcnQ' } }
  expect((await ana.api('POST', `${base}/subscriptions`, { body: bad })).status).toBe(400)
  const { publicKey } = await ana.get<PushKey>(`${base}/key`)
  expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65)
  await strict.restart()
  expect(await (await strict.person('ana')).get<PushKey>(`${base}/key`)).toEqual({ publicKey })
  for (const path of ['key', 'settings'])
    expect((await fetch(`${strict.url}${base}/${path}`)).status).toBe(401)
})

test('[SW-5] answers name whose they are', async () => {
  const ana = await server.person('ana')
  for (const path of [endpoints.me, endpoints.people, endpoints.policy])
    expect((await ana.api('GET', path)).headers.get('fulqrun-person')).toBe('ana')
})
