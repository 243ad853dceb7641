import { createServer } from 'node:net'
import { type Config, ConfigError, hostInUrl } from './config.ts'
import type { Logger } from './logger.ts'

/** What `npm start` and `npm run serve` have in common: errors at start, signals, and errors that nobody caught. */

export interface Closable {
  close(): Promise<void>
}

/** Supervisors wait about 10 s after SIGTERM before they kill; the server itself gives the log 8 s. */
const closeDeadlineMs = 9_700

/**
 * Ends the process after `server.close()` on SIGTERM or SIGINT: with 0 when everything is on disk, with 1 when closing
 * failed or took longer than 9.7 s. A second signal does not wait.
 */
export function closeOnSignals(server: Closable, logger: Logger): void {
  let closing = false
  async function close(signal: NodeJS.Signals): Promise<void> {
    if (closing) process.exit(1)
    closing = true
    logger.info({ signal }, 'closing')
    const deadline = setTimeout(() => {
      logger.error('closing took too long')
      process.exit(1)
    }, closeDeadlineMs)
    try {
      await server.close()
    } catch (error) {
      logger.error({ err: error }, 'closing failed')
      process.exit(1)
    }
    clearTimeout(deadline)
    logger.info('closed')
    process.exit(0)
  }
  process.on('SIGTERM', (signal) => void close(signal))
  process.on('SIGINT', (signal) => void close(signal))
}

/**
 * A promise that nobody handled is a bug, but not a reason to drop everybody's connection: it is logged. A thrown error
 * that nobody caught leaves the process in an unknown state: it is logged and the process ends, losing nothing that was
 * acknowledged.
 */
export function logStrayErrors(logger: Logger): void {
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'a rejection was not handled'))
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an error was not caught')
    process.exit(1)
  })
}

/** Rejects like a server would when the port cannot be had, before anything slow is begun. */
export async function requirePort({ port, host }: Pick<Config, 'port' | 'host'>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

/** One line about what keeps the server from starting; undefined for what is no fault of the operator. */
function startFailure(error: unknown): string | undefined {
  if (error instanceof ConfigError) return error.message
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (code === 'EADDRINUSE') {
    return `PORT: ${port} is in use by another program; stop it or choose another with PORT=${(port ?? 0) + 1}`
  }
  if (code === 'EACCES' && port !== undefined) return `PORT: ${port} needs more rights; choose one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `HOST: ${hostInUrl(address ?? 'the address')} is not an address of this machine`
  }
  return undefined
}

/** Prints why the server does not start, and ends the process. */
export function failStart(error: unknown): never {
  const line = startFailure(error)
  process.stderr.write(
    `${line ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  )
  process.exit(1)
}
