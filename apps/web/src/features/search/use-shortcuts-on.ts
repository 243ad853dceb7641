import type { Workspace } from '@fulqrun/sync'
import { createStore, useStore, type WritableStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { areShortcutsOn, setShortcutsOn } from './shortcuts.ts'

/** By workspace: the sheet, the settings and the inbox show the same switch. */
const switches = new WeakMap<Workspace, WritableStore<boolean>>()

function switchOf(workspace: Workspace): WritableStore<boolean> {
  const known = switches.get(workspace)
  if (known !== undefined) return known
  const store = createStore(areShortcutsOn(workspace))
  switches.set(workspace, store)
  return store
}

/** Whether single keys do something on this device, and how to switch them. */
export function useShortcutsOn(): readonly [isOn: boolean, set: (isOn: boolean) => void] {
  const workspace = useWorkspace()
  const isOn = useStore(switchOf(workspace))
  return [
    isOn,
    (next) => {
      setShortcutsOn(workspace, next)
      switchOf(workspace).set(next)
    },
  ]
}
