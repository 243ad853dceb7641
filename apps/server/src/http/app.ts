import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { endpoints, limits } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import type { Accounts } from '../accounts/accounts.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { accountRoutes } from './account-routes.ts'
import { authRoutes } from './auth-routes.ts'
import { awaitBody, limitBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import { deviceRoutes } from './device-routes.ts'
import type { HttpEnv } from './environment.ts'
import type { KeptBuilds } from './kept-builds.ts'
import { answerError, HttpProblem } from './problem.ts'
import { isCrossOrigin } from './same-origin.ts'
import { securityHeaders } from './security-headers.ts'
import { createStaticFiles, type StaticFiles } from './static-files.ts'

/** Whether this process can serve right now, and what is wrong if not. */
export interface Readiness {
  readonly ready: boolean
  /** Short words per failing part, such as `storage: last commit failed`. */
  readonly problems: readonly string[]
}

export interface HttpAppOptions {
  readonly config: Config
  readonly accounts: Accounts
  readonly logger: Logger
  readonly metrics: Metrics
  /** Routes of documents, under `/api/`; they find accounts and logger in their context. */
  readonly documents: Hono<HttpEnv> | undefined
  /** Routes of the exchange of updates, with a limit of their own for bodies. */
  readonly sync?: Hono<HttpEnv> | undefined
  /** Routes of attached files. */
  readonly attachments?: Hono<HttpEnv> | undefined
  /** Routes of the catalogue, of moving and removing records, and of events. */
  readonly records?: Hono<HttpEnv> | undefined
  /** Routes of an organization's rules. */
  readonly policy?: Hono<HttpEnv> | undefined
  readonly readiness: () => Readiness
  /** Files of the web app's earlier builds, once they are known; undefined when they cannot be kept. */
  readonly keptBuilds?: Promise<KeptBuilds | undefined> | undefined
  /** Web Push: settings and subscriptions of people. */
  readonly notifications?: Hono<HttpEnv> | undefined
}

/** Everything on the port but the sockets: API, health, metrics and the web app. */
export function createHttpApp(options: HttpAppOptions): Hono<HttpEnv> {
  const { config, metrics, documents, sync, policy } = options
  const app = new Hono<HttpEnv>()
  addContext(app, options)
  addSecurity(app, config)
  app.use('/api/*', compress())
  app.route('/', authRoutes(metrics))
  if (sync !== undefined) app.route('/', sync)
  app.use('/api/*', limitBody(limits.maxFrameBytes))
  if (options.attachments !== undefined) app.route('/', options.attachments)
  // Files come in parts and are kept as far as they came; whatever follows is read whole.
  app.use('/api/*', awaitBody())
  app.route('/', accountRoutes(config))
  app.route('/', deviceRoutes())
  if (documents !== undefined) app.route('/', documents)
  if (options.records !== undefined) app.route('/', options.records)
  if (policy !== undefined) app.route('/', policy)
  if (options.notifications !== undefined) app.route('/', options.notifications)
  addHealth(app, options)
  const findKept = async (pathname: string) => (await options.keptBuilds)?.find(pathname)
  addWebApp(app, config, createStaticFiles(config.webRoot, { findKept }))
  app.notFound(() => {
    throw new HttpProblem('not-found')
  })
  app.onError(answerError)
  return app
}

/** The listener for `http.createServer`. */
export function createHttpListener(
  app: Hono<HttpEnv>,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  })
}

function addContext(app: Hono<HttpEnv>, { accounts, config, logger, metrics }: HttpAppOptions): void {
  app.use(async (c, next) => {
    const started = performance.now()
    const requestId = randomUUID()
    c.set('accounts', accounts)
    c.set('logger', logger)
    c.set('requestId', requestId)
    c.set(
      'clientAddress',
      clientAddress({
        socketAddress: c.env?.incoming?.socket.remoteAddress,
        forwardedFor: c.req.header('x-forwarded-for'),
        trustProxy: config.trustProxy,
      }),
    )
    await next()
    c.header('x-request-id', requestId)
    const { method, path } = c.req
    const milliseconds = performance.now() - started
    metrics.httpSeconds.observe({ method, area: areaOf(path), status: c.res.status }, milliseconds / 1000)
    logger.debug({ requestId, method, path, status: c.res.status, milliseconds }, 'request')
  })
}

const areas = [
  '/api/auth',
  '/api/documents',
  '/api/opportunities',
  '/api/kpis',
  '/api/imports',
  '/api/admin',
  '/api/sync',
  '/api/attachments',
  '/api',
]

/** A label of few values: paths hold ids. */
function areaOf(path: string): string {
  return areas.find((area) => path === area || path.startsWith(`${area}/`)) ?? 'web'
}

function addSecurity(app: Hono<HttpEnv>, config: Config): void {
  const https = config.publicUrl.startsWith('https:')
  app.use(async (c, next) => {
    await next()
    const headers = securityHeaders({ host: hostOf(config, c.req.header('host')), https })
    for (const [name, value] of Object.entries(headers)) {
      if (!c.res.headers.has(name)) c.header(name, value)
    }
  })
  app.use('/api/*', async (c, next) => {
    const { method } = c.req
    if (isCrossOrigin({ method, headers: c.req.raw.headers, publicUrl: config.publicUrl })) {
      throw new HttpProblem('auth/cross-origin')
    }
    await next()
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  })
}

function hostOf(config: Config, host: string | undefined): string | undefined {
  return config.publicUrlGiven ? new URL(config.publicUrl).host : host
}

function addHealth(app: Hono<HttpEnv>, { readiness, metrics }: HttpAppOptions): void {
  app.get(endpoints.health, (c) => c.json({ ok: true }, 200, { 'cache-control': 'no-store' }))
  app.get(endpoints.ready, (c) => {
    const state = readiness()
    return c.json(state, state.ready ? 200 : 503, { 'cache-control': 'no-store' })
  })
  app.get(endpoints.metrics, async (c) =>
    c.body(await metrics.registry.metrics(), 200, {
      'content-type': metrics.registry.contentType,
      'cache-control': 'no-store',
    }),
  )
}

/** Paths that are never a page of the web app. `/sync` is one: the sync centre, beside the socket that upgrades there. */
const notPages = /^\/(api|assets|yjs|healthz|readyz|metrics)(\/|$)/

function addWebApp(app: Hono<HttpEnv>, config: Config, files: StaticFiles): void {
  app.get('*', async (c, next) => {
    const { path } = c.req
    const page = isPage(c.req.raw, path)
    if (!page && path.startsWith('/api/')) return next()
    const found = await files.answer(c.req.raw, page ? '/index.html' : path)
    if (found === undefined) {
      if (page) throw new HttpProblem('not-found', { detail: 'The web app is not built: npm run build' })
      return next()
    }
    const https = config.publicUrl.startsWith('https:')
    const host = hostOf(config, c.req.header('host'))
    if (found.scriptHashes.length > 0) {
      const headers = securityHeaders({ host, https, scriptHashes: found.scriptHashes })
      found.response.headers.set('content-security-policy', headers['content-security-policy'] ?? '')
    }
    return found.response
  })
}

/** A browser going to an address of the app, such as `/opportunities/<id>`: not a file, and it wants a page. */
function isPage(request: Request, path: string): boolean {
  if (path === '/' || path === '/index.html') return true
  if (notPages.test(path) || /\.[a-z0-9]+$/i.test(path)) return false
  return request.headers.get('accept')?.includes('text/html') ?? false
}
