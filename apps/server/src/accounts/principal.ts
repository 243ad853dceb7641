import type { Role, Territory } from '@fulqrun/protocol'

/**
 * Who acts and what they may do: the permissions of one session, held in memory so that checking a document costs no
 * query.
 *
 * | role | reads | writes |
 * |---|---|---|
 * | rep, manager | own territories | own territories |
 * | finance, admin | the whole organization | the whole organization |
 * | compliance | the whole organization | nothing |
 *
 * Pinned fields are not decided here: the rules put a value back whoever wrote it. Other organizations: nothing.
 */
export interface Principal {
  readonly user: { readonly id: string; readonly name: string; readonly email: string }
  /** Session id; `key:<id>` for an API key and `outside:<user id>` for a token of an outside issuer. */
  readonly sessionId: string
  readonly organizationId: string
  readonly organizationName: string
  readonly role: Role
  /** Own territories of reps and managers; all of the organization's for the other roles. */
  readonly territories: readonly Territory[]
  /** False for compliance: everything is read, nothing written. */
  readonly canWrite: boolean
}

/** Where a document belongs. The territory is undefined as long as the document has not been created. */
export interface DocumentScope {
  readonly organizationId: string
  readonly territoryId: string | undefined
}

/** Roles that see every territory of their organization. */
const organizationWide: ReadonlySet<Role> = new Set(['finance', 'compliance', 'admin'])

export function seesWholeOrganization(role: Role): boolean {
  return organizationWide.has(role)
}

export function roleCanWrite(role: Role): boolean {
  return role !== 'compliance'
}

/**
 * May this person read the document? One that has not been created holds nothing, so everybody of the organization may
 * attach to it; its first update names the territory and is checked by {@link canWrite} with that territory.
 */
export function canRead(principal: Principal, scope: DocumentScope): boolean {
  if (principal.organizationId !== scope.organizationId) return false
  if (scope.territoryId === undefined || seesWholeOrganization(principal.role)) return true
  return principal.territories.some((territory) => territory.id === scope.territoryId)
}

/** May this person write to the document, or create it in that territory? */
export function canWrite(principal: Principal, scope: DocumentScope): boolean {
  return principal.canWrite && canRead(principal, scope)
}
