import { randomUUID } from 'node:crypto'
import { deviceHeader, type DevicesAnswer, type DeviceStanding, type Problem } from '@fulqrun/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHttp, type TestHttp } from '../http/test-http.ts'
import { setBlocked } from './administration.ts'
import { Devices } from './devices.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'

describe('devices', () => {
  let http: TestHttp
  let deviceId: string
  beforeAll(async () => {
    http = await openTestHttp()
  })
  afterAll(() => http[Symbol.asyncDispose]())
  beforeEach(() => {
    deviceId = randomUUID()
  })

  /** A signed-in browser that says which device it is. */
  async function browser(email: string, id: string) {
    const { bearer } = await http.accounts.signIn(email)
    const headers = { authorization: `Bearer ${bearer}`, [deviceHeader]: id, 'user-agent': firefox }
    return {
      get: (path: string) => fetch(`${http.url}${path}`, { headers }),
      post: (path: string, body?: unknown) =>
        fetch(`${http.url}${path}`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', origin: http.accounts.config.publicUrl },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    }
  }
  type Browser = Awaited<ReturnType<typeof browser>>

  async function listed(by: Browser, query = '') {
    const answer = await by.get(`/api/devices${query}`)
    expect(answer.status).toBe(200)
    return ((await answer.json()) as DevicesAnswer).devices
  }

  async function standing(person: string, id = deviceId): Promise<DeviceStanding> {
    const answer = await fetch(`${http.url}/api/devices/${id}/standing?person=${person}`)
    expect(answer.status).toBe(200)
    return (await answer.json()) as DeviceStanding
  }

  const idOf = async (by: Browser) =>
    ((await (await by.get('/api/me')).json()) as { user: { id: string } }).user.id

  test('[DEV-1] a device is listed for its person and the admin, and for nobody else', async () => {
    const ana = await browser('ana@meridian.example', deviceId)
    await ana.get('/api/auth/token')
    const mine = (await listed(ana)).find(({ id }) => id === deviceId)
    expect(mine).toMatchObject({ label: 'Firefox 133 on Linux', person: { name: 'Ana Castillo' } })
    expect(mine?.lastSyncedAt).toBeUndefined()
    const adam = await browser('adam@meridian.example', randomUUID())
    expect((await listed(adam, '?of=everybody')).map(({ id }) => id)).toContain(deviceId)
    const ben = await browser('ben@meridian.example', randomUUID())
    expect((await listed(ben)).map(({ id }) => id)).not.toContain(deviceId)
    expect((await ben.get('/api/devices?of=everybody')).status).toBe(403)
    const eve = await browser('eve@rival.example', randomUUID())
    expect((await listed(eve)).map(({ id }) => id)).not.toContain(deviceId)
  })

  test('[DEV-1] the id of somebody else’s device neither shows nor clears it', async () => {
    const ana = await browser('ana@meridian.example', deviceId)
    const anaId = await idOf(ana)
    const ben = await browser('ben@meridian.example', deviceId)
    const benId = await idOf(ben)
    const wish = { reason: 'mine, is it not', keepsUnsent: false }
    expect((await ben.post(`/api/devices/${deviceId}/wipe`, wish)).status).toBe(204)
    expect(await standing(benId)).toMatchObject({ standing: 'wiped' })
    expect(await standing(anaId)).toMatchObject({ standing: 'active' })
    expect((await ana.get('/api/me')).status).toBe(200)
    const eve = await browser('eve@rival.example', randomUUID())
    expect((await eve.post(`/api/devices/${deviceId}/wipe`, wish)).status).toBe(404)
  })

  test('[DEV-2] a device that is to be cleared gets nothing, in no session, until it has cleared itself', async () => {
    const ana = await browser('ana@meridian.example', deviceId)
    const anaId = await idOf(ana)
    const elsewhere = await browser('ana@meridian.example', randomUUID())
    await idOf(elsewhere)
    const adam = await browser('adam@meridian.example', randomUUID())
    const wish = { reason: 'left on a train', keepsUnsent: false }
    expect((await adam.post(`/api/devices/${deviceId}/wipe`, wish)).status).toBe(204)
    expect((await ana.get('/api/me')).status).toBe(401)
    expect((await elsewhere.get('/api/me')).status).toBe(200)
    const again = await browser('ana@meridian.example', deviceId)
    for (const path of ['/api/me', '/api/auth/token']) {
      const refused = await again.get(path)
      expect(refused.status).toBe(401)
      expect(((await refused.json()) as Problem).code).toBe('auth/device-wiped')
    }
    expect(await standing(anaId)).toEqual({ standing: 'wiped', keepsUnsent: false, hasAccess: true })
    expect(
      (await fetch(`${http.url}/api/devices/${deviceId}/wiped?person=${anaId}`, { method: 'POST' })).status,
    ).toBe(204)
    const entry = (await listed(adam, '?of=everybody')).find(({ id }) => id === deviceId)
    expect(entry?.wipe).toMatchObject({ reason: 'left on a train', keepsUnsent: false })
    expect(entry?.wipe?.doneAt).toBeGreaterThan(0)
  })

  test('[DEV-3] a device learns without a session what has become of its person', async () => {
    const ben = await browser('ben@meridian.example', deviceId)
    const benId = await idOf(ben)
    expect(await standing(benId)).toEqual({ standing: 'active', keepsUnsent: true, hasAccess: true })
    await setBlocked(http.accounts.accounts.db, { userId: benId, blocked: true })
    expect(await standing(benId)).toEqual({ standing: 'active', keepsUnsent: true, hasAccess: false })
    await setBlocked(http.accounts.accounts.db, { userId: benId, blocked: false })
    expect(await standing(benId, randomUUID())).toMatchObject({ standing: 'unknown' })
    expect((await fetch(`${http.url}/api/devices/1/standing?person=x`)).status).toBe(404)
    expect((await fetch(`${http.url}/api/devices/${deviceId}/standing`)).status).toBe(400)
  })

  test('a wipe says why, and one person fills no table', async () => {
    const ana = await browser('ana@meridian.example', deviceId)
    await idOf(ana)
    const empty = await ana.post(`/api/devices/${deviceId}/wipe`, { reason: ' ', keepsUnsent: true })
    expect(empty.status).toBe(400)
    const { bearer } = await http.accounts.signIn('cora@meridian.example')
    for (let n = 0; n < 60; n += 1) {
      const headers = { authorization: `Bearer ${bearer}`, [deviceHeader]: randomUUID() }
      expect((await fetch(`${http.url}/api/me`, { headers })).status).toBe(200)
    }
    const cora = await browser('cora@meridian.example', deviceId)
    expect(await listed(cora)).toHaveLength(50)
  })

  test('[DEV-1] ids that nobody has ever seen fill no memory, and a device that went out of it is known all the same', async () => {
    const { accounts } = http.accounts
    const { bearer } = await http.accounts.signIn('ana@meridian.example')
    const principal = await accounts.principalOf(new Headers({ authorization: `Bearer ${bearer}` }))
    const devices = new Devices(accounts.db, { remembered: 20 })
    const label = 'Firefox on Linux'
    await devices.seen(principal, { deviceId, label, isSync: true })
    for (let n = 0; n < 40; n += 1)
      await devices.seen(principal, { deviceId: randomUUID(), label, isSync: false })
    expect(devices.remembered).toBe(20)
    await devices.wipe(principal, deviceId, { reason: 'lost', keepsUnsent: true })
    await expect(devices.seen(principal, { deviceId, label, isSync: true })).rejects.toMatchObject({
      code: 'auth/device-wiped',
    })
  })
})
