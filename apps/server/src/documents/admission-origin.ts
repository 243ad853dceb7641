/**
 * Origin of every transaction that the server opens on a document. Hocuspocus must not run its own store hooks for
 * them: the log is the store.
 */
export const admissionOrigin = { source: 'local', skipStoreHooks: true } as const
