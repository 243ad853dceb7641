import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Counter, Histogram } from 'prom-client'
import { type Accounts, openAccounts } from './accounts/accounts.ts'
import { FileAttachmentStore } from './attachments/file-attachment-store.ts'
import { OpenUploads } from './attachments/open-uploads.ts'
import { keepTidy } from './attachments/tidy.ts'
import { type Config, hostInUrl } from './config.ts'
import { seedDemoDocuments } from './demo/index.ts'
import type { DocumentHost } from './documents/document-host.ts'
import { openLiveRecords } from './documents/live-records.ts'
import { SocketServer } from './gate/socket-server.ts'
import { createHttpApp, createHttpListener, type Readiness } from './http/app.ts'
import { attachmentRoutes } from './http/attachment-routes.ts'
import { KeptBuilds } from './http/kept-builds.ts'
import { policyRoutes } from './http/policy-routes.ts'
import type { GroupCommit } from './log/group-commit.ts'
import { SqliteLogIdentity } from './log/log-identity.ts'
import { createLogger, type Logger } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { openNotifications } from './notifications/open-notifications.ts'
import { PolicyDirectory } from './policy/policy-directory.ts'
import { SqlitePolicyStore } from './policy/sqlite-policy-store.ts'
import type { DocumentStore } from './store/document-store.ts'
import { SqliteDocumentStore } from './store/sqlite/sqlite-document-store.ts'
import { createSyncCounters } from './sync-counters.ts'

export interface RunningServer {
  /** Where people reach it, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Drains and stops: resolves when everything that was admitted is on disk and every socket is closed. */
  close(): Promise<void>
}

export interface ServerParts {
  /** Tests replace the store, to make the disk fail. */
  readonly openStore?: ((file: string) => Promise<DocumentStore>) | undefined
  readonly logger?: Logger | undefined
}

/** On the way down, the log gets this long to reach the disk before the process gives up and says so. */
const drainDeadlineMs = 8000
/** A store that has refused commits for this long makes the process not ready. */
const storeFailureToleranceMs = 3000

/** Starts one process: accounts, log, documents, sockets and HTTP on one port. */
export async function startServer(config: Config, parts: ServerParts = {}): Promise<RunningServer> {
  const logger = parts.logger ?? createLogger({ level: config.logLevel, readable: config.demo })
  const metrics = createMetrics()
  const accounts = await openAccounts({ config, logger })
  const file = path.join(config.dataDir, 'fulqrun.sqlite')
  const store = await (parts.openStore ?? openSqliteStore)(file)
  const policies = await PolicyDirectory.open({ store: await SqlitePolicyStore.open(file), now: Date.now })
  const attachments = await FileAttachmentStore.open({
    dataDir: config.dataDir,
    databaseFile: file,
    quota: config.attachmentQuota,
  })
  const uploads = new OpenUploads()
  const stopTidying = keepTidy(attachments, { now: Date.now, logger })
  if (config.demo) await seedDemo(accounts, store)
  const log = await SqliteLogIdentity.open(file)
  const run = beginRun(config.dataDir, { now: Date.now(), isRestored: log.isRestored })
  const policyOf = (organizationId: string) => policies.tableOf(organizationId)
  const syncCounters = createSyncCounters(metrics)
  const { bus, commit, documents, sockets, feed, routes } = await openLiveRecords({
    store,
    log,
    directory: accounts.directory,
    policyOf,
    isRelayTime: run.isRelayTime,
    now: Date.now,
    logger,
    counters: socketCounters(metrics),
    syncCounters,
    openSockets: (services) => new SocketServer(services),
  })
  const notifications = await openNotifications({
    config,
    accounts,
    documents,
    feed: bus,
    policyOf,
    logger,
    metrics,
  })
  measure(metrics, { sockets, documents, commit })
  const readiness = (): Readiness => {
    const failing =
      commit.failingSince !== undefined && Date.now() - commit.failingSince > storeFailureToleranceMs
    return { ready: !failing, problems: failing ? ['storage: the log cannot be written'] : [] }
  }
  // Not waited for: only pages of an earlier build ask for its files, and those requests wait.
  const keptBuilds = KeptBuilds.open({
    folder: path.join(config.dataDir, 'web-builds'),
    webRoot: config.webRoot,
    now: Date.now,
  }).catch((error: unknown) => {
    logger.error({ err: error }, 'earlier builds of the web app cannot be kept; old pages may need a reload')
    return undefined
  })
  const app = createHttpApp({
    config,
    accounts,
    logger,
    metrics,
    readiness,
    keptBuilds,
    ...routes,
    policy: policyRoutes({ policies }),
    notifications: notifications.routes,
    attachments: attachmentRoutes({
      attachments,
      documents,
      uploads,
      counters: syncCounters,
      now: Date.now,
    }),
  })
  const server = createServer((request, response) => void createListener(request, response))
  const createListener = createHttpListener(app)
  server.on('upgrade', (request, socket, head) => {
    // A client that resets the connection during the handshake is not worth the process.
    socket.on('error', () => socket.destroy())
    if (!sockets.upgrade(request, socket, head))
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
  })
  const port = await listen(server, config)
  const url = config.publicUrlGiven ? config.publicUrl : `http://${hostInUrl(config.host)}:${port}`
  logger.info({ url }, 'listening')

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    logger.info('stopping')
    feed.stop()
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    sockets.stop()
    const told = within(1000, uploads.stop())
    const drained = await within(drainDeadlineMs, commit.flush())
    await told
    sockets.close()
    server.closeAllConnections()
    await stopped
    // What came in while the rest was drained: nobody was told that it is on disk, but colleagues may have seen it.
    const settled = drained && (await within(1000, commit.flush()))
    // Reads records, so before their store is closed.
    await within(1000, notifications.close())
    commit.stop()
    await within(1000, store.close())
    await log.close()
    await policies.close()
    stopTidying()
    await attachments.close()
    await keptBuilds
    await accounts.close()
    metrics.close()
    if (settled) run.endsWell()
    if (!drained)
      throw new Error(
        'the log could not be written before the deadline; unacknowledged edits stay on devices',
      )
  }
  return { url, port, close: () => (closing ??= close()) }
}

/**
 * After a crash, devices bring back edits of colleagues that the old process had sent to them and not yet stored: most
 * within seconds, but somebody who was offline meanwhile brings theirs days later.
 */
const relayMs = 14 * 24 * 3600_000

interface Run {
  readonly isRelayTime: (at: number) => boolean
  endsWell(): void
}

/**
 * A file `running` is there while a process runs, and stays behind when it is killed or leaves edits unwritten; the
 * times at which it was found are kept in `crashes`, one to a line. A backup that was restored is as a crash: devices hold
 * what it lacks.
 */
function beginRun(
  dataDir: string,
  { now, isRestored }: { readonly now: number; readonly isRestored: boolean },
): Run {
  const marker = path.join(dataDir, 'running')
  const crashes = path.join(dataDir, 'crashes')
  if (existsSync(marker) || isRestored) appendFileSync(crashes, `${now}\n`)
  writeFileSync(marker, '')
  const times = existsSync(crashes) ? readFileSync(crashes, 'utf8').trim().split('\n').map(Number) : []
  return {
    isRelayTime: (at) => times.some((time) => at >= time && at < time + relayMs),
    endsWell: () => rmSync(marker, { force: true }),
  }
}

/** Fills what is empty, so that a start that was cut off between people and documents is made good by the next. */
async function seedDemo(accounts: Accounts, store: DocumentStore): Promise<void> {
  await accounts.seedDemo()
  const documents = await store.territories()
  if (documents.length === 0) await seedDemoDocuments(store, { now: Date.now() })
}

function openSqliteStore(file: string): Promise<DocumentStore> {
  return SqliteDocumentStore.open(file)
}

function listen(server: ReturnType<typeof createServer>, { port, host }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Whether a promise settles in time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function socketCounters({ registry }: Metrics) {
  const registers = [registry]
  const frames = new Counter({ name: 'fulqrun_frames_total', help: 'Frames received on sockets', registers })
  const bytes = new Histogram({
    name: 'fulqrun_frame_bytes',
    help: 'Size of received frames',
    buckets: [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576],
    registers,
  })
  const refused = new Counter({
    name: 'fulqrun_refused_total',
    help: 'Edits and documents refused',
    labelNames: ['code'],
    registers,
  })
  const closed = new Counter({
    name: 'fulqrun_sockets_closed_total',
    help: 'Sockets closed by the server',
    labelNames: ['code'],
    registers,
  })
  return {
    frame(size: number) {
      frames.inc()
      bytes.observe(size)
    },
    refused: (code: string) => refused.inc({ code }),
    closed: (code: string) => closed.inc({ code }),
  }
}

function measure(
  metrics: Metrics,
  parts: { readonly sockets: SocketServer; readonly documents: DocumentHost; readonly commit: GroupCommit },
): void {
  metrics.gauge('fulqrun_sockets', 'Open sockets', () => parts.sockets.size)
  metrics.gauge('fulqrun_documents_loaded', 'Documents in memory', () => parts.documents.shelf.size)
  metrics.gauge('fulqrun_log_queued_bytes', 'Bytes on their way to disk', () => parts.commit.queuedBytes)
  metrics.gauge('fulqrun_log_failing', '1 while the log cannot be written', () =>
    parts.commit.failingSince === undefined ? 0 : 1,
  )
}
