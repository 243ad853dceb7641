import { type ErrorCode, isErrorCode } from './reaction.ts'

/**
 * Stateless messages: JSON that the server sends on a document's channel beside the Yjs frames.
 *
 * - `refused`: an edit of this device was not admitted. `SyncStatus(false)` has been sent for the frame; this says why.
 * - `putBack`: the update was admitted, but rules put some paths back. For the author only.
 */
export type ServerMessage =
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly quarantineId?: string | undefined }
  | { readonly type: 'putBack'; readonly paths: readonly PutBackPath[] }

export interface PutBackPath {
  /** Path of the field, as in the schema: `financials.amount`. */
  readonly path: string
  /** Id of the rule that put it back, as in `packages/rules/SPEC.md`. */
  readonly rule: string
  /** Set when the value lives on as a proposal. */
  readonly proposalId?: string | undefined
  /** Set when the value lives on as a candidate of a conflict. */
  readonly conflictId?: string | undefined
}

export function encodeServerMessage(message: ServerMessage): string {
  return JSON.stringify(message)
}

function isPutBackPath(value: unknown): value is PutBackPath {
  if (typeof value !== 'object' || value === null) return false
  const { path, rule } = value as Record<string, unknown>
  return typeof path === 'string' && typeof rule === 'string'
}

/** Reads a stateless payload; undefined for anything that is not one of our messages (a newer server may send more). */
export function parseServerMessage(payload: string): ServerMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    // Not JSON: another application's stateless message on the same server.
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const message = value as Record<string, unknown>
  if (message['type'] === 'refused' && isErrorCode(message['code'])) {
    const quarantineId = message['quarantineId']
    return {
      type: 'refused',
      code: message['code'],
      ...(typeof quarantineId === 'string' ? { quarantineId } : {}),
    }
  }
  if (message['type'] === 'putBack' && Array.isArray(message['paths'])) {
    return { type: 'putBack', paths: message['paths'].filter(isPutBackPath) }
  }
  return undefined
}
