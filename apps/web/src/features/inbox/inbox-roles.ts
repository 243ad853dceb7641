import type { Role } from '@fulqrun/protocol'

/**
 * Whether a role approves proposals for a field at all; how far it may go is the policy's to say (`approvalProblem` of
 * the rules), which only the open record is asked about.
 */
export function mayApproveAt(role: Role, path: string): boolean {
  if (role === 'manager') return true
  return role === (path === 'fields.stage' ? 'admin' : 'finance')
}

export function mayApproveAny(role: Role): boolean {
  return role === 'manager' || role === 'finance' || role === 'admin'
}
