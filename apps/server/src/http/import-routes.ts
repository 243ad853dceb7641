import { type ImportAnswer, importKinds, importLimits, type ImportKind } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Principal } from '../accounts/principal.ts'
import { KeyQueue } from '../attachments/key-queue.ts'
import { importRows, type ImportServices } from '../imports/import-desk.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { assertPerson } from './named-person.ts'
import { OpenCount } from './open-count.ts'
import { HttpProblem } from './problem.ts'

const importIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Bounds only: what a value has to be is the schema's to say, row by row. */
const value = z.union([z.string().max(5000), z.number(), z.boolean(), z.array(z.string().max(500)).max(100)])
const importRequest = z.strictObject({
  kind: z.enum(importKinds),
  mode: z.enum(['check', 'apply']),
  territoryId: z.string().min(1).max(200),
  ownerId: z.string().min(1).max(200).optional(),
  label: z.string().max(importLimits.maxLabelLength),
  rows: z
    .array(
      z.strictObject({
        row: z.int().min(1).max(importLimits.maxRowNumber),
        values: z
          .record(z.string().max(200), value)
          .refine((values) => Object.keys(values).length <= 100, 'At most 100 columns'),
        existing: z.enum(['update', 'skip']).optional(),
      }),
    )
    .min(1)
    .max(importLimits.maxRows, `At most ${importLimits.maxRows} rows in one request`),
})

/** Requests of one person that are worked off or wait. */
const atOnce = 2

/**
 * Files of records: `POST /api/imports/<import id>`.
 *
 * - IMP-3 Admins import, and managers contacts into their territories.
 * - IMP-4 One request is bounded, and those of an organization follow each other.
 */
export function importRoutes(services: ImportServices): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const open = new OpenCount(atOnce)
  // Two imports at once would each find no record of the other's.
  const queue = new KeyQueue()

  app.post('/api/imports/:id', async (c) => {
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    if (!importKinds.some((kind) => mayImport(principal, kind))) throw new HttpProblem('access/role')
    const importId = c.req.param('id')
    if (!importIdPattern.test(importId))
      throw new HttpProblem('input/invalid', { detail: 'An import is named by a UUID version 7' })
    const request = await readJson(c, importRequest)
    if (!mayImport(principal, request.kind)) throw new HttpProblem('access/role')
    if (!principal.territories.some(({ id }) => id === request.territoryId))
      throw new HttpProblem('input/invalid', {
        detail: 'territoryId: No such territory, or not one of yours',
      })
    const rowNumbers = new Set(request.rows.map(({ row }) => row))
    if (rowNumbers.size < request.rows.length)
      throw new HttpProblem('input/invalid', { detail: 'rows: Each row has a number of its own' })
    const people = new Set((await c.get('accounts').people(principal.organizationId)).map(({ id }) => id))
    if (request.ownerId !== undefined && !people.has(request.ownerId))
      throw new HttpProblem('input/invalid', { detail: 'ownerId: Nobody here has this id' })
    const close = open.open(principal.user.id)
    if (close === undefined) throw new HttpProblem('server/overloaded', { retryAfter: 2 })
    try {
      const order = { ...request, principal, importId, people }
      const verdicts = await queue.run(principal.organizationId, () => importRows(services, order))
      const { kind, mode } = request
      const outcomes = Object.groupBy(verdicts, ({ outcome }) => outcome)
      const counts = Object.fromEntries(Object.entries(outcomes).map(([key, list]) => [key, list.length]))
      c.get('logger').info(
        { importId, kind, mode, person: principal.user.id, ...counts },
        'rows of an import',
      )
      return c.json({ verdicts } satisfies ImportAnswer)
    } finally {
      close()
    }
  })
  return app
}

function mayImport({ role, canWrite }: Principal, kind: ImportKind): boolean {
  return canWrite && (role === 'admin' || (role === 'manager' && kind === 'contact'))
}
