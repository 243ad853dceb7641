import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import webPush from 'web-push'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { isKeyPair } from './key-pair.ts'
import { loadVapidKeys } from './vapid-keys.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fulqrun-vapid-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const load = () => loadVapidKeys({ dataDir, given: undefined, subject: 'mailto:it@example.com' })
const secret = { AUTH_SECRET: 'x'.repeat(40) }

describe('keys of this server for push services', () => {
  test('[NOT-8] are made once, for the server user only, and stay the same', async () => {
    const keys = load()
    expect(isKeyPair(keys)).toBe(true)
    expect(load()).toEqual(keys)
    expect((await stat(path.join(dataDir, 'vapid.json'))).mode & 0o777).toBe(0o600)
  })

  test('[NOT-8] a damaged file ends the start: other keys would silence every device', async () => {
    load()
    const file = path.join(dataDir, 'vapid.json')
    await chmod(file, 0o600)
    for (const text of ['{', '{"publicKey":"a","privateKey":"b"}', '[]']) {
      await writeFile(file, text)
      expect(load).toThrow(/vapid\.json is damaged/)
    }
  })

  test('[NOT-8] given keys are checked at the start', () => {
    const keys = webPush.generateVAPIDKeys()
    const env = { ...secret, VAPID_PUBLIC_KEY: keys.publicKey, VAPID_PRIVATE_KEY: keys.privateKey }
    expect(loadConfig({ ...env, VAPID_SUBJECT: 'mailto:it@example.com' }).vapid).toEqual({
      given: keys,
      subject: 'mailto:it@example.com',
    })
    expect(() => loadConfig({ ...env, VAPID_PRIVATE_KEY: webPush.generateVAPIDKeys().privateKey })).toThrow(
      /^VAPID_PRIVATE_KEY: is not the key of/,
    )
    expect(() => loadConfig({ ...secret, VAPID_PUBLIC_KEY: keys.publicKey })).toThrow(
      /^VAPID_PRIVATE_KEY: is required/,
    )
    expect(() => loadConfig({ ...secret, VAPID_SUBJECT: 'it@example.com' })).toThrow(
      /^VAPID_SUBJECT: must be/,
    )
  })

  test('[NOT-5] pushes to this machine are for this machine', () => {
    expect(loadConfig(secret).pushAllowsLocal).toBe(false)
    expect(loadConfig({ ...secret, PUSH_ALLOW_LOCAL: 'true' }).pushAllowsLocal).toBe(true)
    expect(() => loadConfig({ ...secret, PUSH_ALLOW_LOCAL: 'true', HOST: '0.0.0.0' })).toThrow(
      /^PUSH_ALLOW_LOCAL: is for tests and demos/,
    )
  })
})
