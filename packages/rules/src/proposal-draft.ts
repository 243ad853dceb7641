import { isPlainJson } from '@fulqrun/schema'

/** What is taken from a proposal that a device wrote; the rest is the server's to say. */
export interface ProposalDraft {
  readonly path: string
  /** Plain JSON. */
  readonly value: unknown
  /** The official value that its author saw: a proposal made offline may be about an old one. */
  readonly base?: unknown
  /** Version of the official values that its author saw. */
  readonly baseVersion?: number | undefined
  readonly reason?: string | undefined
}

const maxReasonLength = 2000

/** Reads a proposal that a device wrote; undefined when it is not one. */
export function readProposalDraft(stored: unknown): ProposalDraft | undefined {
  if (!isPlainJson(stored) || typeof stored !== 'object' || stored === null) return undefined
  const { path, value, base, baseVersion, reason } = stored as Record<string, unknown>
  if (typeof path !== 'string' || value === undefined || value === null) return undefined
  return {
    path,
    value,
    ...(base === undefined || base === null ? {} : { base }),
    ...(typeof baseVersion === 'number' ? { baseVersion } : {}),
    ...(typeof reason === 'string' && reason.trim() !== ''
      ? { reason: reason.trim().slice(0, maxReasonLength) }
      : {}),
  }
}
