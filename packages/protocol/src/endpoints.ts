import type { DocumentName } from './document-name.ts'

/** Paths of the one port (DESIGN section 9). */
export const endpoints = {
  sync: '/sync',
  gateway: '/yjs',
  auth: '/api/auth',
  token: '/api/auth/token',
  me: '/api/me',
  people: '/api/people',
  catalogue: '/api/catalogue',
  push: '/api/sync/push',
  pull: '/api/sync/pull',
  events: '/api/events',
  attachments: '/api/attachments',
  devices: '/api/devices',
  notifications: '/api/notifications',
  policy: '/api/policy',
  policyHistory: '/api/policy/history',
  demo: '/api/demo',
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
} as const

/** `/api/documents/<organization>/<kind>/<uuid>[/<rest>]`; a document name is already made of path segments. */
export function documentEndpoint(
  name: DocumentName,
  rest?: 'history' | 'restore' | 'territory' | `proposals/${string}`,
): string {
  return rest === undefined ? `/api/documents/${name}` : `/api/documents/${name}/${rest}`
}

/** Financials of one opportunity, by its uuid (the organization is the caller's). */
export function financialsEndpoint(opportunityId: string): string {
  return `/api/opportunities/${opportunityId}/financials`
}

/** Targets and values of one KPI set, by its uuid. */
export function kpiEndpoint(kpiId: string, root: 'targets' | 'values'): string {
  return `/api/kpis/${kpiId}/${root}`
}

/**
 * Request header of pull and push: the id of the person whose data a device exchanges. A session that belongs to somebody
 * else meanwhile is answered `auth/other-person`, so that nobody's work is sent under another's name.
 */
export const personHeader = 'fulqrun-person'
/** Request header of the token, pull, push and the catalogue: the id that a device has given itself. */
export const deviceHeader = 'fulqrun-device'
