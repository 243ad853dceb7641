import { type DevicesAnswer, endpoints, isDeviceId } from '@fulqrun/protocol'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { HttpProblem } from './problem.ts'

const wipeRequest = z.strictObject({
  reason: z.string().trim().min(1, 'Say why the device is to be cleared').max(500),
  keepsUnsent: z.boolean(),
})
const personQuery = z.object({ person: z.string().min(1).max(200) })

/**
 * The devices that hold people's records: listed, and cleared from afar.
 *
 * - DEV-3 What a device is to do with what it holds, it may ask without a session, because that is when it has to know.
 */
export function deviceRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()

  app.get(endpoints.devices, async (c) => {
    const { organizationId, role, user } = await requirePrincipal(c)
    const everybody = c.req.query('of') === 'everybody'
    if (everybody && role !== 'admin') throw new HttpProblem('access/role')
    const devices = await c.get('accounts').devices.list(organizationId, everybody ? undefined : user.id)
    const answer: DevicesAnswer = { devices }
    return c.json(answer)
  })

  app.post(`${endpoints.devices}/:id/wipe`, async (c) => {
    const principal = await requirePrincipal(c)
    const { devices, directory } = c.get('accounts')
    await devices.wipe(principal, idIn(c), await readJson(c, wipeRequest))
    await directory.refresh()
    return c.body(null, 204)
  })

  app.post(`${endpoints.devices}/:id/wiped`, async (c) => {
    await c.get('accounts').devices.wiped(personIn(c), idIn(c))
    return c.body(null, 204)
  })

  app.get(`${endpoints.devices}/:id/standing`, async (c) =>
    c.json(await c.get('accounts').devices.standing(personIn(c), idIn(c))),
  )

  return app
}

function idIn(c: Context<HttpEnv>): string {
  const id = c.req.param('id') ?? ''
  if (!isDeviceId(id)) throw new HttpProblem('not-found', { detail: 'No such device' })
  return id
}

function personIn(c: Context<HttpEnv>): string {
  return personQuery.parse(c.req.query()).person
}
