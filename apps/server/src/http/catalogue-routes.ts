import { type CataloguePage, endpoints, limits } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Principal } from '../accounts/principal.ts'
import { catalogueEntry, cursorMark, reachOf, standingOf } from '../documents/catalogue-view.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import type { LogIdentity } from '../log/log-identity.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { assertPerson } from './named-person.ts'

interface Services {
  readonly documents: Pick<DocumentHost, 'catalogue'>
  readonly store: Pick<DocumentStore, 'head' | 'headOf'>
  readonly log?: LogIdentity | undefined
  readonly counters: Pick<SyncCounters, 'catalogueRows' | 'caughtUp'>
}

const catalogueQuery = z.object({
  cursor: z.string().max(200).optional(),
  /** Without one, all in one page: devices of before know no pages. */
  limit: z.coerce.number().int().min(1).max(limits.maxCatalogueRows).optional(),
})

/** In the cursor of a page in the middle of a complete listing. */
const listingMark = 'listing'

interface Place {
  readonly after: number
  /** Whether the page belongs to a listing of everything, and is its first one. */
  readonly complete: boolean
  readonly first: boolean
}

/**
 * What somebody may read, and what has changed of it: `GET /api/catalogue`.
 *
 * - LST-1 Pages go by head: what is edited meanwhile moves to the end and comes again, so nothing is missed.
 * - LST-2 A cursor from when the caller could see something else is not continued.
 * - LST-9 Nor is one of another log, or from beyond the end of this one.
 */
export function catalogueRoutes({ documents, store, log, counters }: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.get(endpoints.catalogue, async (c) => {
    const started = performance.now()
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    const { cursor, limit } = catalogueQuery.parse(c.req.query())
    const asked = placeOf(cursor, cursorMark(principal, log))
    const isOutrun = asked.after > (await store.head())
    // From after a backup that was restored since: what came then has numbers that the device takes for known (LST-9).
    if (isOutrun) await log?.outrun()
    const place = isOutrun ? fromTheStart : asked
    const page = await readPage({ documents, store, log }, principal, { ...place, limit })
    counters.catalogueRows(page.entries.length)
    counters.caughtUp('catalogue', performance.now() - started)
    return c.json(page)
  })
  return app
}

async function readPage(
  { documents, store, log }: Omit<Services, 'counters'>,
  principal: Principal,
  { after, complete, first, limit }: Place & { readonly limit: number | undefined },
): Promise<CataloguePage> {
  const { organizationId } = principal
  // Read before the rows: what is written in between is in the rows, or comes with the next page.
  const head = await store.headOf(organizationId)
  const rows = await documents.catalogue(organizationId, { after, limit, territoryIds: reachOf(principal) })
  const more = limit !== undefined && rows.length === limit
  const last = rows.at(-1)?.head ?? after
  const standing = (wanted: 'listed' | 'removed') =>
    rows.filter((row) => standingOf(principal, row, after) === wanted)
  const mark = cursorMark(principal, log)
  return {
    cursor:
      more && complete ? `${last}.${mark}.${listingMark}` : `${more ? last : Math.max(last, head)}.${mark}`,
    entries: standing('listed').map(catalogueEntry),
    complete,
    first,
    more,
    // Whoever lists everything has nothing that could be taken away.
    removed: complete ? [] : standing('removed').map(({ document }) => document),
  }
}

const fromTheStart: Place = { after: 0, complete: true, first: true }

function placeOf(cursor: string | undefined, current: string): Place {
  const [head = '', mark, listing] = (cursor ?? '').split('.')
  if (mark !== current || !/^\d{1,15}$/.test(head)) return fromTheStart
  return { after: Number(head), complete: listing === listingMark, first: false }
}
