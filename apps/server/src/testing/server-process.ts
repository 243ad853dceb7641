/**
 * The server as a process for tests that kill it: as main.ts, but with the demo people and without a web build. Tells
 * its parent where it listens.
 */
import { loadConfig } from '../config.ts'
import { createLogger } from '../logger.ts'
import { closeOnSignals, failStart, logStrayErrors } from '../process-life.ts'
import { startServer } from '../server.ts'

try {
  const config = loadConfig(process.env)
  const logger = createLogger({ level: config.logLevel, readable: false })
  logStrayErrors(logger)
  const server = await startServer(config, { logger })
  closeOnSignals(server, logger)
  process.send?.({ url: server.url })
} catch (error) {
  failStart(error)
}
