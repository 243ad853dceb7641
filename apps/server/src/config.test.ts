import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, isLoopback, loadConfig, settingNames } from './config.ts'

const secret = 'a-secret-of-more-than-32-characters-0000'

test('production needs nothing but a secret', () => {
  expect(loadConfig({ AUTH_SECRET: secret })).toMatchObject({
    host: '127.0.0.1',
    port: 8787,
    dataDir: path.resolve('data'),
    publicUrl: 'http://127.0.0.1:8787',
    publicUrlGiven: false,
    trustProxy: 0,
    logLevel: 'info',
    demo: false,
    outsideIssuer: undefined,
  })
})

test('an empty variable counts as not set, as compose files pass it', () => {
  expect(loadConfig({ AUTH_SECRET: secret, PORT: '', DATABASE_URL: '', PUBLIC_URL: '' }).port).toBe(8787)
})

test.each([
  [
    { PUBLIC_URL: 'https://Sales.Example.com/' },
    { publicUrl: 'https://sales.example.com', publicUrlGiven: true },
  ],
  [{ TRUST_PROXY: 'true' }, { trustProxy: 1 }],
  [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
  [{ TRUST_PROXY: 'false' }, { trustProxy: 0 }],
  [{ HOST: '::1', PORT: '0' }, { publicUrl: 'http://[::1]:0' }],
  [
    { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'fulqrun' },
    {
      outsideIssuer: {
        jwksUrl: 'https://id.example/jwks',
        issuer: 'https://id.example',
        audience: 'fulqrun',
      },
    },
  ],
])('%o is read as %o', (env, expected) => {
  expect(loadConfig({ AUTH_SECRET: secret, ...env })).toMatchObject(expected)
})

describe('a wrong setting is one line that begins with its name', () => {
  test.each<[string, Record<string, string>]>([
    ['AUTH_SECRET', { AUTH_SECRET: '' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'short' }],
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['HOST', { HOST: 'not a host' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'sales.example.com' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://example.com/sales' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'perhaps' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['DEMO', { DEMO: 'maybe' }],
    ['AUTH_AUDIENCE', { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example' }],
    ['AUTH_JWKS_URL', { AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'fulqrun' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://localhost/fulqrun' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost' }],
  ])('%s in %o', (variable, env) => {
    const load = () => loadConfig({ AUTH_SECRET: secret, ...env })
    expect(load).toThrow(ConfigError)
    expect(load).toThrow(new RegExp(`^${variable}: [^\\n]+$`))
  })

  test('the value of a secret is not in it', () => {
    expect(() => loadConfig({ AUTH_SECRET: 'too-short-secret' })).not.toThrow(/too-short-secret/)
  })
})

describe('demo mode', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'fulqrun-config-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('makes a secret of its own, readable by its owner only, and keeps it', () => {
    const env = { DEMO: 'true', DATA_DIR: path.join(folder, 'new') }
    const { authSecret } = loadConfig(env)
    expect(authSecret.length).toBeGreaterThan(40)
    expect(loadConfig(env).authSecret).toBe(authSecret)
    const file = path.join(folder, 'new', 'demo-secret')
    expect(readFileSync(file, 'utf8')).toBe(authSecret)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('a folder that cannot be written to is named', () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    expect(() => loadConfig({ DEMO: 'true', DATA_DIR: path.join(file, 'data') })).toThrow(/^DATA_DIR: /)
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['192.168.1.4', false],
  ['127.evil.example', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

test('docs/operations.md explains every setting', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
  const explained = [...text.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name]) => name)
  expect(explained.toSorted()).toEqual(settingNames.toSorted())
})
