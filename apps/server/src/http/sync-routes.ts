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
import type { Document } from '@hocuspocus/server'
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

/**
 * How often a push is gone through. Devices send in the order of their edits, so that only clocks that were set in
 * between need a second time; what is still early then is brought again.
 */
const maxRounds = 8

async function admitAll(push: Push, updates: readonly PushedUpdate[]): Promise<PushVerdict[]> {
  const outcomes = await admitInOrder(push, updates)
  const last = Math.max(...outcomes.map(({ ticket }) => ticket ?? 0))
  await new Promise<void>((resolve) => push.commit.whenDurable(last, resolve))
  return outcomes.map(({ code, quarantineId, putBack }, index) => {
    if (code !== undefined) push.counters.refused(code)
    push.counters.pushed(code ?? 'accepted')
    const name = updates[index]?.name ?? ''
    return { name, accepted: code === undefined, code, quarantineId, putBack }
  })
}

/** In the order of the body; what builds on something further back is admitted behind it (PUSH-6). */
async function admitInOrder(push: Push, updates: readonly PushedUpdate[]): Promise<Outcome[]> {
  const outcomes = new Map<number, Outcome>()
  let waiting = [...updates.keys()]
  for (let round = 0; round < maxRounds && waiting.length > 0; round++) {
    const still: number[] = []
    for (const index of waiting) {
      const outcome = await offerOne(push, updates[index])
      // A long push takes turns with everybody else's edits.
      await setImmediate()
      if (outcome === 'early') still.push(index)
      else outcomes.set(index, outcome)
    }
    if (still.length === waiting.length) break
    waiting = still
  }
  const inOrder: Outcome[] = []
  for (const [index, update] of updates.entries())
    inOrder.push(outcomes.get(index) ?? (await refuseOne(push, update)))
  return inOrder
}

/** `early`: it builds on something that has not come. Nothing was done with it. */
async function offerOne(push: Push, pushed: PushedUpdate | undefined): Promise<Outcome | 'early'> {
  return decideOne(push, pushed, ({ documents, principal }, name, update, document) => {
    const verdict = documents.offerFromClient(document, name, principal, update)
    if (verdict === 'incomplete' || verdict === 'document/not-created') return 'early'
    return typeof verdict === 'string' ? documents.refuse(name, principal, update, verdict) : verdict
  })
}

/** What nothing in the push has made possible. */
async function refuseOne(push: Push, pushed: PushedUpdate): Promise<Outcome> {
  return decideOne(push, pushed, ({ documents, principal }, name, update, document) => {
    const verdict = documents.admitFromClient(document, name, principal, update)
    return verdict === 'incomplete'
      ? documents.refuse(name, principal, update, 'update/not-applied')
      : verdict
  })
}

async function decideOne<T>(
  push: Push,
  pushed: PushedUpdate | undefined,
  decide: (push: Push, name: DocumentName, update: Uint8Array, document: Document) => T,
): Promise<T | Outcome> {
  const { documents, principal, logger } = push
  if (pushed === undefined || !isDocumentName(pushed.name)) return refusal('document/name-invalid')
  const { name, update } = pushed
  if (!mayRead(push, name)) return refusal('access/denied')
  if (documents.isRemoved(name)) return documents.refuse(name, principal, update, 'document/removed')
  if (update.byteLength > limits.maxFrameBytes)
    return documents.refuse(name, principal, update, 'update/too-large')
  try {
    // It may have come to be in somebody else's territory while it was loaded.
    return await documents.withDocument(name, (document) =>
      mayRead(push, name) ? decide(push, name, update, document) : refusal('access/denied'),
    )
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
