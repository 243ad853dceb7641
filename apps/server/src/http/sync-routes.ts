import { setImmediate } from 'node:timers/promises'
import {
  decodePush,
  type DocumentName,
  endpoints,
  type ErrorCode,
  isDocumentName,
  limits,
  type PushAnswer,
  type PushedUpdate,
  type PushVerdict,
} from '@fulqrun/protocol'
import { Hono } from 'hono'
import { canRead, type Principal } from '../accounts/principal.ts'
import type { Verdict } from '../documents/document-host.ts'
import type { GroupCommit } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { binaryBody } from './binary-body.ts'
import { limitBody } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { assertPerson } from './named-person.ts'
import { pullRoutes, type PullServices } from './pull-routes.ts'

interface Services extends PullServices {
  readonly commit: GroupCommit
  readonly counters: SyncCounters & { refused(code: ErrorCode): void }
}

/** Somebody's push, while it is worked off. */
interface Push extends Services {
  readonly principal: Principal
  readonly logger: Logger
}

/** A verdict on one update; one that touched nothing has no ticket. */
type Outcome = Pick<Verdict, 'code' | 'quarantineId' | 'putBack'> & Partial<Pick<Verdict, 'ticket'>>

/**
 * The exchange by HTTP, for whoever has no socket: `POST /api/sync/pull` and `/push`, described in `packages/protocol`.
 *
 * - PUSH-2 Each update passes the same admission as on a socket, and is answered when everything is on disk.
 * - PUSH-3 One refused update never harms the others.
 */
export function syncRoutes(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.post(endpoints.push, limitBody(limits.maxPushBytes), async (c) => {
    const started = performance.now()
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    const updates = decodePush(await binaryBody(c, limits.maxPushBytes))
    const push: Push = { ...services, principal, logger: c.get('logger') }
    const answer: PushAnswer = { verdicts: await admitAll(push, updates) }
    services.counters.caughtUp('push', performance.now() - started)
    return c.json(answer)
  })
  app.route('/', pullRoutes(services))
  return app
}

async function admitAll(push: Push, updates: readonly PushedUpdate[]): Promise<PushVerdict[]> {
  const outcomes: Outcome[] = []
  for (const update of updates) {
    outcomes.push(await admitOne(push, update))
    // A long push takes turns with everybody else's edits.
    await setImmediate()
  }
  const last = Math.max(...outcomes.map(({ ticket }) => ticket ?? 0))
  await new Promise<void>((resolve) => push.commit.whenDurable(last, resolve))
  return outcomes.map(({ code, quarantineId, putBack }, index) => {
    if (code !== undefined) push.counters.refused(code)
    push.counters.pushed(code ?? 'accepted')
    const name = updates[index]?.name ?? ''
    return { name, accepted: code === undefined, code, quarantineId, putBack }
  })
}

async function admitOne(push: Push, { name, update }: PushedUpdate): Promise<Outcome> {
  const { documents, principal, logger } = push
  if (!isDocumentName(name)) return refusal('document/name-invalid')
  if (!mayRead(push, name)) return refusal('access/denied')
  if (documents.isRemoved(name)) return documents.refuse(name, principal, update, 'document/removed')
  if (update.byteLength > limits.maxFrameBytes)
    return documents.refuse(name, principal, update, 'update/too-large')
  try {
    return await documents.withDocument(name, (document) => {
      // It may have come to be in somebody else's territory while it was loaded.
      if (!mayRead(push, name)) return refusal('access/denied')
      const verdict = documents.admitFromClient(document, name, principal, update)
      return verdict === 'incomplete'
        ? documents.refuse(name, principal, update, 'update/not-applied')
        : verdict
    })
  } catch (error) {
    logger.error({ err: error, document: name }, 'a pushed document could not be loaded')
    return refusal('server/storage')
  }
}

function mayRead({ documents, principal }: Push, name: DocumentName): boolean {
  return canRead(principal, documents.scopeOf(name))
}

/** No for what the sender holds on to: nothing of it was looked at. */
function refusal(code: ErrorCode): Outcome {
  return { code, putBack: [] }
}
