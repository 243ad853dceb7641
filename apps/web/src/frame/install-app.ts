import { createStore, type ReadableStore } from '../data/store.ts'

/** How this browser makes an app of the page. */
export type InstallStanding =
  /** It runs as an app already. */
  | 'installed'
  /** The browser asks the person when we ask it to. */
  | 'ready'
  /** iPhone and iPad: only by hand, by way of the Share menu. */
  | 'by-share'
  /** Others: by the browser's own menu, where it has that. */
  | 'by-menu'

/** Chromium's; the standards do not have it. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>
}

interface AppleNavigator extends Navigator {
  /** True on the home screen, false in Safari, absent elsewhere. */
  readonly standalone?: boolean
}

/** Safari on iPhone and iPad, not on the home screen. */
export function isAppleBrowser(): boolean {
  return (navigator as AppleNavigator).standalone === false
}

const standing = createStore<InstallStanding>('by-menu')
let offered: InstallPromptEvent | undefined

export const installStanding: ReadableStore<InstallStanding> = standing

function current(): InstallStanding {
  if (matchMedia('(display-mode: standalone)').matches) return 'installed'
  if (isAppleBrowser()) return 'by-share'
  return offered === undefined ? 'by-menu' : 'ready'
}

/** Keeps the browser's offer for the settings screen. Once, at the start: it comes before anybody asks for it. */
export function watchInstallOffer(): void {
  standing.set(current())
  addEventListener('beforeinstallprompt', (event) => {
    // Else some browsers put a bar over the list that people are working in.
    event.preventDefault()
    offered = event as InstallPromptEvent
    standing.set(current())
  })
  addEventListener('appinstalled', () => {
    offered = undefined
    standing.set('installed')
  })
}

/** Has the browser ask the person; an offer can be used once. Call from a press. */
export async function installApp(): Promise<void> {
  const event = offered
  offered = undefined
  standing.set(current())
  // A browser that changed its mind offers it in its own menu.
  await event?.prompt().catch(() => undefined)
}
