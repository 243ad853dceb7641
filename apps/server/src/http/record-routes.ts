import { Hono } from 'hono'
import { z } from 'zod'
import type { DocumentHost } from '../documents/document-host.ts'
import { territoryPath } from '../feed/events-of.ts'
import type { FeedBus } from '../feed/feed-bus.ts'
import type { LogIdentity } from '../log/log-identity.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { readJson } from './body.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { eventRoutes } from './event-routes.ts'
import { importRoutes } from './import-routes.ts'
import { present } from './named-document.ts'
import { assertPerson } from './named-person.ts'
import { HttpProblem } from './problem.ts'

interface Services {
  readonly documents: DocumentHost
  readonly store: Pick<DocumentStore, 'head' | 'headOf' | 'entriesAfter' | 'history'>
  readonly bus: FeedBus
  readonly log?: LogIdentity | undefined
  readonly counters: SyncCounters
  readonly now: () => number
}

const reason = z.string().trim().min(1, 'Say why').max(500)
const moveRequest = z.strictObject({ territoryId: z.string().min(1).max(200), reason })
const removeRequest = z.strictObject({ reason })

/**
 * Records as a whole: their list, what happens to them, and what becomes of one.
 *
 * - LST-5 `PUT /api/documents/<name>/territory` moves it, by an admin or the manager of both territories.
 * - LST-6 `DELETE /api/documents/<name>` removes it for everybody, by an admin; its history stays.
 */
export function recordRoutes(services: Services): Hono<HttpEnv> {
  const { documents } = services
  const app = new Hono<HttpEnv>()
  app.route('/', catalogueRoutes(services))
  app.route('/', eventRoutes(services))
  app.route('/', importRoutes(services))

  app.put('/api/documents/:organization/:kind/:id/territory', async (c) => {
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    const name = present(documents, principal, c.req.param())
    const { user, role, territories } = principal
    if (role !== 'admin' && role !== 'manager') throw new HttpProblem('access/role')
    const { territoryId, reason: why } = await readJson(c, moveRequest)
    if (!territories.some(({ id }) => id === territoryId))
      throw new HttpProblem('input/invalid', {
        detail: 'territoryId: No such territory, or not one of yours',
      })
    const changes = await documents.edit(name, {
      author: { id: user.id, name: user.name, role },
      origin: 'api',
      reason: why,
      change: (document) => void document.getMap('meta').set('territoryId', territoryId),
    })
    const isDone = documents.scopeOf(name).territoryId === territoryId
    if (!isDone && !changes.some(({ path }) => path === territoryPath))
      throw new HttpProblem('input/invalid', { detail: 'The record could not be moved' })
    return c.body(null, 204)
  })

  app.delete('/api/documents/:organization/:kind/:id', async (c) => {
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    const name = present(documents, principal, c.req.param())
    if (principal.role !== 'admin') throw new HttpProblem('access/role')
    const { reason: why } = await readJson(c, removeRequest)
    await documents.remove(name, { author: principal.user, reason: why })
    return c.body(null, 204)
  })
  return app
}
