/** `npm run dev`: the demo server, and Vite in front of it with hot reload. */
import { spawn } from 'node:child_process'
import { loadConfig } from './config.ts'
import { lockDataDir } from './data-lock.ts'
import { repositoryRoot, viteCommand } from './http/web-build.ts'
import { createLogger } from './logger.ts'
import { closeOnSignals, failStart, logStrayErrors, requirePort } from './process-life.ts'
import { startServer } from './server.ts'

try {
  const config = loadConfig({ DEMO: 'true', ...process.env })
  const logger = createLogger({ level: config.logLevel, readable: true })
  logStrayErrors(logger)
  await requirePort(config)
  lockDataDir(config.dataDir)
  const server = await startServer(config, { logger })
  const vite = spawn(process.execPath, [viteCommand(), '--config', 'apps/web/vite.config.ts'], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: { ...process.env, FULQRUN_BACKEND: server.url },
  })
  closeOnSignals(
    {
      async close() {
        vite.kill()
        await server.close()
      },
    },
    logger,
  )
  console.log(`Server: ${server.url}. Open the address that Vite prints.`)
} catch (error) {
  failStart(error)
}
