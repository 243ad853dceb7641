/** `npm run serve`: the production server. Settings come from the environment (docs/operations.md). */
import { ConfigError, loadConfig } from './config.ts'
import { lockDataDir } from './data-lock.ts'
import { createLogger } from './logger.ts'
import { closeOnSignals, failStart, logStrayErrors, requirePort } from './process-life.ts'
import { startServer } from './server.ts'

try {
  const config = loadConfig(process.env)
  if (config.demo) throw new ConfigError('DEMO', 'is not for production; use npm start')
  const logger = createLogger({ level: config.logLevel, readable: false })
  logStrayErrors(logger)
  await requirePort(config)
  lockDataDir(config.dataDir)
  const server = await startServer(config, { logger })
  closeOnSignals(server, logger)
} catch (error) {
  failStart(error)
}
