import { endpoints } from '@fulqrun/protocol'

const reloadedKey = 'fulqrun.reloaded-at'
/** A second failure within this time is not helped by loading the page again. */
const onceInMs = 5 * 60_000

export interface MissingChunkPorts {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly now: () => number
  readonly isOnline: () => boolean
  /** Whether our own server answers. */
  readonly isServerThere: () => Promise<boolean>
  readonly isBusy: () => boolean
  readonly reload: () => void
}

/**
 * UPD-4: a screen of this build can be had neither here nor from the server. Loading the page once brings the build that
 * the server has; never twice in a row, never while somebody types, and never without a network, where it would take away
 * the page that is there. True when the page is being loaded.
 */
export async function reloadOnce(ports: MissingChunkPorts): Promise<boolean> {
  const last = Number(ports.storage.getItem(reloadedKey))
  if (ports.isBusy() || !ports.isOnline() || ports.now() - last < onceInMs) return false
  if (!(await ports.isServerThere()) || ports.isBusy()) return false
  ports.storage.setItem(reloadedKey, String(ports.now()))
  ports.reload()
  return true
}

/** Vite tells with `vite:preloadError` that a chunk could not be loaded; the screen shows its own error as well. */
export function watchMissingChunks(options: {
  readonly isBusy: () => boolean
  readonly update: () => Promise<unknown> | undefined
}): void {
  addEventListener('vite:preloadError', () => {
    reloadOnce({
      storage: sessionStorage,
      now: () => Date.now(),
      isOnline: () => navigator.onLine,
      isServerThere: async () => {
        // Has the new version on its way, too: the page that is loaded comes from the device.
        await options.update()
        const answer = await fetch(endpoints.health, { cache: 'no-store' })
        return answer.ok && answer.headers.has('x-request-id')
      },
      isBusy: options.isBusy,
      reload: () => {
        location.reload()
      },
    }).catch(() => undefined) // Out of reach, or storage is blocked: the page stays as it is.
  })
}
