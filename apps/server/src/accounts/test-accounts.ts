import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Config, loadConfig } from '../config.ts'
import { createLogger } from '../logger.ts'
import { type Accounts, openAccounts } from './accounts.ts'
import { demoPassword } from './seed-accounts.ts'

/** Accounts in a folder of their own, with the demo people, for tests. */
export interface TestAccounts extends AsyncDisposable {
  readonly accounts: Accounts
  readonly config: Config
  /** Signs in by HTTP, as a device does. */
  signIn(email: string): Promise<TestSession>
}

interface TestSession {
  readonly cookie: string
  readonly bearer: string
  /** A fresh JWT for sockets. */
  token(): Promise<string>
}

export async function openTestAccounts(env: Record<string, string> = {}): Promise<TestAccounts> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-accounts-'))
  const config = loadConfig({ DEMO: 'true', DATA_DIR: folder, LOG_LEVEL: 'silent', ...env })
  const accounts = await openAccounts({ config, logger: createLogger({ level: 'silent', readable: false }) })
  await accounts.seedDemo()
  return {
    accounts,
    config,
    signIn: (email) => signIn(accounts, config, email),
    async [Symbol.asyncDispose]() {
      await accounts.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function signIn(accounts: Accounts, config: Config, email: string): Promise<TestSession> {
  const answer = await accounts.handle(
    new Request(`${config.publicUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: config.publicUrl },
      body: JSON.stringify({ email, password: demoPassword }),
    }),
  )
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`)
  const bearer = answer.headers.get('set-auth-token') ?? ''
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return {
    cookie,
    bearer,
    async token() {
      const request = new Request(`${config.publicUrl}/api/auth/token`, {
        headers: { authorization: `Bearer ${bearer}` },
      })
      const response = await accounts.handle(request)
      return ((await response.json()) as { token: string }).token
    },
  }
}
