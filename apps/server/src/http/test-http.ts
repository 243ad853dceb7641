import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openTestAccounts, type TestAccounts } from '../accounts/test-accounts.ts'
import { createLogger } from '../logger.ts'
import { createMetrics } from '../metrics.ts'
import { createHttpApp, createHttpListener, type HttpAppOptions } from './app.ts'

/** The HTTP app on a real socket, with demo people and a small web app, for tests. */
export interface TestHttp extends AsyncDisposable {
  readonly url: string
  readonly accounts: TestAccounts
  readonly webRoot: string
}

interface TestHttpOptions extends Partial<Pick<HttpAppOptions, 'documents' | 'readiness' | 'logger'>> {
  readonly env?: Record<string, string> | undefined
}

export const inlineScript = "document.documentElement.dataset.theme = 'dark'"

export async function openTestHttp({
  env = {},
  documents,
  readiness = () => ({ ready: true, problems: [] }),
  logger = createLogger({ level: 'silent', readable: false }),
}: TestHttpOptions = {}): Promise<TestHttp> {
  const accounts = await openTestAccounts(env)
  const webRoot = await makeWebRoot()
  const metrics = createMetrics()
  const config = { ...accounts.config, webRoot }
  const app = createHttpApp({ config, accounts: accounts.accounts, logger, metrics, documents, readiness })
  const listener = createHttpListener(app)
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accounts,
    webRoot,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      metrics.close()
      await accounts[Symbol.asyncDispose]()
      await rm(webRoot, { recursive: true, force: true })
    },
  }
}

async function makeWebRoot(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'fulqrun-web-'))
  await mkdir(path.join(root, 'assets'))
  await writeFile(
    path.join(root, 'index.html'),
    `<!doctype html><script>${inlineScript}</script><div id=root>`,
  )
  await writeFile(path.join(root, 'sw.js'), '// service worker')
  await writeFile(path.join(root, 'assets/main-Bx3k.js'), `// ${'long '.repeat(1000)}`)
  await writeFile(path.join(root, '.secret'), 'hidden')
  return root
}
