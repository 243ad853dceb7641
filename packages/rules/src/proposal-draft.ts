/** JSON without shared types, binary or documents: what a scalar field or a proposal may hold. */
export function isPlainValue(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (depth >= 4) return false
  if (Array.isArray(value)) return value.every((entry) => isPlainValue(entry, depth + 1))
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.values(value).every((entry) => entry === undefined || isPlainValue(entry, depth + 1))
}

/** What is taken from a proposal that a device wrote; the rest is the server's to say. */
export interface ProposalDraft {
  readonly path: string
  /** Plain JSON. */
  readonly value: unknown
  /** The official value that its author saw: a proposal made offline may be about an old one. */
  readonly base?: unknown
  readonly reason?: string | undefined
}

const maxReasonLength = 2000

/** Reads a proposal that a device wrote; undefined when it is not one. */
export function readProposalDraft(stored: unknown): ProposalDraft | undefined {
  if (!isPlainValue(stored) || typeof stored !== 'object' || stored === null) return undefined
  const { path, value, base, reason } = stored as Record<string, unknown>
  if (typeof path !== 'string' || value === undefined || value === null) return undefined
  return {
    path,
    value,
    ...(base === undefined || base === null ? {} : { base }),
    ...(typeof reason === 'string' && reason !== '' ? { reason: reason.slice(0, maxReasonLength) } : {}),
  }
}
