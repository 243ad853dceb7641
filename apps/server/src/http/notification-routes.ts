import {
  endpoints,
  type NotificationKind,
  notificationKinds,
  type NotificationSettings,
  type PushKey,
} from '@fulqrun/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { testMessage } from '../notifications/notice-words.ts'
import type { NotificationStore } from '../notifications/notification-store.ts'
import type { Notifier } from '../notifications/notifier.ts'
import { type AddressRules, endpointProblem } from '../notifications/push-address.ts'
import type { PushQueue } from '../notifications/push-queue.ts'
import { isTimeZone } from '../notifications/quiet-hours.ts'
import { readJson } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { HttpProblem } from './problem.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:30')
const flags = Object.fromEntries(notificationKinds.map((kind) => [kind, z.boolean()])) as Record<
  NotificationKind,
  z.ZodBoolean
>
const settingsShape = z.strictObject({
  kinds: z.strictObject(flags),
  preview: z.boolean(),
  quiet: z
    .strictObject({
      from: time,
      to: time,
      timeZone: z.string().max(100).refine(isTimeZone, 'is no time zone that the server knows'),
    })
    .optional(),
})

/** Lengths of a point on P-256 and of the secret, in base64url. */
const key = (bytes: number) =>
  z
    .string()
    .regex(/^[\w-]+={0,2}$/, 'must be base64url')
    .refine((text) => Buffer.from(text, 'base64url').length === bytes, `must be ${bytes} bytes`)

/** What `PushSubscription.toJSON()` gives; `expirationTime` is of no use to us. */
const target = z.object({
  endpoint: z.string().max(1000),
  keys: z.object({ p256dh: key(65), auth: key(16) }),
})

export interface NotificationRoutesOptions {
  readonly store: NotificationStore
  readonly notifier: Notifier
  readonly queue: PushQueue
  readonly publicKey: string
  readonly rules: AddressRules
  readonly now: () => number
}

/** `/api/notifications`: what the caller wants to be told, and on which devices. */
export function notificationRoutes(options: NotificationRoutesOptions): Hono<HttpEnv> {
  const { store, notifier, queue, publicKey, rules, now } = options
  const app = new Hono<HttpEnv>()
  const base = endpoints.notifications

  app.get(`${base}/key`, async (c) => {
    await requirePrincipal(c)
    return c.json({ publicKey } satisfies PushKey)
  })

  app.get(`${base}/settings`, async (c) => {
    const { user } = await requirePrincipal(c)
    return c.json(await store.settingsOf(user.id))
  })

  app.put(`${base}/settings`, async (c) => {
    const { user } = await requirePrincipal(c)
    const { kinds, preview, quiet } = await readJson(c, settingsShape)
    const settings: NotificationSettings = { kinds, preview, ...(quiet === undefined ? {} : { quiet }) }
    await store.saveSettings(user.id, settings, now())
    await notifier.settingsChanged(user.id, settings)
    return c.json(settings)
  })

  app.post(`${base}/subscriptions`, async (c) => {
    const { user, organizationId, sessionId } = await requirePrincipal(c)
    const { endpoint, keys } = await readJson(c, target)
    const problem = endpointProblem(endpoint, rules)
    if (problem !== undefined) throw new HttpProblem('input/invalid', { detail: problem })
    await store.subscribe({ endpoint, keys, userId: user.id, organizationId, sessionId }, now())
    return c.body(null, 204)
  })

  app.delete(`${base}/subscriptions`, async (c) => {
    const { user } = await requirePrincipal(c)
    const { endpoint } = await readJson(c, z.object({ endpoint: z.string().max(1000) }))
    await store.unsubscribe(endpoint, user.id)
    return c.body(null, 204)
  })

  app.post(`${base}/test`, async (c) => {
    const { user } = await requirePrincipal(c)
    const { endpoint } = await readJson(c, z.object({ endpoint: z.string().max(1000) }))
    const own = await store.subscriptionsOf({ userIds: [user.id] })
    const device = own.find((subscription) => subscription.endpoint === endpoint)
    if (device === undefined)
      throw new HttpProblem('not-found', { detail: 'Notices are not switched on for this device' })
    queue.add(device, testMessage, { ttl: 60, urgency: 'high', about: [] })
    return c.body(null, 202)
  })

  return app
}
