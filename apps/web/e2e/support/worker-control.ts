import type { CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'

/** The service worker of a page, for what only the browser does to it: a push. */
export interface WorkerRegistration {
  readonly origin: string
  readonly registrationId: string
}

/** Resolves once the worker is installed. */
export async function watchRegistration(page: Page): Promise<WorkerRegistration> {
  const devtools = await page.context().newCDPSession(page)
  const { origin } = new URL(page.url())
  let registrationId: string | undefined
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted)
    registrationId = own?.registrationId ?? registrationId
  })
  await devtools.send('ServiceWorker.enable')
  await expect.poll(() => registrationId).toBeDefined()
  await devtools.detach()
  return { origin, registrationId: registrationId ?? '' }
}

async function withDevtools(page: Page, act: (devtools: CDPSession) => Promise<unknown>): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('ServiceWorker.enable')
  await act(devtools)
  await devtools.detach()
}

/** What the browser does when its push service has something for the app. */
export function deliverPush(page: Page, registration: WorkerRegistration, data: string): Promise<void> {
  return withDevtools(page, (devtools) =>
    devtools.send('ServiceWorker.deliverPushMessage', { ...registration, data }),
  )
}

/** Background syncs that wait for a network. */
export function syncTags(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const { sync } = registration as unknown as { readonly sync: { getTags(): Promise<string[]> } }
    return sync.getTags()
  })
}
