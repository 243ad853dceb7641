import { useLocation } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { commandsFor } from './commands.ts'
import { hubOpen } from './palette-open.ts'
import { recordAt, rememberRecord } from './recent.ts'
import { holdSearch } from './search-client-of.ts'
import { SearchPalette } from './SearchPalette.tsx'
import { areShortcutsOn, createShortcuts } from './shortcuts.ts'
import { ShortcutSheet } from './ShortcutSheet.tsx'
import { useCommands } from './use-commands.ts'
import { useSearchClient } from './use-search.ts'

function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k'
}

/** Hears the palette's keys and the shortcuts, on every screen. */
function useKeys(): void {
  const workspace = useWorkspace()
  const me = useMe()
  const run = useCommands()
  const recognize = useMemo(() => createShortcuts(commandsFor(me)), [me])
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (isPaletteKey(event)) {
        // Browsers go to their address field.
        event.preventDefault()
        hubOpen.set(hubOpen.get() === 'palette' ? undefined : 'palette')
        return
      }
      if (!areShortcutsOn(workspace)) return
      const command = recognize(event)
      if (command === undefined) return
      event.preventDefault()
      run(command)
    }
    document.addEventListener('keydown', hear)
    return () => {
      document.removeEventListener('keydown', hear)
    }
  }, [workspace, recognize, run])
}

function useRecentRecords(): void {
  const workspace = useWorkspace()
  const { organization } = useMe()
  const { pathname } = useLocation()
  useEffect(() => {
    const name = recordAt(pathname, organization.id)
    if (name !== undefined) rememberRecord(workspace, name)
  }, [workspace, organization.id, pathname])
}

/** Search, commands and shortcuts; loaded after the first screen stands, and gone with the workspace. */
export default function SearchHub() {
  const workspace = useWorkspace()
  const open = useStore(hubOpen)
  // Starts the worker, so that the index is ready when somebody types.
  useSearchClient()
  useKeys()
  useRecentRecords()
  useEffect(() => {
    const release = holdSearch(workspace)
    return () => {
      hubOpen.set(undefined)
      release()
    }
  }, [workspace])
  const close = () => {
    hubOpen.set(undefined)
  }
  return (
    <>
      <SearchPalette isOpen={open === 'palette'} onClose={close} />
      <ShortcutSheet isOpen={open === 'keys'} onClose={close} />
    </>
  )
}
