import { parsePath } from '@fulqrun/schema'
import type { HistoryLine } from './bursts.ts'

/** `Attached photo.jpg` or `Removed photo.jpg`, under the name of whoever did; undefined for what is no whole file. */
export function fileLine(
  { path, action, before }: Pick<HistoryLine, 'path' | 'action' | 'before'>,
  name: string | undefined,
): string | undefined {
  const { root, key } = parsePath(path)
  if (root !== 'attachments' || key !== undefined || name === undefined) return undefined
  if (action === 'delete') return `Removed ${name}`
  return action === 'set' && before === undefined ? `Attached ${name}` : undefined
}
