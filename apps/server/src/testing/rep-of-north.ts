import type { Principal } from '../accounts/principal.ts'

/** Ana, a rep of the territory `north`, for tests that need somebody and no accounts. */
export const repOfNorth: Principal = {
  user: { id: 'ana', name: 'Ana', email: '' },
  sessionId: 's',
  organizationId: 'meridian',
  organizationName: 'Meridian',
  role: 'rep',
  territories: [{ id: 'north', name: 'North' }],
  canWrite: true,
}
