import { parsePushMessage, type PushMessage } from '@fulqrun/protocol'
import { describe, expect, test, vi } from 'vitest'
import { readWorkerMessage } from '../frame/worker-messages.ts'
import { renewSubscription } from './push-subscription.ts'

const message: PushMessage = {
  title: 'Formulary',
  body: 'Choose one.',
  tag: 'a',
  url: '/inbox?tab=conflicts',
}

describe('pushes and what is said about them', () => {
  test('[NOT-10] what is none of ours is told apart', () => {
    expect(parsePushMessage(JSON.stringify(message))).toEqual(message)
    for (const text of ['', 'hello', 'null', '[]', '{}', JSON.stringify({ ...message, title: 1 })])
      expect(parsePushMessage(text)).toBeUndefined()
    expect(parsePushMessage(JSON.stringify({ ...message, body: 'a'.repeat(2001) }))).toBeUndefined()
  })

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', ''])(
    '[NOT-11] %s is never opened',
    (url) => {
      expect(parsePushMessage(JSON.stringify({ ...message, url }))?.url).toBe('/inbox')
      expect(readWorkerMessage({ type: 'open', url })).toBeUndefined()
    },
  )

  test('[NOT-11] pages follow addresses of the app and ignore messages they do not know', () => {
    expect(readWorkerMessage({ type: 'open', url: '/inbox' })).toEqual({ type: 'open', url: '/inbox' })
    for (const other of [undefined, null, 'open', { type: 'new' }, { type: 'close', url: '/inbox' }])
      expect(readWorkerMessage(other)).toBeUndefined()
  })

  test('[NOT-12] the server hears of the subscription that takes the place of an ended one', async () => {
    const subscription = { toJSON: () => ({ endpoint: 'https://push.example/new' }) }
    const subscribe = vi.fn(() => Promise.resolve(subscription))
    const told: unknown[] = []
    vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
      if (init !== undefined) told.push([path, init.method, init.body])
      return Promise.resolve(Response.json({ publicKey: 'key' }))
    })
    const pushManager = { getSubscription: () => Promise.resolve(null), subscribe }
    await renewSubscription({ pushManager } as unknown as ServiceWorkerRegistration)
    vi.unstubAllGlobals()
    expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: 'key' })
    expect(told).toEqual([
      ['/api/notifications/subscriptions', 'POST', '{"endpoint":"https://push.example/new"}'],
    ])
  })
})
