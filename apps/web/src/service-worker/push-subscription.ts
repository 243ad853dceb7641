import { endpoints, type PushKey } from '@fulqrun/protocol'

/** A new subscription in place of the one that the browser has ended; without a network the next start of the app does it. */
export async function renewSubscription({ pushManager }: ServiceWorkerRegistration): Promise<void> {
  const answer = await fetch(`${endpoints.notifications}/key`)
  if (!answer.ok) return
  const { publicKey } = (await answer.json()) as PushKey
  const subscription =
    (await pushManager.getSubscription()) ??
    (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }))
  await fetch(`${endpoints.notifications}/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(subscription.toJSON()),
  })
}

/** Ends the subscription of this device: the next person here has not asked for notices. */
export async function endSubscription({ pushManager }: ServiceWorkerRegistration): Promise<void> {
  await (await pushManager.getSubscription())?.unsubscribe()
}
