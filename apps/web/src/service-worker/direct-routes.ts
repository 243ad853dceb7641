import { endpoints } from '@fulqrun/protocol'

/** An install event with static routes, which TypeScript's libraries do not know; missing in Firefox and Safari. */
interface RoutingEvent extends Event {
  waitUntil(done: Promise<unknown>): void
  addRoutes?(
    rules: readonly {
      readonly condition: { readonly urlPattern: string; readonly requestMode: RequestMode }
      readonly source: 'network'
    }[],
  ): Promise<void>
}

/** What the worker never answers. Not `/api/auth/sign-…`, nor what `ApiAnswers` keeps: those it has to see. */
const direct = [
  endpoints.token,
  endpoints.catalogue,
  endpoints.push,
  endpoints.pull,
  endpoints.events,
  '/api/documents/*',
  `${endpoints.attachments}/*`,
  endpoints.devices,
  `${endpoints.devices}/*`,
  `${endpoints.notifications}/*`,
  endpoints.health,
]

/**
 * Requests that go to the network without waking the worker.
 *
 * - UPD-6 A request that reaches the worker just while Chromium stops it for the next version starts it anew, and the
 *   next version then waits until it has been idle for half a minute, or for 5 minutes when pages keep asking; a second
 *   `skipWaiting` changes nothing about that. What pages ask for all the time therefore does not go through it.
 *
 * Navigations are not among them (`requestMode`): without a network they are answered with a page.
 */
export function routeDirectly(worker: Pick<EventTarget, 'addEventListener'>): void {
  worker.addEventListener('install', (event) => {
    const install = event as RoutingEvent
    const rules = direct.map(
      (urlPattern) => ({ condition: { urlPattern, requestMode: 'cors' }, source: 'network' }) as const,
    )
    // An older form of it, or a pattern that it does not know: everything goes through the worker, as without.
    install.waitUntil(Promise.resolve(install.addRoutes?.(rules)).catch(() => undefined))
  })
}
