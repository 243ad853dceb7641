import { describe, expect, test } from 'vitest'
import { ApiAnswers, fromHeader } from './api-answers.ts'

const day = 24 * 3600_000

/** The part of a cache that is used. */
function fakeCaches() {
  let entries = new Map<string, Response>()
  const cache = {
    match: (key: string) => Promise.resolve(entries.get(key)?.clone()),
    put: (key: string, response: Response) => {
      entries.set(key, response)
      return Promise.resolve()
    },
  }
  return {
    size: () => entries.size,
    open: () => Promise.resolve(cache as unknown as Cache),
    remove: () => {
      entries = new Map()
      return Promise.resolve(true)
    },
  }
}

type Reply = () => Response | Promise<Response>

function setUp() {
  const caches = fakeCaches()
  let reply: Reply = () => Promise.reject(new TypeError('no network'))
  let clock = 1_000_000
  let isImpatient = false
  const answers = new ApiAnswers({
    // As `fetch`: what goes wrong is a rejection.
    fetch: async () => reply(),
    open: caches.open,
    remove: caches.remove,
    now: () => clock,
    patience: () => (isImpatient ? Promise.resolve(undefined) : new Promise(() => undefined)),
  })
  return {
    answers,
    caches,
    reply: (next: Reply) => {
      reply = next
    },
    offline: () => {
      reply = () => Promise.reject(new TypeError('no network'))
    },
    pass: (ms: number) => {
      clock += ms
    },
    losePatience: () => {
      isImpatient = true
    },
    get: async (path: string, headers: Record<string, string> = {}) =>
      answers.answer(new Request(`https://sales.example${path}`, { headers })),
  }
}

const ours = (person: string, body: unknown): Response =>
  Response.json(body, { headers: { 'x-request-id': 'r', 'fulqrun-person': person } })

describe('answers of the API without a network', () => {
  test('[SW-5] the last answer stands in when the server is out of reach, and says where it is from', async () => {
    const { get, reply, offline } = setUp()
    reply(() => ours('ana', [{ id: 'ana' }]))
    const online = await get('/api/people')
    expect(online.headers.has(fromHeader)).toBe(false)
    offline()
    const own = await get('/api/people')
    expect(own.headers.get(fromHeader)).toBe('device')
    expect(await own.json()).toEqual([{ id: 'ana' }])
  })

  test.each<[string, Reply]>([
    [
      'a captive portal',
      () => new Response('<h1>Welcome to the hotel</h1>', { headers: { 'content-type': 'text/html' } }),
    ],
    ['a gateway whose server is away', () => new Response('bad gateway', { status: 502 })],
  ])('[SW-5] %s counts as out of reach, and its page is not kept', async (_, portal) => {
    const { get, reply } = setUp()
    reply(() => ours('ana', { version: 3 }))
    await get('/api/policy')
    reply(portal)
    expect(await (await get('/api/policy')).json()).toEqual({ version: 3 })
    expect(await (await get('/api/policy')).json()).toEqual({ version: 3 })
  })

  test('[SW-5] what was never here fails as without a service worker', async () => {
    const { get } = setUp()
    await expect(get('/api/me')).rejects.toThrow('no network')
  })

  test('[SW-6] an answer of this device is no clock', async () => {
    const { get, reply, offline } = setUp()
    reply(() => ours('ana', { user: { id: 'ana' }, now: 5 }))
    expect(await (await get('/api/me')).json()).toEqual({ user: { id: 'ana' }, now: 5 })
    offline()
    expect(await (await get('/api/me')).json()).toEqual({ user: { id: 'ana' } })
  })

  test('[SW-5] another person never gets what was answered to the one before', async () => {
    const { get, reply, offline, caches } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    await get('/api/policy')
    reply(() => ours('ben', { user: { id: 'ben' } }))
    await get('/api/me')
    expect(caches.size()).toBe(1)
    offline()
    await expect(get('/api/people')).rejects.toThrow('no network')
  })

  test('[SW-5] a request that names another person gets nothing from here', async () => {
    const { get, reply, offline } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    offline()
    await expect(get('/api/people', { 'fulqrun-person': 'ben' })).rejects.toThrow('no network')
    expect((await get('/api/people', { 'fulqrun-person': 'ana' })).ok).toBe(true)
  })

  test('[SW-5] nothing is left after signing out, nor of a request that was on its way then', async () => {
    const { get, reply, offline, answers, caches } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    const { promise, resolve } = Promise.withResolvers<Response>()
    reply(() => promise)
    const late = get('/api/policy')
    await answers.forget()
    expect(caches.size()).toBe(0)
    resolve(ours('ana', { version: 1 }))
    expect(await (await late).json()).toEqual({ version: 1 })
    expect(caches.size()).toBe(0)
    offline()
    await expect(get('/api/people')).rejects.toThrow('no network')
  })

  test('[SW-5] an ended session is passed on and leaves nothing here', async () => {
    const { get, reply, caches } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    reply(() => new Response('{}', { status: 401, headers: { 'x-request-id': 'r' } }))
    expect((await get('/api/people')).status).toBe(401)
    expect(caches.size()).toBe(0)
  })

  test('[SW-5] a slow server is not waited for when something is here', async () => {
    const { get, reply, losePatience } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    losePatience()
    reply(() => new Promise<Response>(() => undefined))
    expect((await get('/api/people')).headers.get(fromHeader)).toBe('device')
  })

  test('[SW-5] what is older than a session lives is not shown', async () => {
    const { get, reply, offline, pass } = setUp()
    reply(() => ours('ana', ['of ana']))
    await get('/api/people')
    offline()
    pass(30 * day)
    expect((await get('/api/people')).ok).toBe(true)
    pass(1)
    await expect(get('/api/people')).rejects.toThrow('no network')
  })

  test('[SW-5] the catalogue, tokens and everything that is written are not handled here', () => {
    expect(ApiAnswers.handles('GET', '/api/me')).toBe(true)
    for (const path of ['/api/catalogue', '/api/auth/token', '/api/sync/pull', '/api/me/else'])
      expect(ApiAnswers.handles('GET', path)).toBe(false)
    expect(ApiAnswers.handles('PUT', '/api/policy')).toBe(false)
    expect(ApiAnswers.changesPerson('POST', '/api/auth/sign-out')).toBe(true)
    expect(ApiAnswers.changesPerson('POST', '/api/auth/sign-in/email')).toBe(true)
    expect(ApiAnswers.changesPerson('GET', '/api/auth/token')).toBe(false)
  })
})
