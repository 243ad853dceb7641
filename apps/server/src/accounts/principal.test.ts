import type { Role } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { canRead, canWrite, type Principal, roleCanWrite, seesWholeOrganization } from './principal.ts'

function makePrincipal(role: Role): Principal {
  const north = { id: 'north', name: 'North' }
  const south = { id: 'south', name: 'South' }
  return {
    user: { id: 'someone', name: 'Someone', email: 'someone@example.com' },
    sessionId: 's',
    organizationId: 'meridian',
    organizationName: 'Meridian',
    role,
    territories: seesWholeOrganization(role) ? [north, south] : [north],
    canWrite: roleCanWrite(role),
  }
}

const ownTerritory = { organizationId: 'meridian', territoryId: 'north' }
const otherTerritory = { organizationId: 'meridian', territoryId: 'south' }
/** A territory that the snapshot does not list: made after it was read, or gone. */
const unknownTerritory = { organizationId: 'meridian', territoryId: 'west' }
const notCreated = { organizationId: 'meridian', territoryId: undefined }
const otherOrganization = { organizationId: 'rival', territoryId: 'north' }
const otherNotCreated = { organizationId: 'rival', territoryId: undefined }

const scopes = [
  ownTerritory,
  otherTerritory,
  unknownTerritory,
  notCreated,
  otherOrganization,
  otherNotCreated,
]

test.each<[Role, string, string]>([
  // own, other, unknown territory, not created, then another organization: r = reads, w = writes
  ['rep', 'r--r--', 'w--w--'],
  ['manager', 'r--r--', 'w--w--'],
  ['finance', 'rrrr--', 'wwww--'],
  ['compliance', 'rrrr--', '------'],
  ['admin', 'rrrr--', 'wwww--'],
])('what a %s reads (%s) and writes (%s)', (role, reads, writes) => {
  const principal = makePrincipal(role)
  expect(scopes.map((scope) => (canRead(principal, scope) ? 'r' : '-')).join('')).toBe(reads)
  expect(scopes.map((scope) => (canWrite(principal, scope) ? 'w' : '-')).join('')).toBe(writes)
})
