import { loadConfig } from '../../../server/src/config.ts'
import { createLogger } from '../../../server/src/logger.ts'
import { closeOnSignals, failStart, logStrayErrors } from '../../../server/src/process-life.ts'
import { startServer } from '../../../server/src/server.ts'

/** Ours, as `npm start` starts it, without building the web app first: nobody looks at it here. */

try {
  const config = loadConfig({ DEMO: 'true', LOG_LEVEL: 'error', ...process.env })
  const logger = createLogger({ level: config.logLevel, readable: config.demo })
  logStrayErrors(logger)
  // The page of a bench in the browser takes the place of the app.
  const webRoot = process.env['WEB_ROOT'] ?? config.webRoot
  closeOnSignals(await startServer({ ...config, webRoot }), logger)
} catch (error) {
  failStart(error)
}
