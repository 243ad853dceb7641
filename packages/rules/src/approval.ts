import type { Role } from '@fulqrun/protocol'
import { parsePath, type StoredProposal } from '@fulqrun/schema'
import type { PolicyTable } from './policy.ts'

export interface Approver {
  readonly id: string
  readonly role: Role
}

/**
 * Why somebody may not approve or reject a proposal, in words for them; undefined when they may (PRO-3). Finance
 * decides about money; managers do within their limits, about targets, and about stages. Nobody decides on their own.
 */
export function approvalProblem(
  { path, value, author }: Pick<StoredProposal, 'path' | 'value' | 'author'>,
  approver: Approver,
  { settings }: PolicyTable,
): string | undefined {
  if (author === approver.id) return 'Somebody else decides about your proposal.'
  const { root } = parsePath(path)
  if (path === 'fields.stage')
    return mayOverrideGates(approver.role) ? undefined : 'A manager decides about stages.'
  if (approver.role === 'finance') return undefined
  if (approver.role !== 'manager')
    return root === 'targets'
      ? 'A manager or finance decides about targets.'
      : 'Finance or a manager decides about official values.'
  return root === 'financials' ? beyondLimit(path, value, settings.approvals) : undefined
}

/** Managers and admins move a deal past a gate that is not met, and say why. */
export function mayOverrideGates(role: Role): boolean {
  return role === 'manager' || role === 'admin'
}

function beyondLimit(
  path: string,
  value: unknown,
  { managerMaxAmount, managerMaxDiscount }: PolicyTable['settings']['approvals'],
): string | undefined {
  if (path === 'financials.amount' && typeof value === 'number' && value > managerMaxAmount)
    return `Finance decides about amounts over ${managerMaxAmount.toLocaleString('en-US')}.`
  if (path === 'financials.discount' && typeof value === 'number' && value > managerMaxDiscount)
    return `Finance decides about discounts over ${managerMaxDiscount} %.`
  return undefined
}
