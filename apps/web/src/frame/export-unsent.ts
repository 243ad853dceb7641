import type { Workspace } from '@fulqrun/sync'

/** Saves what has not been sent as a file that support, or a later import, can read. */
export async function downloadUnsent(workspace: Workspace): Promise<void> {
  const content = JSON.stringify(await workspace.exportUnsent(), null, 2)
  const address = URL.createObjectURL(new Blob([content], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `fulqrun-unsent-${new Date().toISOString().slice(0, 10)}.json`
  link.click()
  URL.revokeObjectURL(address)
}
