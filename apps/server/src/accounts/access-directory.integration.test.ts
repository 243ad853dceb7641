import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AccessDirectory, AccessEvent } from './access-directory.ts'
import { AccountError } from './account-error.ts'
import { assignTerritory, endSessions, setBlocked, unassignTerritory } from './administration.ts'
import { createApiKey, revokeApiKey } from './api-keys.ts'
import { openTestAccounts, type TestAccounts } from './test-accounts.ts'

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(AccountError)
  return (error as AccountError).code
}

/** The next event of the directory; it polls, so no test says when. */
function nextEvent(directory: AccessDirectory): Promise<AccessEvent> {
  return new Promise((resolve) => {
    const stop = directory.subscribe((event) => {
      stop()
      resolve(event)
    })
  })
}

describe('who a token belongs to', () => {
  let own: TestAccounts
  beforeAll(async () => {
    own = await openTestAccounts()
  })
  afterAll(() => own[Symbol.asyncDispose]())

  const authenticate = (token: string) => own.accounts.directory.authenticate(token)

  test.each([
    ['ana@meridian.example', 'rep', ['meridian-north'], true],
    ['mia@meridian.example', 'manager', ['meridian-north', 'meridian-south'], true],
    ['finn@meridian.example', 'finance', ['meridian-north', 'meridian-south'], true],
    ['cora@meridian.example', 'compliance', ['meridian-north', 'meridian-south'], false],
    ['adam@meridian.example', 'admin', ['meridian-north', 'meridian-south'], true],
    ['eve@rival.example', 'rep', ['rival-west'], true],
  ])('%s is a %s of %o, writes: %s', async (email, role, territories, canWrite) => {
    const before = Date.now()
    const { principal, expiresAt } = await authenticate(await (await own.signIn(email)).token())
    expect(principal).toMatchObject({ user: { email }, role, canWrite })
    expect(principal.organizationId).toBe(email.split('@')[1]?.split('.')[0])
    expect(principal.territories.map(({ id }) => id)).toEqual(territories)
    expect(expiresAt).toBeGreaterThan(before + 290_000)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 300_000)
  })

  describe('a forged token is refused', () => {
    let claims: JWTPayload
    let kid: string
    let genuine: string
    beforeAll(async () => {
      genuine = await (await own.signIn('ana@meridian.example')).token()
      const [header = '', payload = ''] = genuine.split('.')
      claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
      kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid
    })

    /** Signs with the key of the database, as nobody outside can: to test one wrong claim at a time. */
    async function signedByUs(changes: JWTPayload): Promise<string> {
      const { createAuth } = await import('./auth.ts')
      const { createLogger } = await import('../logger.ts')
      const auth = createAuth({
        config: own.config,
        db: own.accounts.db,
        logger: createLogger({ level: 'silent', readable: false }),
      })
      return (await auth.api.signJWT({ body: { payload: { ...claims, ...changes } } })).token
    }

    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

    test('by another key under our key id', async () => {
      const { privateKey } = await generateKeyPair('EdDSA')
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey)
      expect(await codeOf(authenticate(forged))).toBe('auth/token-invalid')
    })

    test('by a key that we never made', async () => {
      const { privateKey } = await generateKeyPair('EdDSA')
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: 'mine' })
        .sign(privateKey)
      expect(await codeOf(authenticate(forged))).toBe('auth/token-invalid')
    })

    test('without a signature (alg none)', async () => {
      const forged = `${encode({ alg: 'none', kid })}.${encode(claims)}.`
      expect(await codeOf(authenticate(forged))).toBe('auth/token-invalid')
    })

    test('with our public key as a shared secret (HS256)', async () => {
      const row = await own.accounts.db.selectFrom('jwks').selectAll().executeTakeFirstOrThrow()
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(new TextEncoder().encode(row.publicKey))
      expect(await codeOf(authenticate(forged))).toBe('auth/token-invalid')
    })

    test('with changed claims under the old signature', async () => {
      const [header, , signature] = genuine.split('.')
      const forged = `${header}.${encode({ ...claims, sub: 'adam' })}.${signature}`
      expect(await codeOf(authenticate(forged))).toBe('auth/token-invalid')
    })

    test.each<[string, JWTPayload, string]>([
      ['of another issuer', { iss: 'https://evil.example' }, 'auth/token-invalid'],
      ['for another audience', { aud: 'https://other.example' }, 'auth/token-invalid'],
      ['that has expired', { exp: Math.floor(Date.now() / 1000) - 1 }, 'auth/token-expired'],
      ['of a session that never was', { sid: 'made-up' }, 'auth/revoked'],
      ['of somebody else for this session', { sub: 'adam' }, 'auth/token-invalid'],
    ])('%s', async (_name, changes, code) => {
      expect(await codeOf(authenticate(await signedByUs({ ...changes })))).toBe(code)
    })

    test.each(['', 'x', 'a.b.c', '..', 'fq_', 'fq_guess', '\u0000'])(
      'that is none at all: %j',
      async (token) => {
        expect(await codeOf(authenticate(token))).toBe('auth/token-invalid')
      },
    )

    test('and the same claims, signed by us, are good', async () => {
      expect((await authenticate(await signedByUs({}))).principal.user.id).toBe('ana')
    })
  })

  test('an API key is good until it is revoked', async () => {
    const { db } = own.accounts
    const { id, key } = await createApiKey(db, {
      organizationId: 'rival',
      name: 'Warehouse',
      role: 'compliance',
    })
    const { principal } = await authenticate(key)
    expect(principal).toMatchObject({ organizationId: 'rival', role: 'compliance', canWrite: false })
    expect(principal.sessionId).toBe(`key:${id}`)
    expect(await revokeApiKey(db, id)).toBe(true)
    expect(await revokeApiKey(db, id)).toBe(false)
    expect(await codeOf(authenticate(key))).toBe('auth/token-invalid')
  })
})

describe('changes of sessions in use are noticed', () => {
  let open: TestAccounts
  let directory: AccessDirectory
  beforeEach(async () => {
    open = await openTestAccounts()
    directory = open.accounts.directory
    return () => open[Symbol.asyncDispose]()
  })

  async function connect(email: string) {
    const token = await (await open.signIn(email)).token()
    const { principal } = await directory.authenticate(token)
    directory.watch(principal)
    return { token, principal }
  }

  test('an ended session: one event by polling alone, no principal, and its token is refused', async () => {
    const { token, principal } = await connect('ana@meridian.example')
    const { sessionId } = principal
    expect(directory.current(sessionId)).toEqual(principal)
    const events: AccessEvent[] = []
    directory.subscribe((event) => events.push(event))
    const heard = nextEvent(directory)
    expect(await endSessions(open.accounts.db, 'ana')).toBe(1)
    expect(await heard).toEqual({ type: 'revoked', userId: 'ana', sessionId })
    expect(directory.current(sessionId)).toBeUndefined()
    expect(await codeOf(directory.authenticate(token))).toBe('auth/revoked')
    await directory.refresh()
    expect(events).toHaveLength(1)
    expect(directory.watchedSessions).toBe(0)
  })

  test('only the session that ended', async () => {
    const gone = await connect('ana@meridian.example')
    const stays = await connect('ana@meridian.example')
    const heard = nextEvent(directory)
    await open.accounts.db.deleteFrom('session').where('id', '=', gone.principal.sessionId).execute()
    expect((await heard).sessionId).toBe(gone.principal.sessionId)
    expect(directory.current(stays.principal.sessionId)).toBeDefined()
  })

  test('a blocked person', async () => {
    const { principal } = await connect('ben@meridian.example')
    const heard = nextEvent(directory)
    await setBlocked(open.accounts.db, { userId: 'ben', blocked: true })
    expect(await heard).toMatchObject({ type: 'revoked', sessionId: principal.sessionId })
  })

  test('a person who left the organization', async () => {
    const { principal, token } = await connect('ben@meridian.example')
    const heard = nextEvent(directory)
    await open.accounts.db.deleteFrom('member').where('userId', '=', 'ben').execute()
    expect(await heard).toMatchObject({ type: 'revoked', sessionId: principal.sessionId })
    expect(await codeOf(directory.authenticate(token))).toBe('auth/revoked')
  })

  test('a session that expires by itself', async () => {
    const { principal } = await connect('ben@meridian.example')
    await directory.refresh()
    const heard = nextEvent(directory)
    await open.accounts.db
      .updateTable('session')
      .set({ expiresAt: new Date(Date.now() + 50).toISOString() })
      .where('id', '=', principal.sessionId)
      .execute()
    expect(await heard).toMatchObject({ type: 'revoked', sessionId: principal.sessionId })
  })

  test('another role and other territories, with the new principal at hand', async () => {
    const { principal } = await connect('ana@meridian.example')
    const { sessionId } = principal
    const { db } = open.accounts
    let heard = nextEvent(directory)
    await assignTerritory(db, { userId: 'ana', territoryId: 'meridian-south' })
    expect(await heard).toEqual({ type: 'changed', userId: 'ana', sessionId })
    expect(directory.current(sessionId)?.territories).toHaveLength(2)
    heard = nextEvent(directory)
    await unassignTerritory(db, { userId: 'ana', territoryId: 'meridian-north' })
    await heard
    expect(directory.current(sessionId)?.territories.map(({ id }) => id)).toEqual(['meridian-south'])
    heard = nextEvent(directory)
    await db.updateTable('member').set({ role: 'compliance' }).where('userId', '=', 'ana').execute()
    await heard
    expect(directory.current(sessionId)).toMatchObject({ role: 'compliance', canWrite: false })
  })

  test('a change between authenticating and watching', async () => {
    const token = await (await open.signIn('ana@meridian.example')).token()
    const { principal } = await directory.authenticate(token)
    await endSessions(open.accounts.db, 'ana')
    const heard = nextEvent(directory)
    directory.watch(principal)
    expect(await heard).toMatchObject({ type: 'revoked' })
  })

  test('a session watched twice is forgotten after the second unwatch', async () => {
    const { principal } = await connect('ana@meridian.example')
    directory.watch(principal)
    directory.unwatch(principal.sessionId)
    expect(directory.current(principal.sessionId)).toBeDefined()
    directory.unwatch(principal.sessionId)
    expect(directory.current(principal.sessionId)).toBeUndefined()
    directory.unwatch(principal.sessionId)
    expect(directory.watchedSessions).toBe(0)
  })

  test('a listener that throws does not keep the others from hearing', async () => {
    await connect('ana@meridian.example')
    directory.subscribe(() => {
      throw new Error('listener')
    })
    const heard = nextEvent(directory)
    await endSessions(open.accounts.db, 'ana')
    expect((await heard).userId).toBe('ana')
  })
})

describe('tokens of an outside issuer', () => {
  const issuer = 'https://id.example'
  let keys: Awaited<ReturnType<typeof generateKeyPair>>
  let keyServer: Server
  let open: TestAccounts

  beforeAll(async () => {
    keys = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] }
    keyServer = createServer((_request, answer) => answer.end(JSON.stringify(jwks)))
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve))
    open = await openTestAccounts({
      AUTH_JWKS_URL: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: 'authenticated',
    })
  })
  afterAll(async () => {
    await open[Symbol.asyncDispose]()
    keyServer.close()
  })

  function outsideToken(claims: JWTPayload, audience = 'authenticated'): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('10 minutes')
      .sign(keys.privateKey)
  }

  test('are accepted for the person with that e-mail address', async () => {
    const token = await outsideToken({ sub: 'a1', email: 'Ana@Meridian.example' })
    const { principal } = await open.accounts.directory.authenticate(token)
    expect(principal).toMatchObject({
      user: { id: 'ana' },
      organizationId: 'meridian',
      sessionId: 'outside:ana',
    })
  })

  test.each<[string, JWTPayload, string]>([
    [
      'whose address is not verified',
      { sub: 'a1', email: 'ana@meridian.example', email_verified: false },
      'authenticated',
    ],
    ['of a stranger', { sub: 'x', email: 'stranger@example.com' }, 'authenticated'],
    ['without an address', { sub: 'x' }, 'authenticated'],
    ['for another audience', { sub: 'a1', email: 'ana@meridian.example' }, 'somebody-else'],
  ])('%s are refused', async (_name, claims, audience) => {
    const token = await outsideToken(claims, audience)
    expect(await codeOf(open.accounts.directory.authenticate(token))).toBe('auth/token-invalid')
  })

  test('end when the person is blocked', async () => {
    const { principal } = await open.accounts.directory.authenticate(
      await outsideToken({ sub: 'b1', email: 'ben@meridian.example' }),
    )
    open.accounts.directory.watch(principal)
    const heard = nextEvent(open.accounts.directory)
    await setBlocked(open.accounts.db, { userId: 'ben', blocked: true })
    expect(await heard).toMatchObject({ type: 'revoked', sessionId: 'outside:ben' })
  })

  test('our own still work beside them', async () => {
    const token = await (await open.signIn('ana@meridian.example')).token()
    expect((await open.accounts.directory.authenticate(token)).principal.user.id).toBe('ana')
  })
})
