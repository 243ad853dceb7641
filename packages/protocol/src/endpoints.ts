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
  policy: '/api/policy',
  policyHistory: '/api/policy/history',
  demo: '/api/demo',
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
} as const

/** `/api/documents/<organization>/<kind>/<uuid>/<rest>`; a document name is already made of path segments. */
export function documentEndpoint(
  name: DocumentName,
  rest: 'history' | 'restore' | `proposals/${string}`,
): string {
  return `/api/documents/${name}/${rest}`
}

/** Financials of one opportunity, by its uuid (the organization is the caller's). */
export function financialsEndpoint(opportunityId: string): string {
  return `/api/opportunities/${opportunityId}/financials`
}

/** Targets and values of one KPI set, by its uuid. */
export function kpiEndpoint(kpiId: string, root: 'targets' | 'values'): string {
  return `/api/kpis/${kpiId}/${root}`
}
