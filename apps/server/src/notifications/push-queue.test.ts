import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createECDH, randomBytes } from 'node:crypto'
import type { PushMessage } from '@fulqrun/protocol'
import { createFakeClock } from '@fulqrun/testkit'
import webPush from 'web-push'
import { afterEach, expect, test } from 'vitest'
import { createLogger } from '../logger.ts'
import type { Subscription } from './notification-store.ts'
import { PushQueue } from './push-queue.ts'
import { createSendPush, type PushOutcome, type SendPush } from './push-request.ts'

const message: PushMessage = { title: 'A notice', body: 'of something', tag: 't', url: '/inbox' }
const options = { ttl: 3600, urgency: 'normal', about: [] } as const

const device = (userId: string, endpoint: string): Subscription => ({
  endpoint,
  keys: { p256dh: '', auth: '' },
  userId,
  organizationId: 'meridian',
  sessionId: userId,
})

function queueOf(send: SendPush): PushQueue {
  const clock = createFakeClock(0)
  return new PushQueue({
    send,
    isStillDue: () => Promise.resolve(true),
    onGone: () => Promise.resolve(),
    onOutcome: () => undefined,
    logger: createLogger({ level: 'error', readable: false }),
    now: clock.now,
    startTimer: clock.startTimer,
    random: () => 1,
  })
}

test('[NOT-13] devices that never answer hold up their own person alone', async () => {
  const told = Promise.withResolvers<string>()
  const queue = queueOf(({ endpoint }) => {
    if (endpoint.startsWith('https://black.hole')) return new Promise(() => undefined)
    told.resolve(endpoint)
    return Promise.resolve({ type: 'sent' })
  })
  for (let index = 0; index < 20; index++)
    queue.add(device('mallory', `https://black.hole/${index}`), message, options)
  queue.add(device('ben', 'https://push.example.com/ben'), message, options)
  expect(await told.promise).toBe('https://push.example.com/ben')
  queue.close()
})

test('[NOT-13] whoever asks for notices all day pushes out only their own', async () => {
  const sent: string[] = []
  const first = Promise.withResolvers<PushOutcome>()
  const all = Promise.withResolvers<undefined>()
  const queue = queueOf(({ endpoint }) => {
    sent.push(endpoint)
    if (sent.length === 1) return first.promise
    if (endpoint.endsWith('/5999')) all.resolve(undefined)
    return Promise.resolve({ type: 'sent' })
  })
  queue.add(device('ben', 'https://push.example.com/ben/1'), message, options)
  queue.add(device('ben', 'https://push.example.com/ben/2'), message, options)
  for (let index = 0; index < 6000; index++)
    queue.add(device('mallory', `https://push.example.com/m/${index}`), message, options)
  first.resolve({ type: 'sent' })
  await all.promise
  expect(sent).toContain('https://push.example.com/ben/2')
  expect(sent.filter((endpoint) => endpoint.includes('/m/')).length).toBeLessThanOrEqual(102)
  queue.close()
})

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

test('[NOT-13] an answer that comes letter by letter is not waited for', async () => {
  server = createServer((_, response) => {
    // Never the end of the headers, and never silence either.
    const drip = setInterval(() => response.socket?.write('x'), 5)
    response.socket?.write('HTTP/1.1 201 Created\r\nX-Drip: ')
    response.socket?.on('close', () => clearInterval(drip))
    response.socket?.on('error', () => clearInterval(drip))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const keys = createECDH('prime256v1')
  const send = createSendPush(
    { ...webPush.generateVAPIDKeys(), subject: 'mailto:it@example.com' },
    { allowLocal: true },
    800,
  )
  const target = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/drip`,
    keys: { p256dh: keys.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') },
  }
  expect(await send(target, message, options)).toEqual({ type: 'later', reason: 'timeout' })
})
