import { useEffect, useState } from 'react'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { DownloadIcon } from '../ui/icons.ts'
import { useAppUpdate } from './app-update-context.tsx'
import { useIsOccupied } from './use-is-occupied.ts'

/** Whether a restart of this tab would lose something: somebody types, or what was typed is not on the disk. */
function useIsBusy(): boolean {
  const { state, storage, pending } = useStore(useWorkspace().sync)
  const isOccupied = useIsOccupied()
  return isOccupied || state === 'saving' || (storage !== 'persistent' && pending > 0)
}

/**
 * Asks once, at a moment that suits; `Later` is remembered until the page is loaded anew. All the time it tells the other
 * tabs whether this one may be restarted.
 */
export function UpdateBar() {
  const update = useAppUpdate()
  const isReady = useStore(update.isReady)
  const isWaiting = useStore(update.isWaiting)
  const isNeeded = useStore(useWorkspace().sync).state === 'update-needed'
  const isBusy = useIsBusy()
  const [isLater, setLater] = useState(false)
  useEffect(() => {
    update.setBusy(isBusy)
    return () => {
      update.setBusy(false)
    }
  }, [update, isBusy])
  if (isWaiting) {
    return (
      <Banner shape="bar" tone="accent" icon={<DownloadIcon aria-hidden />}>
        <span role="status">
          Restarts with the new version as soon as nothing is being typed, here and in other tabs.
        </span>
      </Banner>
    )
  }
  if (!(isReady || isNeeded) || isLater || isBusy) return null
  return (
    <Banner
      shape="bar"
      tone="accent"
      icon={<DownloadIcon aria-hidden />}
      action={
        <span className="flex gap-2">
          <Button
            size="sm"
            variant="quiet"
            onPress={() => {
              setLater(true)
            }}
          >
            Later
          </Button>
          <Button size="sm" variant="primary" onPress={update.restart}>
            Restart now
          </Button>
        </span>
      }
    >
      {isNeeded ? 'A new version is needed to exchange changes' : 'A new version is ready'}
    </Banner>
  )
}
