import {
  type ChangeRecord,
  type DocumentKind,
  type DocumentName,
  type FinancialsAnswer,
  formatDocumentName,
  type HistoryPage,
  isDocumentName,
} from '@fulqrun/protocol'
import { approvalProblem, explainRule, policyFor, type PolicyTable } from '@fulqrun/rules'
import {
  addEntry,
  decideOnProposal,
  fieldSpec,
  isCollectionRoot,
  parsePath,
  type PinnedRoot,
  readProposals,
  SchemaError,
  setField,
  setPinned,
} from '@fulqrun/schema'
import { Hono } from 'hono'
import type * as Y from 'yjs'
import { z } from 'zod'
import { canWrite, type Principal } from '../accounts/principal.ts'
import type { DocumentHost, ServerEdit } from '../documents/document-host.ts'
import type { DocumentStore } from '../store/document-store.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { versionIn } from './if-match.ts'
import { existing, present } from './named-document.ts'
import { HttpProblem } from './problem.ts'

interface Services {
  readonly documents: DocumentHost
  readonly store: Pick<DocumentStore, 'history'>
  readonly policyOf: (organizationId: string) => PolicyTable
}

/** New values by field; each is checked by its field's description, not here. */
const values = z
  .record(z.string().max(100), z.unknown())
  .refine((wanted) => Object.keys(wanted).length > 0, 'Name at least one field')
const restoreRequest = z.strictObject({ seq: z.int().min(1), path: z.string().max(400) })
const decisionRequest = z.strictObject({
  decision: z.enum(['approved', 'rejected', 'withdrawn']),
  comment: z.string().max(2000).optional(),
})
const historyQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})

/** The API of documents: official values, proposals, history and restore. Everything that writes goes through admission. */
export function documentRoutes(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  addFinancials(app, services)
  addKpis(app, services)
  addHistory(app, services)
  addProposals(app, services)
  return app
}

function addFinancials(app: Hono<HttpEnv>, services: Services): void {
  const path = '/api/opportunities/:id/financials'

  app.get(path, async (c) => {
    const name = readable(services, await requirePrincipal(c), 'opportunity', c.req.param('id'))
    const answer = await services.documents.withDocument(name, financialsOf)
    c.header('etag', `"${answer.version}"`)
    return c.json(answer)
  })

  app.put(path, async (c) => {
    const principal = await requirePrincipal(c)
    if (principal.role !== 'finance')
      throw new HttpProblem('access/role', { detail: 'Only finance sets official values.' })
    const name = readable(services, principal, 'opportunity', c.req.param('id'))
    const expected = versionIn(c.req.header('if-match'))
    const wanted = await readJson(c, values)
    if ('version' in wanted)
      throw new HttpProblem('input/invalid', { detail: 'version is counted by the server' })
    assertListed('opportunity', 'financials', wanted)
    await editExplained(services, name, {
      author: authorOf(principal),
      origin: 'api',
      change(document) {
        const { version } = financialsOf(document)
        if (version !== expected) throw new HttpProblem('version/mismatch', { version })
        const source = { source: `Set by ${principal.user.name}` }
        setPinned(document, 'financials', { ...source, ...wanted, version: version + 1 }, { now: Date.now() })
      },
    })
    const answer = await services.documents.withDocument(name, financialsOf)
    c.header('etag', `"${answer.version}"`)
    return c.json(answer)
  })
}

function financialsOf(document: Y.Doc): FinancialsAnswer {
  const stored = document.getMap('financials').toJSON() as Record<string, unknown>
  const version = stored['version']
  return { version: typeof version === 'number' ? version : 0, values: stored }
}

function addKpis(app: Hono<HttpEnv>, services: Services): void {
  app.put('/api/kpis/:id/:root{targets|values}', async (c) => {
    const principal = await requirePrincipal(c)
    const root = c.req.param('root') as PinnedRoot
    const allowed = root === 'targets' ? ['manager', 'finance', 'admin'] : ['finance', 'admin']
    if (!allowed.includes(principal.role)) throw new HttpProblem('access/role')
    const name = readable(services, principal, 'kpi', c.req.param('id'))
    const wanted = await readJson(c, values)
    assertListed('kpi', root, wanted)
    await editExplained(services, name, {
      author: authorOf(principal),
      origin: 'api',
      change: (document) => setPinned(document, root, wanted, { now: Date.now() }),
    })
    return c.body(null, 204)
  })
}

/** A value outside its field's limits is the caller's mistake, said with the field's name and never its value. */
function assertListed(kind: DocumentKind, root: PinnedRoot, wanted: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(wanted)) {
    if (fieldSpec(kind, `${root}.${key}`) === undefined) {
      throw new HttpProblem('input/invalid', { detail: `${root} has no field ${key}` })
    }
  }
}

function addHistory(app: Hono<HttpEnv>, services: Services): void {
  app.get('/api/documents/:organization/:kind/:id/history', async (c) => {
    const name = existing(services.documents, await requirePrincipal(c), c.req.param())
    const { before, limit } = historyQuery.parse(c.req.query())
    const entries = await services.store.history(name, { before, limit })
    const last = entries.length === limit ? entries.at(-1)?.seq : undefined
    const page: HistoryPage = { entries, ...(last === undefined ? {} : { next: last }) }
    return c.json(page)
  })

  app.post('/api/documents/:organization/:kind/:id/restore', async (c) => {
    const principal = await requirePrincipal(c)
    const name = present(services.documents, principal, c.req.param())
    if (!canWrite(principal, services.documents.scopeOf(name))) throw new HttpProblem('access/read-only')
    const { seq, path } = await readJson(c, restoreRequest)
    const [entry] = await services.store.history(name, { before: seq + 1, limit: 1 })
    const change = entry?.seq === seq ? entry.changes.find((candidate) => candidate.path === path) : undefined
    if (change === undefined)
      throw new HttpProblem('input/invalid', { detail: 'The history has no such change' })
    if (change.action === 'text')
      throw new HttpProblem('input/invalid', { detail: 'Text is restored in the editor' })
    const kind = c.req.param('kind') as DocumentKind
    if (policyFor(kind, path)?.writer !== 'people')
      throw new HttpProblem('access/role', { detail: 'Only the server sets this field' })
    const changes = await editExplained(services, name, {
      author: authorOf(principal),
      origin: 'restore',
      action: 'restore',
      authority: 'client',
      change: (document) => restoreValue(document, path, change.before),
    })
    const putBack = changes.find(({ action, path: at }) => action === 'put-back' && at === path)
    if (putBack?.rule !== undefined) {
      const label = fieldSpec(kind, path)?.label ?? 'This'
      throw new HttpProblem('access/role', { detail: explainRule(putBack.rule, { label }) })
    }
    return c.json({ changes })
  })
}

function restoreValue(document: Y.Doc, path: string, value: unknown): void {
  const { root, id, key } = parsePath(path)
  const now = Date.now()
  if (key !== undefined) {
    setField(document, path, value ?? null, { now })
  } else if (id !== undefined && isCollectionRoot(root) && typeof value === 'object' && value !== null) {
    addEntry(document, root, value as Record<string, unknown>, { now, id })
  } else {
    throw new HttpProblem('input/invalid', { detail: 'There is no value to put back' })
  }
}

function addProposals(app: Hono<HttpEnv>, services: Services): void {
  app.post('/api/documents/:organization/:kind/:id/proposals/:proposal', async (c) => {
    const principal = await requirePrincipal(c)
    const name = present(services.documents, principal, c.req.param())
    // An author who may no longer write does not withdraw either.
    if (!canWrite(principal, services.documents.scopeOf(name))) throw new HttpProblem('access/read-only')
    const { decision, comment } = await readJson(c, decisionRequest)
    const id = c.req.param('proposal')
    const changes = await editExplained(services, name, {
      author: authorOf(principal),
      origin: 'api',
      change: (document) => {
        const table = services.policyOf(principal.organizationId)
        assertDecidable(document, id, { principal, decision, table })
        // The same decision as a device makes; admission carries it out.
        decideOnProposal(document, id, decision, { now: Date.now(), comment })
      },
    })
    if (!changes.some(({ path, action }) => action === 'decide' && path === `proposals.${id}`))
      throw new HttpProblem('input/invalid', { detail: 'The proposed value can no longer be set' })
    return c.body(null, 204)
  })
}

/** Edits, and tells the caller which field could not be set and why; the value itself is never repeated. */
async function editExplained(
  services: Services,
  name: DocumentName,
  edit: ServerEdit,
): Promise<readonly ChangeRecord[]> {
  try {
    return await services.documents.edit(name, edit)
  } catch (error) {
    if (error instanceof SchemaError)
      throw new HttpProblem('input/invalid', { detail: error.message, cause: error })
    throw error
  }
}

/** Why somebody may not decide so about a proposal: said here, because nothing is put back over HTTP. */
function assertDecidable(
  document: Y.Doc,
  id: string,
  {
    principal,
    decision,
    table,
  }: { readonly principal: Principal; readonly decision: string; readonly table: PolicyTable },
): void {
  const proposal = readProposals(document).find((candidate) => candidate.id === id)
  if (proposal === undefined) throw new HttpProblem('document/not-found', { detail: 'No such proposal' })
  const { user, role } = principal
  const problem =
    decision === 'withdrawn'
      ? proposal.author === user.id
        ? undefined
        : 'Only its author withdraws a proposal'
      : approvalProblem(proposal, { id: user.id, role }, table)
  if (problem !== undefined) throw new HttpProblem('access/role', { detail: problem })
  if (proposal.status !== 'waiting') throw new HttpProblem('proposal/closed')
}

function authorOf({ user, role }: Principal) {
  return { id: user.id, name: user.name, role }
}

/** A document of the caller's organization by its uuid. */
function readable(services: Services, principal: Principal, kind: DocumentKind, id: string): DocumentName {
  const parts = { organizationId: principal.organizationId, kind, id }
  if (!isDocumentName(`${parts.organizationId}/${kind}/${id}`)) throw new HttpProblem('document/name-invalid')
  return present(services.documents, principal, {
    organization: parts.organizationId,
    kind,
    id: formatDocumentName(parts).split('/')[2],
  })
}
