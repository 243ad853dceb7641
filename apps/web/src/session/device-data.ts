/** What the app keeps in this browser beside the databases of the workspace. */
export interface DeviceData {
  /**
   * Removes it all. `keepsApp`: the app itself stays installed, for a person who leaves without a network and would
   * otherwise be left with the browser's own error page. It holds nothing of theirs.
   */
  forget(options: { readonly keepsApp: boolean }): Promise<void>
}

/** Names of the caches that hold the app and nothing else; given by workbox. */
const appCache = /^workbox-precache/

/** Each step on its own: one that the browser refuses must not keep the others from being taken. */
async function attempt(step: () => unknown): Promise<void> {
  try {
    await step()
  } catch {
    // Blocked by the browser's settings: then nothing was kept there either.
  }
}

async function forgetCaches(keepsApp: boolean): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => !keepsApp || !appCache.test(name)).map((name) => caches.delete(name)),
  )
}

async function forgetWorkers(): Promise<void> {
  const registrations = await navigator.serviceWorker.getRegistrations()
  // With the worker go its notifications, and what it wanted to send in the background.
  await Promise.all(registrations.map((registration) => registration.unregister()))
}

/** Storage of this browser's profile. `keptKeys` of the local storage stay. */
export function browserDeviceData(keptKeys: readonly string[]): DeviceData {
  return {
    forget: async ({ keepsApp }) => {
      if (!keepsApp) await attempt(forgetWorkers)
      await attempt(() => forgetCaches(keepsApp))
      await attempt(() => {
        for (const key of Object.keys(localStorage)) if (!keptKeys.includes(key)) localStorage.removeItem(key)
      })
      await attempt(() => {
        sessionStorage.clear()
      })
    },
  }
}
