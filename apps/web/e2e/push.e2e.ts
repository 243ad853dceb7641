import { AxeBuilder } from '@axe-core/playwright'
import {
  defaultNotificationSettings,
  encodePush,
  endpoints,
  formatDocumentName,
  type PushAnswer,
  type PushMessage,
} from '@fulqrun/protocol'
import { createDocument, newDocumentId, propose as requestValue } from '@fulqrun/schema'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { openPushService, type ReceivedPush } from '../../server/src/testing/push-service.ts'
import { openField } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import { phone, type Visitor } from './support/visitor.ts'
import { deliverPush, watchRegistration } from './support/worker-control.ts'

interface Shown {
  readonly title: string
  readonly body: string
  readonly tag: string
}

/** Notifications that the browser shows for the app. */
function shown(page: Page): Promise<readonly Shown[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const notices = await registration.getNotifications()
    return notices.map(({ title, body, tag }) => ({ title, body, tag }))
  })
}

/**
 * In place of the browser vendor's push service, which tests cannot reach: the browser subscribes with what `target` says,
 * and everything else (permission, our server, the worker) is real. (Without Google, Chromium's own `subscribe` is never
 * answered, and in a private context it is refused: docs/proof.md.)
 */
async function useOwnPushService(visitor: Visitor, target: object): Promise<void> {
  await visitor.context.addInitScript(
    (json) => {
      let isOn = false
      const subscription = {
        endpoint: json.endpoint,
        toJSON: () => json,
        unsubscribe: () => {
          isOn = false
          return Promise.resolve(true)
        },
      } as unknown as PushSubscription
      PushManager.prototype.subscribe = (options) => {
        isOn = true
        Object.assign(globalThis, { subscribedWith: options?.applicationServerKey })
        return Promise.resolve(subscription)
      }
      PushManager.prototype.getSubscription = () => Promise.resolve(isOn ? subscription : null)
    },
    target as { readonly endpoint: string },
  )
}

async function takeMessage(
  stage: Stage,
): Promise<{ readonly message: PushMessage; readonly address: string }> {
  const record = await stage.takeOpportunity()
  return {
    address: record.address,
    message: {
      title: record.title,
      body: 'Close date: Ben Okafor and you entered different values. Choose one.',
      tag: record.name,
      url: record.address,
    },
  }
}

journeys('notifications', (stage) => {
  test('[NOT-10] [NOT-11] a push shows a notification, one per record; pressed, the open page goes there without loading anew', async () => {
    const { message } = await takeMessage(stage)
    const ana = await stage.enter('ana', { permissions: ['notifications'] })
    const registration = await watchRegistration(ana.page)
    await deliverPush(ana.page, registration, JSON.stringify({ ...message, body: 'An older one' }))
    await expect.poll(() => shown(ana.page)).toHaveLength(1)
    await deliverPush(ana.page, registration, JSON.stringify(message))
    const { title, body, tag } = message
    await expect.poll(() => shown(ana.page)).toEqual([{ title, body, tag }])
    // Whatever comes, something is shown: browsers take the permission from apps that stay silent.
    await deliverPush(ana.page, registration, 'not ours')
    await expect
      .poll(async () => (await shown(ana.page)).map((notice) => notice.title).sort())
      .toEqual(['FulQrun', title].sort())

    await ana.page.evaluate(() => {
      Object.assign(globalThis, { isSamePage: true })
    })
    const worker = ana.context.serviceWorkers()[0]
    if (worker === undefined) throw new Error('there is no service worker')
    await worker.evaluate(async (tag) => {
      const scope = globalThis as unknown as { readonly registration: ServiceWorkerRegistration }
      const [notification] = await scope.registration.getNotifications({ tag })
      const event = new Event('notificationclick')
      Object.assign(event, { notification, waitUntil: () => undefined })
      globalThis.dispatchEvent(event)
    }, tag)
    await openField(ana.page, 'Next step')
    expect(new URL(ana.page.url()).pathname).toBe(message.url)
    expect(await ana.page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
    await expect.poll(async () => (await shown(ana.page)).map((notice) => notice.title)).toEqual(['FulQrun'])
  })

  test('[NOT-4] switched on by a press, what waits reaches the push service; what is chosen is kept', async () => {
    await using service = await openPushService()
    const target = service.newDevice('finns-phone')
    const finn = await stage.arrive({ ...phone, permissions: ['notifications'] })
    await useOwnPushService(finn, target)
    const asAtFirst = { body: defaultNotificationSettings }
    await (await stage.api('finn')).api('PUT', `${endpoints.notifications}/settings`, asAtFirst)
    await finn.page.reload()
    await finn.signIn('finn')
    await finn.goTo('/settings')
    await finn.page.getByRole('button', { name: 'Switch on for this device' }).click()
    await finn.page.getByText('Notifications are on for this device.').waitFor()
    await finn.page.getByRole('button', { name: 'Send a test notification' }).click()
    await expect
      .poll(() => service.received.map(({ message }) => message.title))
      .toEqual(['Notices work on this device'])
    // The key that the browser was given is the one that signed; a vendor delivers nothing that another has signed.
    const subscribedWith = () =>
      (globalThis as unknown as { readonly subscribedWith: unknown }).subscribedWith
    expect(await finn.page.evaluate(subscribedWith)).toBe(service.received[0]?.signer)

    // Without preview the next one names nothing.
    await finn.page.getByRole('switch', { name: 'Say what it is about' }).press('Space')
    const settings = async () =>
      await (
        await stage.api('finn')
      ).get<{ preview: boolean; quiet?: object }>(`${endpoints.notifications}/settings`)
    await expect.poll(async () => (await settings()).preview).toBe(false)
    await finn.page.getByRole('switch', { name: 'Quiet hours' }).press('Space')
    await finn.page.getByLabel('From', { exact: true }).fill('00:00')
    await finn.page.getByLabel('Until', { exact: true }).fill('00:00')
    await expect.poll(async () => (await settings()).quiet).toMatchObject({ from: '00:00', to: '00:00' })
    await finn.page.getByRole('switch', { name: 'Quiet hours' }).press('Space')
    await expect.poll(async () => (await settings()).quiet).toBeUndefined()
    await propose(stage, 'Asked in a test')
    await expect.poll(() => service.received.at(-1)?.message.body).toMatch(/proposal/)
    expect(service.received.map(({ message }) => message.title).join()).not.toMatch(/Castillo|Asked/)

    // What the device has decrypted, handed to the worker as its browser does.
    const { payload, message } = service.received.at(-1) as ReceivedPush
    await deliverPush(finn.page, await watchRegistration(finn.page), payload)
    const { title, body, tag } = message
    await expect.poll(() => shown(finn.page)).toEqual([{ title, body, tag }])

    const { violations } = await new AxeBuilder({ page: finn.page }).analyze()
    expect(violations).toEqual([])
  })

  test('blocked, or not possible here: it is said what to do', async () => {
    const ana = await stage.enter('ana')
    const said = async (words: RegExp) => {
      const notice = ana.page.getByText(words)
      await notice.waitFor()
      expect(await ana.page.getByRole('button', { name: 'Switch on for this device' }).count()).toBe(0)
    }
    await ana.context.addInitScript(() => {
      Object.defineProperty(Notification, 'permission', { get: () => 'denied' })
    })
    await ana.goTo('/settings')
    await said(/^Notifications are blocked for this site in your browser/)
    await ana.context.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'PushManager')
    })
    await ana.page.reload()
    await said(/^This browser cannot show notifications/)
    await ana.context.addInitScript(() => {
      Object.defineProperty(navigator, 'standalone', { get: () => false })
    })
    await ana.page.reload()
    await said(/need the app on the home screen/)
  })
})

/** Ana makes an opportunity and asks finance for its amount. */
async function propose(stage: Stage, name: string): Promise<void> {
  const doc = new Y.Doc()
  const now = Date.now()
  const place = {
    kind: 'opportunity',
    territoryId: 'meridian-north',
    createdBy: 'ana',
    createdAt: now,
  } as const
  createDocument(doc, { ...place, fields: { name } })
  requestValue(doc, { path: 'financials.amount', value: 40_000, reason: 'As agreed', author: 'ana', now })
  const document = formatDocumentName({
    organizationId: 'meridian',
    kind: 'opportunity',
    id: newDocumentId(),
  })
  const { bearer } = await stage.api('ana')
  const answer = await fetch(stage.server.url + endpoints.push, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: encodePush([{ name: document, update: Y.encodeStateAsUpdate(doc) }]),
  })
  const { verdicts } = (await answer.json()) as PushAnswer
  expect(verdicts.map(({ accepted }) => accepted)).toEqual([true])
}
