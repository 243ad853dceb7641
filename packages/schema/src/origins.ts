/** Transaction origin of every command; what an undo manager tracks. */
export const localOrigin: { readonly name: 'local' } = { name: 'local' }

/** Origin of the time stamps that follow text edits; not undone with the text. */
export const stampOrigin: { readonly name: 'stamp' } = { name: 'stamp' }

/** Origin of server commands. */
export const serverOrigin: { readonly name: 'server' } = { name: 'server' }

/** Origin of migrations; nobody's edit. */
export const migrationOrigin: { readonly name: 'migration' } = { name: 'migration' }
