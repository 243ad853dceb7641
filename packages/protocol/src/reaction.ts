/**
 * Every way in which the server says no, with the one reaction that a client owes it.
 *
 * The same codes are used in `application/problem+json` answers, as reasons of WebSocket close codes, as reasons of
 * refused documents and in refused-edit messages, so that a client switches on one closed union.
 */

/** What a client does after an error: the table below gives exactly one per code. */
export type Reaction =
  /** Try again with back-off; nothing is wrong with the request. */
  | 'retry'
  /** The session is over: ask the person to sign in; keep all local data. */
  | 'sign-in'
  /** This device is to hold nothing any more: erase all local data of the person, then as `sign-in`. */
  | 'erase'
  /** The person has no (more) access to this document; detach it, keep drafts readable. */
  | 'detach'
  /** This edit is not accepted: keep the draft, replace the local copy. */
  | 'set-aside'
  /** This version of the app is too old for the server. */
  | 'update-app'
  /** A bug or hostile bytes: close and report, do not retry at once. */
  | 'report'
  /** Tell the person what is wrong with what they entered. */
  | 'tell'

interface ErrorEntry {
  /** HTTP status of a problem answer. */
  readonly status: number
  /** WebSocket close code, 4400 to 4499. */
  readonly close: number
  readonly reaction: Reaction
  /** What is wrong, in words for a developer; screens have their own. */
  readonly title: string
}

export const errors = {
  'auth/required': { status: 401, close: 4401, reaction: 'sign-in', title: 'Sign in first' },
  'auth/token-invalid': { status: 401, close: 4401, reaction: 'sign-in', title: 'The token is not valid' },
  'auth/token-expired': {
    status: 401,
    close: 4402,
    reaction: 'retry',
    title: 'The token has expired; fetch a new one',
  },
  'auth/revoked': { status: 401, close: 4410, reaction: 'sign-in', title: 'The session was ended' },
  'auth/device-wiped': {
    status: 401,
    close: 4410,
    reaction: 'erase',
    title: 'An admin has had this device wiped',
  },
  'auth/other-person': {
    status: 409,
    close: 4409,
    reaction: 'sign-in',
    title: 'Somebody else is signed in than the person whose data this is; nothing was taken',
  },
  'auth/credentials': {
    status: 401,
    close: 4401,
    reaction: 'tell',
    title: 'Wrong e-mail address or password',
  },
  'auth/too-many-attempts': {
    status: 429,
    close: 4429,
    reaction: 'tell',
    title: 'Too many attempts; wait and try again',
  },
  'auth/cross-origin': {
    status: 403,
    close: 4403,
    reaction: 'report',
    title: 'Requests with a cookie must come from this origin',
  },
  'access/denied': { status: 403, close: 4403, reaction: 'detach', title: 'No access to this document' },
  'access/read-only': {
    status: 403,
    close: 4403,
    reaction: 'set-aside',
    title: 'This role reads and does not write',
  },
  'access/role': { status: 403, close: 4403, reaction: 'tell', title: 'This role may not do that' },
  'document/not-found': { status: 404, close: 4404, reaction: 'detach', title: 'No such document' },
  'document/removed': {
    status: 410,
    close: 4404,
    reaction: 'detach',
    title: 'The record was removed',
  },
  'document/name-invalid': {
    status: 400,
    close: 4400,
    reaction: 'report',
    title: 'Not a document name: <organization>/<kind>/<uuid>',
  },
  'document/not-created': {
    status: 409,
    close: 4409,
    reaction: 'set-aside',
    title: 'The first update must create the record: meta.kind and meta.territoryId',
  },
  'document/outdated': {
    status: 409,
    close: 4409,
    reaction: 'set-aside',
    title: 'This copy of the record is from before it was restored; keep the draft and take the current one',
  },
  'document/too-new': {
    status: 409,
    close: 4426,
    reaction: 'update-app',
    title: 'The document was written by a newer schema version',
  },
  'update/malformed': { status: 400, close: 4400, reaction: 'set-aside', title: 'Not a Yjs update' },
  'update/too-large': {
    status: 413,
    close: 4413,
    reaction: 'set-aside',
    title: 'The update is over the size limit',
  },
  'update/not-applied': {
    status: 500,
    close: 4450,
    reaction: 'retry',
    title: 'The update could not be applied now; it was not lost, send it again',
  },
  'sync/checksum': {
    status: 400,
    close: 4400,
    reaction: 'retry',
    title: 'The bytes were damaged or cut on the way; send them again',
  },
  'frame/malformed': { status: 400, close: 4400, reaction: 'report', title: 'Not a frame of this protocol' },
  'frame/too-large': {
    status: 413,
    close: 4413,
    reaction: 'report',
    title: 'The frame is over the size limit',
  },
  'frame/before-auth': {
    status: 401,
    close: 4401,
    reaction: 'sign-in',
    title: 'Too much was sent before authentication',
  },
  'version/mismatch': {
    status: 409,
    close: 4409,
    reaction: 'tell',
    title: 'The version in If-Match is not the current one',
  },
  'version/required': {
    status: 428,
    close: 4428,
    reaction: 'tell',
    title: 'Send the version you saw in If-Match',
  },
  'input/invalid': { status: 400, close: 4400, reaction: 'tell', title: 'The request is not valid' },
  'input/too-large': {
    status: 413,
    close: 4413,
    reaction: 'tell',
    title: 'The request is over the size limit',
  },
  'proposal/closed': {
    status: 409,
    close: 4409,
    reaction: 'tell',
    title: 'The proposal was already decided',
  },
  'attachment/too-large': {
    status: 413,
    close: 4413,
    reaction: 'tell',
    title: 'The file is over the size limit',
  },
  'attachment/hash-mismatch': {
    status: 409,
    close: 4409,
    reaction: 'retry',
    title: 'The file does not have the hash that it was announced with; send it again',
  },
  'attachment/not-found': { status: 404, close: 4404, reaction: 'tell', title: 'No such file' },
  'attachment/offset': {
    status: 409,
    close: 4409,
    reaction: 'retry',
    title: 'The file is not there up to this byte; go on from where it is',
  },
  'attachment/quota': {
    status: 413,
    close: 4413,
    reaction: 'tell',
    title: 'There is no room for more files',
  },
  'attachment/type': {
    status: 415,
    close: 4415,
    reaction: 'tell',
    title: 'Files of this type are not taken',
  },
  'events/too-many-streams': {
    status: 429,
    close: 4429,
    reaction: 'tell',
    title: 'Too many streams of events are open for this person or key; close one',
  },
  'server/overloaded': {
    status: 503,
    close: 4453,
    reaction: 'retry',
    title: 'The server is busy; try again',
  },
  'server/stopping': { status: 503, close: 4454, reaction: 'retry', title: 'The server is restarting' },
  'server/storage': {
    status: 503,
    close: 4455,
    reaction: 'retry',
    title: 'The server cannot reach its disk',
  },
  'server/internal': {
    status: 500,
    close: 4450,
    reaction: 'retry',
    title: 'Something went wrong at the server',
  },
  'not-found': { status: 404, close: 4404, reaction: 'tell', title: 'No such address' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errors

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errors, value)
}

export function reactionTo(code: ErrorCode): Reaction {
  return errors[code].reaction
}

/** Body of every HTTP error, `application/problem+json` (RFC 9457) with a stable `code`. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  /** What to do about it, for the person or developer who sees it. Never holds field values. */
  readonly detail?: string | undefined
  /** For `version/mismatch`: the current version. */
  readonly version?: number | undefined
}

export function problem(code: ErrorCode, detail?: string): Problem {
  const { title, status } = errors[code]
  return { type: 'about:blank', title, status, code, ...(detail === undefined ? {} : { detail }) }
}
