import { createHash } from 'node:crypto'
import { request as nodeRequest } from 'node:http'
import type { Me, Person, Problem } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKey } from '../accounts/api-keys.ts'
import { createLogger } from '../logger.ts'
import type { HttpEnv } from './environment.ts'
import { inlineScript, openTestHttp, type TestHttp } from './test-http.ts'

const password = 'demo-password-1'

interface SignInOptions {
  readonly email: string
  readonly password?: string
  readonly headers?: Record<string, string>
}

function signIn(http: TestHttp, { email, headers = {}, ...rest }: SignInOptions): Promise<Response> {
  return fetch(`${http.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password: rest.password ?? password }),
  })
}

async function sessionOf(http: TestHttp, email: string) {
  const answer = await signIn(http, { email })
  expect(answer.status).toBe(200)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { cookie, bearer: answer.headers.get('set-auth-token') ?? '' }
}

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const body = (await answer.json()) as Problem
  expect(body.status).toBe(answer.status)
  return body
}

const asBearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('signing in', () => {
  let http: TestHttp
  beforeAll(async () => {
    http = await openTestHttp()
  })
  afterAll(() => http[Symbol.asyncDispose]())

  test('gives a cookie that scripts cannot read and a bearer token, and each gives a short-lived JWT', async () => {
    const answer = await signIn(http, { email: 'ana@meridian.example' })
    const setCookie = answer.headers.getSetCookie()[0] ?? ''
    expect(setCookie).toMatch(/^fulqrun\.session_token=.+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax/)
    const cookie = setCookie.split(';')[0] ?? ''
    const bearer = answer.headers.get('set-auth-token') ?? ''
    for (const headers of [{ cookie }, { authorization: `Bearer ${bearer}` }]) {
      const token = await fetch(`${http.url}/api/auth/token`, { headers })
      expect(token.status).toBe(200)
      const jwt = ((await token.json()) as { token: string }).token
      const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
      expect(claims).toMatchObject({ sub: 'ana', org: 'meridian', iss: http.accounts.config.publicUrl })
      expect(claims.exp - claims.iat).toBe(300)
    }
  })

  test('the e-mail address is not case sensitive', async () => {
    expect((await signIn(http, { email: ' Ben@Meridian.example'.trim() })).status).toBe(200)
  })

  test.each([
    ['a wrong password', { email: 'mia@meridian.example', password: 'wrong-password' }],
    ['an unknown person', { email: 'nobody@meridian.example' }],
  ])('%s is refused in the same words', async (_name, who) => {
    const answer = await signIn(http, who)
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await problemOf(answer)).toEqual({
      type: 'about:blank',
      title: 'Wrong e-mail address or password',
      status: 401,
      code: 'auth/credentials',
    })
  })

  test('what is no sign-in is refused before any password is looked at', async () => {
    const answer = await fetch(`${http.url}/api/auth/sign-in/email`, { method: 'POST', body: '{"email":' })
    expect((await problemOf(answer)).code).toBe('input/invalid')
  })

  test.each([
    ['POST', '/sign-up/email'],
    ['POST', '/organization/create'],
    ['GET', '/admin/list-users'],
    ['POST', '/admin/ban-user'],
    ['POST', '/sign-in/email/'],
    ['GET', '/../auth/admin/list-users'],
  ])('%s %s is not reachable', async (method, path) => {
    const { bearer } = await sessionOf(http, 'adam@meridian.example')
    const answer = await fetch(`${http.url}/api/auth${path}`, { method, ...asBearer(bearer) })
    expect(answer.status).toBe(404)
    await problemOf(answer)
  })

  test('keys are published', async () => {
    const { keys } = (await (await fetch(`${http.url}/api/auth/jwks`)).json()) as { keys: object[] }
    expect(keys).toHaveLength(1)
    expect(keys[0]).toMatchObject({ kty: 'OKP', alg: 'EdDSA' })
    expect(keys[0]).not.toHaveProperty('d')
  })

  test('nobody signed in: 401 with a code', async () => {
    for (const path of ['/api/me', '/api/people', '/api/auth/token']) {
      expect((await problemOf(await fetch(http.url + path))).code).toBe('auth/required')
    }
  })

  test('a bad bearer token is not made up for by a good cookie', async () => {
    const { cookie } = await sessionOf(http, 'ana@meridian.example')
    const answer = await fetch(`${http.url}/api/me`, {
      headers: { cookie, authorization: 'Bearer nonsense' },
    })
    expect(answer.status).toBe(401)
  })

  test('signing out ends the session and every JWT of it', async () => {
    const { cookie } = await sessionOf(http, 'ana@meridian.example')
    const token = await fetch(`${http.url}/api/auth/token`, { headers: { cookie } })
    const jwt = ((await token.json()) as { token: string }).token
    expect((await fetch(`${http.url}/api/me`, asBearer(jwt))).status).toBe(200)
    const out = await fetch(`${http.url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie, origin: http.url },
    })
    expect(out.status).toBe(200)
    expect((await problemOf(await fetch(`${http.url}/api/me`, asBearer(jwt)))).code).toBe('auth/revoked')
    expect((await fetch(`${http.url}/api/me`, { headers: { cookie } })).status).toBe(401)
  })
})

test('hashing a password leaves the event loop free (SYNC F2)', async () => {
  await using http = await openTestHttp()
  let ticks = 0
  let done = false
  const turn = () => {
    ticks += 1
    if (!done) setImmediate(turn)
  }
  const signingIn = http.accounts.signIn('ana@meridian.example')
  turn()
  await signingIn
  done = true
  // Hashed on the loop, the sign-in would take a handful of turns: one per query.
  expect(ticks).toBeGreaterThan(200)
})

describe('limits on wrong passwords', () => {
  const wrong = (email: string, headers: Record<string, string> = {}) => ({
    email,
    password: 'wrong-password',
    headers,
  })

  test('five failures, whatever X-Forwarded-For says: then not even the right password, with Retry-After', async () => {
    await using http = await openTestHttp()
    const email = 'ana@meridian.example'
    for (let n = 0; n < 5; n += 1) {
      const answer = await signIn(http, wrong(email, { 'x-forwarded-for': `10.0.0.${n}` }))
      expect(answer.status).toBe(401)
    }
    const answer = await signIn(http, {
      email,
      headers: { 'x-forwarded-for': '10.9.9.9', 'x-real-ip': '10.1.1.1' },
    })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(850)
    expect((await problemOf(answer)).code).toBe('auth/too-many-attempts')
    expect((await signIn(http, { email: 'ben@meridian.example' })).status).toBe(200)
  })

  test('twenty guesses at once are counted as strictly as one after another', async () => {
    await using http = await openTestHttp()
    const guesses = Array.from({ length: 20 }, () => signIn(http, wrong('ana@meridian.example')))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(15)
  })

  test('successes do not count, and forgive the failures before', async () => {
    await using http = await openTestHttp()
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 4; n += 1) await signIn(http, wrong('ana@meridian.example'))
      expect((await signIn(http, { email: 'ana@meridian.example' })).status).toBe(200)
    }
  })

  test('thirty failures from one address close it for everybody there', async () => {
    await using http = await openTestHttp()
    for (let n = 0; n < 30; n += 1) await signIn(http, wrong(`guess-${n}@meridian.example`))
    expect((await signIn(http, { email: 'mia@meridian.example' })).status).toBe(429)
  })

  test('behind a trusted proxy the address that the proxy saw counts, not what the client wrote before it', async () => {
    await using http = await openTestHttp({ env: { TRUST_PROXY: '1' } })
    const email = 'ana@meridian.example'
    for (let n = 0; n < 5; n += 1) {
      await signIn(http, wrong(email, { 'x-forwarded-for': `10.0.0.${n}, 203.0.113.7` }))
    }
    const from = (address: string) => signIn(http, { email, headers: { 'x-forwarded-for': address } })
    expect((await from('198.51.100.1, 203.0.113.7')).status).toBe(429)
    expect((await from('203.0.113.7, 198.51.100.1')).status).toBe(200)
  })
})

describe('requests from other sites', () => {
  let http: TestHttp
  let cookie: string
  beforeAll(async () => {
    http = await openTestHttp()
    cookie = (await sessionOf(http, 'adam@meridian.example')).cookie
  })
  afterAll(() => http[Symbol.asyncDispose]())

  const endSessions = (headers: Record<string, string>) =>
    fetch(`${http.url}/api/admin/people/eve/end-sessions`, {
      method: 'POST',
      headers: { cookie, ...headers },
    })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
    ['no origin at all', {}],
  ])('%s is refused', async (_name, headers: Record<string, string>) => {
    expect((await problemOf(await endSessions(headers))).code).toBe('auth/cross-origin')
  })

  test('signing somebody in from another site is refused too', async () => {
    const answer = await signIn(http, {
      email: 'eve@rival.example',
      headers: { origin: 'https://evil.example' },
    })
    expect((await problemOf(answer)).code).toBe('auth/cross-origin')
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('our own pages are served', async () => {
    expect((await endSessions({ origin: http.url })).status).toBe(404)
    expect((await endSessions({ 'sec-fetch-site': 'same-origin' })).status).toBe(404)
  })
})

describe('people and organizations', () => {
  let http: TestHttp
  beforeAll(async () => {
    http = await openTestHttp()
  })
  afterAll(() => http[Symbol.asyncDispose]())

  const get = async <T>(path: string, bearer: string): Promise<T> => {
    const answer = await fetch(http.url + path, asBearer(bearer))
    expect(answer.status).toBe(200)
    return (await answer.json()) as T
  }

  test('/api/me tells role, territories and the clock', async () => {
    const before = Date.now()
    const { bearer } = await sessionOf(http, 'mia@meridian.example')
    const me = await get<Me>('/api/me', bearer)
    expect(me).toMatchObject({
      user: { id: 'mia', email: 'mia@meridian.example' },
      organization: { id: 'meridian' },
      role: 'manager',
      territories: [
        { id: 'meridian-north', name: 'North' },
        { id: 'meridian-south', name: 'South' },
      ],
      canWrite: true,
    })
    expect(me.now).toBeGreaterThanOrEqual(before)
  })

  test('/api/people never crosses organizations', async () => {
    const meridian = await get<Person[]>(
      '/api/people',
      (await sessionOf(http, 'ana@meridian.example')).bearer,
    )
    const rival = await get<Person[]>('/api/people', (await sessionOf(http, 'eve@rival.example')).bearer)
    expect(meridian.map(({ id }) => id)).toEqual(['adam', 'ana', 'ben', 'cora', 'finn', 'mia'])
    expect(rival.map(({ id }) => id)).toEqual(['eve'])
  })

  test('nobody moves a session into an organization that they do not belong to', async () => {
    const { bearer } = await sessionOf(http, 'ana@meridian.example')
    const answer = await fetch(`${http.url}/api/auth/organization/set-active`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organizationId: 'rival' }),
    })
    expect(answer.status).toBe(404)
    const mine = await fetch(`${http.url}/api/me`, asBearer(bearer))
    expect(await mine.json()).toMatchObject({ organization: { id: 'meridian' } })
  })

  test('a sign-in that names an address to go to afterwards is a sign-in and goes nowhere', async () => {
    const answer = await fetch(`${http.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'ana@meridian.example',
        password: 'demo-password-1',
        callbackURL: 'https://elsewhere.example/',
      }),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    expect(await answer.json()).not.toHaveProperty('url', 'https://elsewhere.example/')
  })

  test('an API key is somebody: its name, finance rights, its organization; revoked, nobody', async () => {
    const { db } = http.accounts.accounts
    const { id, key } = await createApiKey(db, { organizationId: 'meridian', name: 'ERP' })
    const me = await get<Me>('/api/me', key)
    expect(me).toMatchObject({
      user: { id: `key:${id}`, name: 'ERP' },
      organization: { id: 'meridian' },
      role: 'finance',
      canWrite: true,
    })
    const rows = await db.selectFrom('api_key').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(key.slice(3))
    await db.updateTable('api_key').set({ revoked_at: 1 }).where('id', '=', id).execute()
    expect((await fetch(`${http.url}/api/me`, asBearer(key))).status).toBe(401)
    expect((await fetch(`${http.url}/api/me`, asBearer('fq_made-up'))).status).toBe(401)
  })

  test('an admin changes people of the own organization only, and never the own role', async () => {
    const { bearer } = await sessionOf(http, 'adam@meridian.example')
    const patch = async (id: string, change: object, token = bearer) =>
      fetch(`${http.url}/api/admin/people/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(change),
      })
    expect((await patch('eve', { role: 'admin' })).status).toBe(404)
    expect((await patch('ben', { territoryIds: ['rival-west'] })).status).toBe(404)
    expect((await patch('ben', { isAdmin: true })).status).toBe(400)
    expect((await problemOf(await patch('adam', { role: 'rep' }))).code).toBe('access/role')
    expect((await patch('ben', { role: 'manager', territoryIds: ['meridian-south'] })).status).toBe(204)
    const ben = await sessionOf(http, 'ben@meridian.example')
    expect(await get<Me>('/api/me', ben.bearer)).toMatchObject({
      role: 'manager',
      territories: [{ id: 'meridian-south' }],
    })
    expect((await problemOf(await patch('ana', { role: 'rep' }, ben.bearer))).code).toBe('access/role')
    expect((await patch('ben', { blocked: true })).status).toBe(204)
    expect((await fetch(`${http.url}/api/me`, asBearer(ben.bearer))).status).toBe(401)
    expect((await problemOf(await signIn(http, { email: 'ben@meridian.example' }))).code).toBe('access/role')
  })
})

describe('answers', () => {
  test('errors are problems, and say nothing about the inside', async () => {
    const lines: string[] = []
    const logger = createLogger({
      level: 'info',
      readable: false,
      destination: { write: (line) => lines.push(line) },
    })
    const documents = new Hono<HttpEnv>().get('/api/broken', () => {
      throw new Error('select * from user: /home/secret')
    })
    await using http = await openTestHttp({ documents, logger })
    const answer = await fetch(`${http.url}/api/broken`)
    const body = await problemOf(answer)
    expect(body.code).toBe('server/internal')
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(lines).toHaveLength(1)
    expect(body.detail).toContain(answer.headers.get('x-request-id'))
    expect(lines[0]).toContain(answer.headers.get('x-request-id'))
    expect((await problemOf(await fetch(`${http.url}/api/nothing`))).code).toBe('not-found')
    expect((await problemOf(await fetch(`${http.url}/`, { method: 'POST' }))).code).toBe('not-found')
  })

  test('a body over the limit is refused, also when its length is not announced', async () => {
    const documents = new Hono<HttpEnv>().put('/api/echo', async (c) => c.text(await c.req.text()))
    await using http = await openTestHttp({ documents })
    const big = 'x'.repeat(1024 * 1024 + 1)
    const put = (body: string | ReadableStream) =>
      fetch(`${http.url}/api/echo`, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    expect((await problemOf(await put(big))).code).toBe('input/too-large')
    expect((await problemOf(await put(new Blob([big]).stream()))).code).toBe('input/too-large')
    expect((await put('small')).status).toBe(200)
    const unannounced = await put(new Blob(['small']).stream())
    expect([unannounced.status, await unannounced.text()]).toEqual([200, 'small'])
    const long = await signIn(http, { email: 'ana@meridian.example', password: 'x'.repeat(20_000) })
    expect((await problemOf(long)).code).toBe('input/too-large')
  })

  test('a body that is not what was asked for is the caller’s mistake and is not written to the log', async () => {
    const lines: string[] = []
    const logger = createLogger({
      level: 'debug',
      readable: false,
      destination: { write: (line) => void lines.push(line) },
    })
    await using http = await openTestHttp({ logger })
    const { bearer } = await sessionOf(http, 'adam@meridian.example')
    const patch = (body: string) =>
      fetch(`${http.url}/api/admin/people/ana`, { method: 'PATCH', body, ...asBearer(bearer) })
    for (const body of ['', '{', '"name": SECRET-NAME', `${'['.repeat(50_000)}${']'.repeat(50_000)}`])
      expect(await problemOf(await patch(body))).toMatchObject({ status: 400, code: 'input/invalid' })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('')).not.toContain('SECRET-NAME')
  })

  test('a method that an address does not know is answered, with and without a body', async () => {
    await using http = await openTestHttp()
    for (const method of ['OPTIONS', 'DELETE', 'PUT', 'PROPFIND']) {
      const answer = await fetch(`${http.url}/api/people`, { method })
      expect([method, (await problemOf(answer)).code]).toEqual([method, 'not-found'])
    }
  })

  test('health, readiness and metrics', async () => {
    let ready = true
    await using http = await openTestHttp({
      readiness: () => ({ ready, problems: ready ? [] : ['storage: last commit failed'] }),
    })
    expect((await fetch(`${http.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${http.url}/readyz`)).status).toBe(200)
    ready = false
    const answer = await fetch(`${http.url}/readyz`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({ ready: false, problems: ['storage: last commit failed'] })
    await signIn(http, { email: 'ana@meridian.example' })
    const metrics = await (await fetch(`${http.url}/metrics`)).text()
    expect(metrics).toContain('fulqrun_sign_ins_total{outcome="ok"} 1')
    expect(metrics).toContain(
      'fulqrun_http_request_seconds_count{method="POST",area="/api/auth",status="200"} 1',
    )
  })

  test('the demo accounts are told in demo mode only', async () => {
    await using demo = await openTestHttp()
    const answer = (await (await fetch(`${demo.url}/api/demo`)).json()) as { people: { email: string }[] }
    expect(answer.people).toHaveLength(7)
    await using production = await openTestHttp({ env: { DEMO: 'false', AUTH_SECRET: 's'.repeat(40) } })
    expect((await fetch(`${production.url}/api/demo`)).status).toBe(404)
  })
})

describe('the web app', () => {
  let http: TestHttp
  beforeAll(async () => {
    http = await openTestHttp()
  })
  afterAll(() => http[Symbol.asyncDispose]())

  const navigate = (path: string) =>
    fetch(http.url + path, { headers: { accept: 'text/html,application/xhtml+xml' } })

  test('every answer carries a strict policy and secure headers', async () => {
    for (const path of ['/', '/assets/main-Bx3k.js', '/api/me', '/healthz', '/nothing.js']) {
      const { headers } = await fetch(http.url + path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("object-src 'none'")
      expect(policy).toContain(
        `connect-src 'self' ws://${new URL(http.url).host} wss://${new URL(http.url).host}`,
      )
      expect(policy).not.toMatch(/unsafe|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('strict-transport-security')).toBeNull()
    }
  })

  test('scripts inside the page are allowed by their hash and nothing else is', async () => {
    const policy = (await navigate('/')).headers.get('content-security-policy') ?? ''
    const hash = createHash('sha256').update(inlineScript).digest('base64')
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`)
    const other = (await fetch(`${http.url}/healthz`)).headers.get('content-security-policy')
    expect(other).toContain("script-src 'self';")
  })

  test('a Host header cannot add to the policy', async () => {
    const policy = await new Promise<string>((resolve, reject) => {
      const options = { headers: { host: "evil.example; script-src 'unsafe-inline'" } }
      nodeRequest(http.url, options, (answer) => {
        answer.resume()
        resolve(String(answer.headers['content-security-policy'] ?? ''))
      })
        .on('error', reject)
        .end()
    })
    expect(policy).not.toContain('evil')
  })

  test('behind HTTPS the browser is told to stay there, and cookies are for HTTPS only', async () => {
    await using secure = await openTestHttp({ env: { PUBLIC_URL: 'https://sales.example.com' } })
    const answer = await signIn(secure, {
      email: 'ana@meridian.example',
      headers: { origin: 'https://sales.example.com' },
    })
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=31536000')
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Secure-fulqrun\..*; Secure/)
    expect(answer.headers.get('content-security-policy')).toContain('wss://sales.example.com')
  })

  test('hashed assets are kept for ever; the page and the service worker are asked for each time', async () => {
    const asset = await fetch(`${http.url}/assets/main-Bx3k.js`)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    for (const path of ['/', '/index.html', '/sw.js']) {
      expect((await navigate(path)).headers.get('cache-control')).toBe('no-cache')
    }
    const again = await fetch(`${http.url}/sw.js`, {
      headers: { 'if-none-match': (await fetch(`${http.url}/sw.js`)).headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })

  test.each(['br', 'gzip'])('assets are compressed with %s for who accepts it', async (encoding) => {
    const answer = await fetch(`${http.url}/assets/main-Bx3k.js`, {
      headers: { 'accept-encoding': encoding },
    })
    expect(answer.headers.get('content-encoding')).toBe(encoding)
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(500)
    expect((await answer.text()).length).toBe(5003)
  })

  test('addresses of the app get the page; missing files, API paths and programs do not', async () => {
    const page = await navigate('/opportunities/0198c0de-0000-7000-8000-000000000000')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('id=root')
    for (const path of ['/assets/gone.js', '/assets/', '/api/gone', '/yjs/x', '/favicon.ico']) {
      expect({ path, status: (await navigate(path)).status }).toEqual({ path, status: 404 })
    }
    expect((await fetch(`${http.url}/opportunities/1`, { headers: { accept: '*/*' } })).status).toBe(404)
  })

  test.each([
    '/.secret',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%2f.secret',
    '/assets/%00',
    '/%E0%A4%A',
    '/assets\\..\\.secret',
  ])('nothing outside the app: %s', async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(http.url)
      nodeRequest({ hostname, port, path }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status === 404 || status === 400, `answered ${status}`).toBe(true)
  })
})
