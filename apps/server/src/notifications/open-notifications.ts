import path from 'node:path'
import { type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { readProposals, summarize } from '@fulqrun/schema'
import type { PolicyTable } from '@fulqrun/rules'
import type { Hono } from 'hono'
import { Counter } from 'prom-client'
import type { Accounts } from '../accounts/accounts.ts'
import { readGrants } from '../accounts/grants.ts'
import type { Config } from '../config.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import type { FeedBus } from '../feed/feed-bus.ts'
import type { HttpEnv } from '../http/environment.ts'
import { notificationRoutes } from '../http/notification-routes.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics.ts'
import { NotificationStore } from './notification-store.ts'
import { Notifier } from './notifier.ts'
import { PushQueue } from './push-queue.ts'
import { createSendPush } from './push-request.ts'
import { createStillDue } from './still-due.ts'
import { loadVapidKeys } from './vapid-keys.ts'

export interface Notifications {
  readonly routes: Hono<HttpEnv>
  close(): Promise<void>
}

export interface NotificationsOptions {
  readonly config: Config
  readonly accounts: Accounts
  readonly documents: DocumentHost
  readonly feed: Pick<FeedBus, 'subscribe'>
  readonly policyOf: (organizationId: string) => PolicyTable
  readonly logger: Logger
  readonly metrics: Metrics
}

function startTimer(ms: number, fire: () => void): () => void {
  const timer = setTimeout(fire, ms)
  // A process that has nothing else to do may end.
  timer.unref()
  return () => clearTimeout(timer)
}

/** Web Push of this process: hears the feed, answers `/api/notifications`. */
export async function openNotifications(options: NotificationsOptions): Promise<Notifications> {
  const { config, accounts, documents, feed, policyOf, logger, metrics } = options
  const keys = loadVapidKeys({ dataDir: config.dataDir, ...config.vapid })
  const store = await NotificationStore.open(path.join(config.dataDir, 'fulqrun.sqlite'))
  const rules = { allowLocal: config.pushAllowsLocal }
  const pushes = new Counter({
    name: 'fulqrun_pushes_total',
    help: 'Notices given to push services, by what came of it',
    labelNames: ['outcome'],
    registers: [metrics.registry],
  })
  const failures = new Counter({
    name: 'fulqrun_untold_records_total',
    help: 'Records that could not be told of: tried again later, or lost to the inbox',
    labelNames: ['outcome'],
    registers: [metrics.registry],
  })
  const grantsOf = (sessionIds: readonly string[]) => readGrants(accounts.db, sessionIds, Date.now())
  const scopeOf = (document: DocumentName) => documents.scopeOf(document)
  const queue = new PushQueue({
    send: createSendPush(keys, rules),
    isStillDue: createStillDue({ store, grantsOf, scopeOf }),
    onGone: ({ endpoint }) => store.unsubscribe(endpoint),
    onOutcome: (outcome) => pushes.inc({ outcome }),
    logger,
    now: Date.now,
    startTimer,
    random: Math.random,
  })
  const notifier = new Notifier({
    store,
    queue,
    grantsOf,
    scopeOf,
    factsOf: async (name) => {
      const kind = parseDocumentName(name)?.kind
      if (kind === undefined || documents.isRemoved(name)) return undefined
      return await documents.withDocument(name, (document) => ({
        title: summarize(document, kind).title,
        proposals: readProposals(document),
      }))
    },
    policyOf,
    onFailed: (outcome) => failures.inc({ outcome }),
    logger,
    now: Date.now,
    startTimer,
  })
  const stop = feed.subscribe((batch) => notifier.hear(batch))
  notifier.start()
  return {
    routes: notificationRoutes({ store, notifier, queue, publicKey: keys.publicKey, rules, now: Date.now }),
    async close() {
      stop()
      await notifier.close()
      queue.close()
      await store.close()
    },
  }
}
