/**
 * What `npm start` runs, without its build: tests must not rebuild the web app under the browser, and a build that
 * somebody else starts meanwhile must not change it either (`WEB_ROOT` is a copy). Tells its parent when it listens.
 */
import { loadConfig } from '../../../server/src/config.ts'
import { lockDataDir } from '../../../server/src/data-lock.ts'
import { createLogger } from '../../../server/src/logger.ts'
import { closeOnSignals, failStart, logStrayErrors } from '../../../server/src/process-life.ts'
import { startServer } from '../../../server/src/server.ts'

try {
  const config = loadConfig(process.env)
  const logger = createLogger({ level: config.logLevel, readable: true })
  logStrayErrors(logger)
  lockDataDir(config.dataDir)
  const webRoot = process.env['WEB_ROOT'] ?? config.webRoot
  const server = await startServer({ ...config, webRoot }, { logger })
  closeOnSignals(server, logger)
  process.send?.({ url: server.url })
} catch (error) {
  failStart(error)
}
