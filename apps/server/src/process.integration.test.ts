import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Me } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

// A dozen processes one after the other, each of which takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

/** Real processes, as an operator runs them. */
interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
  /** The first line of standard output that matches. */
  line(pattern: RegExp): Promise<string>
}

const secret = 'a-secret-of-more-than-32-characters-0000'

let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-process-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Which log a database says that it is. */
function logIdOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare('select id from log_identity').get()?.['id']
  } finally {
    database.close()
  }
}

function run(program: string, args: readonly string[] = [], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, program), ...args], {
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: folder,
      // These tests start the same programs many times.
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'fulqrun-compile-cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = stdout.split('\n').find((one) => pattern.test(one))
        if (found !== undefined) resolve(found)
      }
      child.stdout.on('data', look)
      void ended.then((outcome) => reject(new Error(`ended: ${JSON.stringify(outcome)}`)))
      look()
    })
  return { child, ended, line }
}

const admin = (...args: string[]) => run('cli.ts', args).ended

async function serve(env: Record<string, string> = {}): Promise<Running & { url: string }> {
  const running = run('main.ts', [], { AUTH_SECRET: secret, PORT: '0', ...env })
  const { url } = JSON.parse(await running.line(/"listening"/)) as { url: string }
  return { ...running, url }
}

function valueOf(outcome: Outcome, label: string): string {
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return new RegExp(`^${label}: (.+)$`, 'm').exec(outcome.stdout)?.[1] ?? ''
}

describe('the production server', () => {
  test('starts empty, and SIGTERM ends it with 0', async () => {
    const server = await serve()
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect((await fetch(`${server.url}/api/demo`)).status).toBe(404)
    server.child.kill('SIGTERM')
    const { code, stdout } = await server.ended
    expect(code).toBe(0)
    expect(stdout).not.toContain(secret)
  })

  test.each<[string, Record<string, string>]>([
    ['AUTH_SECRET', {}],
    ['DEMO', { AUTH_SECRET: secret, DEMO: 'true' }],
    ['DATABASE_URL', { AUTH_SECRET: secret, DATABASE_URL: 'postgres://localhost/x' }],
    ['HOST', { AUTH_SECRET: secret, HOST: '203.0.113.1' }],
  ])('%s is named in one line when it is wrong: %o', async (variable, env) => {
    const { code, stderr } = await run('main.ts', [], { PORT: '0', ...env }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^${variable}: [^\\n]+\\n$`))
  })

  test('a taken port is said in one line, with what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await run('main.ts', [], { AUTH_SECRET: secret, PORT: String(port) }).ended
    other.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^PORT: \d+ is in use by another program; [^\n]+\n$/)
  })

  test('a second server on the same data is refused, and not after a SIGKILL of the first', async () => {
    const first = await serve()
    const second = await run('main.ts', [], { AUTH_SECRET: secret, PORT: '0' }).ended
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/^DATA_DIR: [^\n]+ is in use by another server\n$/)
    first.child.kill('SIGKILL')
    await first.ended
    const third = await serve()
    expect((await fetch(`${third.url}/healthz`)).status).toBe(200)
  })

  test('another AUTH_SECRET than the one the data was made with is said at start', async () => {
    const first = await serve()
    first.child.kill('SIGTERM')
    await first.ended
    const { code, stderr } = await run('main.ts', [], { AUTH_SECRET: `${secret}2`, PORT: '0' }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^AUTH_SECRET: is not the one [^\n]+\n$/)
    expect((await admin('forget-secret')).code).toBe(0)
    const changed = await serve({ AUTH_SECRET: `${secret}2` })
    expect((await fetch(`${changed.url}/api/auth/jwks`)).status).toBe(200)
  })
})

test('docs/operations.md lists every metric of ours', async () => {
  const { url } = await serve()
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const exported = [...metrics.matchAll(/^# TYPE (fulqrun_\w+) /gm)].map(([, name]) => name)
  const text = await readFile(path.resolve(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
  const listed = [...text.matchAll(/^\| `(fulqrun_\w+)` /gm)].map(([, name]) => name)
  expect(listed.toSorted()).toEqual(exported.toSorted())
})

describe('the command line', () => {
  test('from nothing to a working organization, beside a running server', async () => {
    const server = await serve()
    const created = await admin('create-organization', '--name', 'Acme', '--admin-email', 'Boss@acme.example')
    const organizationId = valueOf(created, 'Organization')
    const territory = await admin('create-territory', '--organization', organizationId, '--name', 'East')
    const territoryId = valueOf(territory, 'Territory')
    const email = 'rep@acme.example'
    const person = ['--organization', organizationId, '--email', email, '--name', 'Rep', '--role', 'rep']
    const password = valueOf(await admin('add-person', ...person), 'First password, to be changed')
    expect((await admin('assign-territory', '--email', email, '--territory', territoryId)).code).toBe(0)
    const key = valueOf(
      await admin('create-api-key', '--organization', organizationId, '--name', 'ERP'),
      'Key',
    )

    const signIn = (who: { email: string; password: string }) =>
      fetch(`${server.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(who),
      })
    const me = async (token: string | null) => {
      const answer = await fetch(`${server.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })
      return answer.ok ? ((await answer.json()) as Me) : answer.status
    }
    const boss = { email: 'boss@acme.example', password: valueOf(created, 'First password, to be changed') }
    expect(await me((await signIn(boss)).headers.get('set-auth-token'))).toMatchObject({ role: 'admin' })
    const token = (await signIn({ email, password })).headers.get('set-auth-token')
    expect(await me(token)).toMatchObject({
      user: { name: 'Rep' },
      organization: { id: organizationId, name: 'Acme' },
      role: 'rep',
      territories: [{ id: territoryId, name: 'East' }],
    })
    expect(await me(key)).toMatchObject({ user: { name: 'ERP' }, role: 'finance' })

    const ended = await admin('revoke-sessions', '--email', email)
    expect(valueOf(ended, 'Ended')).toBe('1')
    expect(await me(token)).toBe(401)
    expect((await admin('block-person', '--email', email)).code).toBe(0)
    expect((await signIn({ email, password })).status).toBe(403)
    expect((await admin('unblock-person', '--email', email)).code).toBe(0)
    expect((await signIn({ email, password })).status).toBe(200)
    const { stdout } = await admin('list')
    expect(stdout).toContain(`Acme (${organizationId})`)
    expect(stdout).toContain('rep rep@acme.example')
  })

  test('a backup is made while the server runs, and serves', async () => {
    await serve()
    const created = await admin('create-organization', '--name', 'Acme', '--admin-email', 'boss@acme.example')
    const password = valueOf(created, 'First password, to be changed')
    const copy = path.join(folder, 'copy', 'fulqrun.sqlite')
    await mkdir(path.dirname(copy))
    expect((await admin('backup', '--to', copy)).code).toBe(0)
    expect((await admin('backup', '--to', copy)).stderr).toBe('this file exists already\n')
    // It is another log, and devices are to bring back what it lacks.
    expect([logIdOf(path.join(folder, 'fulqrun.sqlite')), logIdOf(copy)]).toEqual([
      expect.any(String),
      undefined,
    ])
    const restored = await serve({ DATA_DIR: path.dirname(copy) })
    expect(logIdOf(copy)).toEqual(expect.any(String))
    expect(logIdOf(copy)).not.toBe(logIdOf(path.join(folder, 'fulqrun.sqlite')))
    const answer = await fetch(`${restored.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'boss@acme.example', password }),
    })
    expect(answer.status).toBe(200)
  })

  test.each([
    [['create-organization', '--name', 'Acme'], /^--admin-email is missing\n$/],
    [['create-organization', '--name', 'Acme', '--admin-email', 'nobody'], /^--admin-email is not an e-mail/],
    [['add-person', '--organization', 'x', '--email', 'a@b.example'], /^no such organization/],
    [
      ['assign-territory', '--email', 'a@b.example', '--territory', 'x'],
      /^nobody has this e-mail address\n$/,
    ],
    [['create-organization', '--nonsense'], /nonsense/],
    [['toString'], /^npm run admin/],
    [[], /^npm run admin/],
  ])('%o is answered without a stack', async (args, expected) => {
    const { code, stderr } = await admin(...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(expected)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
