/** `npm start`: builds the web app if needed and starts the demo on this machine. */
import { demoAnswer } from './accounts/seed-accounts.ts'
import { isLoopback, loadConfig } from './config.ts'
import { lockDataDir } from './data-lock.ts'
import { ensureWebBuild } from './http/web-build.ts'
import { createLogger } from './logger.ts'
import { closeOnSignals, failStart, logStrayErrors, requirePort } from './process-life.ts'
import { startServer } from './server.ts'

/** Quiet, so that the accounts stay on the screen. */
const defaults = { DEMO: 'true', LOG_LEVEL: 'error' }

function printDemo(url: string): void {
  const { people, password } = demoAnswer()
  const width = Math.max(...people.map(({ email }) => email.length))
  console.log(`\nFulQrun is running: ${url}\n\nDemo accounts, password ${password}:`)
  for (const { email, role, organization, territory } of people) {
    console.log(
      `  ${email.padEnd(width)}  ${role.padEnd(10)}  ${[organization, territory].filter(Boolean).join(', ')}`,
    )
  }
  console.log('\nStop with Ctrl+C.')
}

try {
  const config = loadConfig({ ...defaults, ...process.env })
  const logger = createLogger({ level: config.logLevel, readable: config.demo })
  logStrayErrors(logger)
  await requirePort(config)
  lockDataDir(config.dataDir)
  await ensureWebBuild({ log: (line) => console.log(line) })
  const server = await startServer(config, { logger })
  closeOnSignals(server, logger)
  if (config.demo) printDemo(server.url)
  else console.log(`FulQrun is running: ${server.url}`)
  if (config.demo && !isLoopback(config.host)) {
    console.log(`HOST=${config.host}: other machines reach these accounts, and their password is public.`)
  }
} catch (error) {
  failStart(error)
}
