import type { Workspace } from '@fulqrun/sync'

/** Saves plain data as a JSON file; characters that file systems do not take are left out of its name. */
export function downloadJson(name: string, content: unknown): void {
  const text = JSON.stringify(content, null, 2)
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  const day = new Date().toISOString().slice(0, 10)
  link.download = `${name.replaceAll(/[^\p{L}\p{N}-]+/gu, '-')}-${day}.json`
  link.click()
  URL.revokeObjectURL(address)
}

/** Saves what has not been sent as a file that support, or a later import, can read. */
export async function downloadUnsent(workspace: Workspace): Promise<void> {
  downloadJson('fulqrun-unsent', await workspace.exportUnsent())
}
