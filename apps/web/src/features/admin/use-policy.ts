import type { PolicyTable } from '@fulqrun/rules'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'

/** The rules in force in the organization, as this device last heard. */
export function usePolicy(): PolicyTable {
  return useStore(useWorkspace().policy)
}
