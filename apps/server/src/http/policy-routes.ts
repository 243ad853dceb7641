import {
  documentKinds,
  endpoints,
  type PolicyAnswer,
  type PolicyHistoryPage,
  type Role,
} from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { assertMayChange, type PolicyDirectory } from '../policy/policy-directory.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { versionIn } from './if-match.ts'
import { HttpProblem } from './problem.ts'

const changeRequest = z.strictObject({
  change: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('strategy'),
      kind: z.enum(documentKinds),
      path: z.string().max(400),
      strategy: z.string().max(100),
    }),
    z.strictObject({
      type: z.literal('approvals'),
      managerMaxAmount: z.number(),
      managerMaxDiscount: z.number(),
    }),
  ]),
  reason: z.string().max(2000),
})
const historyQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Whoever answers for what the rules do may read who set them. */
const auditors: ReadonlySet<Role> = new Set(['admin', 'compliance', 'manager'])

/** The rules of the caller's organization: the table in force, its history, and an admin's changes of it. */
export function policyRoutes({ policies }: { readonly policies: PolicyDirectory }): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()

  app.get(endpoints.policy, async (c) => {
    const { organizationId } = await requirePrincipal(c)
    return answerTable(c, policies.tableOf(organizationId))
  })

  app.put(endpoints.policy, async (c) => {
    const principal = await requirePrincipal(c)
    // Said before the body is looked at: whoever may not change anything learns nothing about how to.
    assertMayChange(principal)
    const expectedVersion = versionIn(c.req.header('if-match'))
    const wanted = await readJson(c, changeRequest)
    return answerTable(c, await policies.change(principal, { ...wanted, expectedVersion }))
  })

  app.get(endpoints.policyHistory, async (c) => {
    const { role, organizationId } = await requirePrincipal(c)
    if (!auditors.has(role)) throw new HttpProblem('access/role')
    const { before, limit } = historyQuery.parse(c.req.query())
    const changes = await policies.history(organizationId, { before, limit: limit + 1 })
    const entries = changes.slice(0, limit)
    const page: PolicyHistoryPage = {
      entries: entries.map(({ version, author, at, reason, detail }) => ({
        version,
        author,
        at,
        reason,
        detail,
      })),
      ...(changes.length > limit ? { next: entries.at(-1)?.version } : {}),
    }
    return c.json(page)
  })

  return app
}

function answerTable(c: Context<HttpEnv>, { version, settings }: PolicyTable): Response {
  c.header('etag', `"${version}"`)
  return c.json({ version, settings } satisfies PolicyAnswer)
}
