import { expect, test } from 'vitest'
import { createApiClient } from './api-client.ts'
import { openWorkspace } from './workspace.ts'
import { makeDevice, makeMe, until } from './test-device.ts'
import { respond } from './test-exchange.ts'

function tokenOf(sub: string): string {
  return ['{}', JSON.stringify({ sub, iat: 0, exp: 300 }), ''].map((part) => btoa(part)).join('.')
}

function clientFor(userId: string, token: string) {
  const { ports } = makeDevice()
  const answer = respond(200, { token })
  return createApiClient(
    { ...ports, fetch: () => Promise.resolve(answer) },
    { baseUrl: 'http://server.test', userId },
  )
}

test('[SES-15] a token of somebody else is an ended session, one of this person or of nobody named is taken', async () => {
  await expect(clientFor('ana', tokenOf('ben')).fetchToken()).resolves.toEqual({ ok: false, kind: 'denied' })
  await expect(clientFor('ana', tokenOf('ana')).fetchToken()).resolves.toMatchObject({ renewInMs: 240_000 })
  await expect(clientFor('ana', 'opaque').fetchToken()).resolves.toMatchObject({ ok: true, token: 'opaque' })
})

test("[SES-15] when Ben signs in in Ana's browser, her tab sends nothing in his name and keeps her work", async () => {
  const device = makeDevice()
  const { fetch } = device.ports
  const ports = {
    ...device.ports,
    fetch: (...request: Parameters<typeof fetch>) =>
      request[0].endsWith('/api/auth/token')
        ? Promise.resolve(respond(200, { token: tokenOf('ben') }))
        : fetch(...request),
  }
  const tab = await openWorkspace({ me: makeMe('ana'), baseUrl: 'http://server.test', ports })
  tab.create('opportunity', { territoryId: 'north', fields: { name: 'Hers' } })
  await until(() => tab.session.get().phase === 'signed-out')
  expect(device.server.seen).toEqual([])
  expect(tab.sync.get()).toMatchObject({ state: 'signed-out', pending: 1 })
  await tab.close()
})
