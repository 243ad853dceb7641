import { endpoints, type Me, roles } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { type PersonChange, changePerson, endSessionsIn } from '../accounts/organization-admin.ts'
import type { Principal } from '../accounts/principal.ts'
import { demoAnswer } from '../accounts/seed-accounts.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { HttpProblem } from './problem.ts'

const personChange = z.strictObject({
  role: z.enum(roles).optional(),
  /** All territories that the person has afterwards. */
  territoryIds: z.array(z.string()).max(200).optional(),
  blocked: z.boolean().optional(),
})

/** `/api/me`, `/api/people`, `/api/demo`, and what an organization's admin does to its people. */
export function accountRoutes({ demo }: { readonly demo: boolean }): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()

  app.get(endpoints.me, async (c) => c.json(meOf(await requirePrincipal(c))))

  app.get(endpoints.people, async (c) => {
    const { organizationId } = await requirePrincipal(c)
    return c.json(await c.get('accounts').people(organizationId))
  })

  app.get(endpoints.demo, (c) => {
    if (!demo) throw new HttpProblem('not-found')
    return c.json(demoAnswer())
  })

  app.patch('/api/admin/people/:id', async (c) => {
    const admin = requireAdmin(await requirePrincipal(c))
    const change: PersonChange = await readJson(c, personChange)
    const { db, directory } = c.get('accounts')
    await changePerson(db, { admin, userId: c.req.param('id'), change })
    await directory.refresh()
    return c.body(null, 204)
  })

  app.post('/api/admin/people/:id/end-sessions', async (c) => {
    const admin = requireAdmin(await requirePrincipal(c))
    const { db, directory } = c.get('accounts')
    const ended = await endSessionsIn(db, { admin, userId: c.req.param('id') })
    await directory.refresh()
    return c.json({ ended })
  })

  return app
}

function requireAdmin(principal: Principal): Principal {
  if (principal.role !== 'admin') throw new HttpProblem('access/role')
  return principal
}

function meOf(principal: Principal): Me {
  return {
    user: principal.user,
    organization: { id: principal.organizationId, name: principal.organizationName },
    role: principal.role,
    territories: principal.territories,
    canWrite: principal.canWrite,
    now: Date.now(),
  }
}
