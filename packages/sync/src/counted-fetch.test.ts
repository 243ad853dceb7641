import { expect, it } from 'vitest'
import { countFetches } from './counted-fetch.ts'
import type { FetchAnswer } from './ports.ts'
import { makeDevice } from './test-device.ts'
import { respond } from './test-exchange.ts'

const url = 'http://server.test/api/somewhere'

function count(answer: FetchAnswer) {
  const seen = { sent: 0, received: 0 }
  const ports = countFetches(
    { ...makeDevice().ports, fetch: () => Promise.resolve(answer) },
    (sent, received) => {
      seen.sent += sent
      seen.received += received
    },
  )
  return { fetch: ports.fetch, seen }
}

it('[MEA-4] a list, a photo and a stream count with what was read of them, and what was sent for them', async () => {
  const list = count(respond(200, { entries: ['é'] }))
  const answer = await list.fetch(url, { method: 'POST', body: 'é' })
  expect(list.seen).toEqual({ sent: 2, received: 0 })
  expect(await answer.json()).toEqual({ entries: ['é'] })
  expect(list.seen.received).toBe(new TextEncoder().encode('{"entries":["é"]}').byteLength)

  const photo = count({ ...respond(200, {}), bytes: () => Promise.resolve(new Uint8Array(700)) })
  await (await photo.fetch(url, { method: 'POST', body: new Uint8Array(30) })).bytes()
  expect(photo.seen).toEqual({ sent: 30, received: 700 })

  const stream = count(respond(200, {}, { chunks: [new Uint8Array(10), new Uint8Array(5)], isCut: true }))
  const read = async () => {
    for await (const _chunk of (await stream.fetch(url)).chunks()) continue
  }
  await expect(read()).rejects.toThrow('network error')
  expect(stream.seen).toEqual({ sent: 0, received: 15 })
})

it('[MEA-4] what never went out is not counted', async () => {
  const seen: number[] = []
  const { ports } = makeDevice()
  const { fetch } = countFetches(
    { ...ports, fetch: () => Promise.reject(new TypeError('Failed to fetch')) },
    (sent) => seen.push(sent),
  )
  await expect(fetch(url, { method: 'POST', body: 'x' })).rejects.toThrow('Failed to fetch')
  expect(seen).toEqual([])
})
