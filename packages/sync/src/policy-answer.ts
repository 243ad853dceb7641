import { isDocumentKind, type PolicyAnswer } from '@fulqrun/protocol'
import {
  approvalLimitsProblem,
  type PolicyOverride,
  type PolicySettings,
  policyTable,
  type PolicyTable,
  type Strategy,
} from '@fulqrun/rules'

/**
 * The table of rules in an answer of the server, or in what this device remembers of one; undefined when it is neither.
 * What a newer server knows and this app does not is left out: it previews by the standard then, and the server decides.
 */
export function readPolicyAnswer(value: unknown): PolicyTable | undefined {
  if (!isObject(value) || !Number.isSafeInteger(value['version'])) return undefined
  const settings = readSettings(value['settings'])
  return settings === undefined ? undefined : policyTable(value['version'] as number, settings)
}

/** What is remembered of a table. */
export function policyAnswerOf({ version, settings }: PolicyTable): PolicyAnswer {
  return { version, settings }
}

function readSettings(value: unknown): PolicySettings | undefined {
  if (!isObject(value) || !Array.isArray(value['overrides']) || !isObject(value['approvals']))
    return undefined
  const { managerMaxAmount, managerMaxDiscount } = value['approvals']
  if (typeof managerMaxAmount !== 'number' || typeof managerMaxDiscount !== 'number') return undefined
  const approvals = { managerMaxAmount, managerMaxDiscount }
  if (approvalLimitsProblem(approvals) !== undefined) return undefined
  return { overrides: value['overrides'].flatMap(readOverride), approvals }
}

function readOverride(value: unknown): readonly PolicyOverride[] {
  if (!isObject(value)) return []
  const { kind, path, strategy } = value
  if (!isDocumentKind(kind) || typeof path !== 'string' || typeof strategy !== 'string') return []
  // `policyTable` leaves out a strategy that it does not know.
  return [{ kind, path, strategy: strategy as Strategy }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
