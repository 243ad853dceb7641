import { createHash } from 'node:crypto'
import type { CatalogueEntry } from '@fulqrun/protocol'
import { canRead, type Principal, seesWholeOrganization } from '../accounts/principal.ts'
import type { LogIdentity } from '../log/log-identity.ts'
import type { CatalogueRow } from '../store/document-store.ts'

/** What one person sees of the catalogue. */

/** Changes with what a person may see, so that a cursor from other times is not continued. */
function accessMark({ organizationId, role, territories }: Principal): string {
  const seen = [organizationId, role, ...territories.map(({ id }) => id).toSorted()].join('\0')
  return createHash('sha256').update(seen).digest('hex').slice(0, 12)
}

/** What stands behind the head in a cursor: devices go on only where both this and the log are the same. */
export function cursorMark(principal: Principal, log: Pick<LogIdentity, 'id'> | undefined): string {
  return log === undefined ? accessMark(principal) : `${accessMark(principal)}-${log.id}`
}

/** The territories whose rows a person needs; undefined for all of the organization. */
export function reachOf({ role, territories }: Principal): readonly string[] | undefined {
  return seesWholeOrganization(role) ? undefined : territories.map(({ id }) => id)
}

/**
 * What a row is to somebody whose catalogue stands at `after`: one of theirs, one that they have lost since, or nothing
 * that they have ever known of.
 */
export function standingOf(
  principal: Principal,
  row: CatalogueRow,
  after: number,
): 'listed' | 'removed' | 'hidden' {
  const isReadable = canRead(principal, row)
  if (isReadable && !row.isRemoved) return 'listed'
  const { organizationId, former } = row
  const isLost =
    isReadable ||
    former.some(
      ({ territoryId, leftAt }) => leftAt > after && canRead(principal, { organizationId, territoryId }),
    )
  return isLost ? 'removed' : 'hidden'
}

export function catalogueEntry(row: CatalogueRow): CatalogueEntry {
  const { document, kind, territoryId, title, head, updatedAt, summary } = row
  return { name: document, kind, territoryId, title, head, updatedAt, summary }
}
