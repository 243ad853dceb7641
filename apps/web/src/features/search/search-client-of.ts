import type { Workspace } from '@fulqrun/sync'
import { createSearchClient, type SearchClient } from './search-client.ts'

const clients = new WeakMap<Workspace, SearchClient>()

function whenIdle(task: () => void): void {
  // Safari has none.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(task, { timeout: 1_000 })
  else setTimeout(task, 50)
}

/** The one search of a workspace; the first caller starts it. */
export function searchClientOf(workspace: Workspace, userId: string): SearchClient {
  const known = clients.get(workspace)
  if (known !== undefined) return known
  const client = createSearchClient({
    workspace,
    database: `fulqrun-${userId}`,
    worker: new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module', name: 'search' }),
    whenIdle,
  })
  clients.set(workspace, client)
  return client
}

const holders = new WeakMap<Workspace, number>()

/**
 * Keeps the search of a workspace alive until the returned function is called; with the last one it ends, so that nothing
 * of the person stays in memory and nothing holds their database.
 */
export function holdSearch(workspace: Workspace): () => void {
  const count = (change: number) => {
    const next = (holders.get(workspace) ?? 0) + change
    holders.set(workspace, next)
    return next
  }
  count(1)
  return () => {
    count(-1)
    // A frame that is only made anew takes it over.
    setTimeout(() => {
      if (holders.get(workspace) !== 0) return
      clients.get(workspace)?.end()
      clients.delete(workspace)
    }, 0)
  }
}
