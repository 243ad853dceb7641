import { createStore } from '../../data/store.ts'

/** What of the search hub is open: the header's button says so before the hub itself is loaded. */
export const hubOpen = createStore<'palette' | 'keys' | undefined>(undefined)
