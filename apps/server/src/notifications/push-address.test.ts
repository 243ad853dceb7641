import { describe, expect, test } from 'vitest'
import { endpointProblem, guardedLookup, isPublicAddress } from './push-address.ts'

describe('where pushes may be sent', () => {
  test.each(['8.8.8.8', '142.250.74.10', '2a00:1450:4001:82a::200e'])('[NOT-5] %s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:0a00:0001::',
    'no address',
  ])('[NOT-5] %s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each([
    'https://fcm.googleapis.com/fcm/send/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://web.push.apple.com/abc',
  ])('[NOT-5] %s is accepted', (endpoint) => {
    expect(endpointProblem(endpoint, { allowLocal: false })).toBeUndefined()
  })

  test.each([
    'http://fcm.googleapis.com/fcm/send/abc',
    'https://fcm.googleapis.com:8443/abc',
    'https://localhost/abc',
    'https://intranet/abc',
    'https://127.0.0.1/abc',
    'https://2130706433/abc',
    'https://0x7f.1/abc',
    'https://[::1]/abc',
    'https://[::ffff:127.0.0.1]/abc',
    'https://user:secret@push.example.com/abc',
    'ftp://push.example.com/abc',
    'file:///etc/passwd',
    `https://push.example.com/${'a'.repeat(1000)}`,
    '',
  ])('[NOT-5] %s is refused with a reason', (endpoint) => {
    expect(endpointProblem(endpoint, { allowLocal: false })).toMatch(/^The (?:address of the )?push service /)
  })

  test('[NOT-5] a name that leads into a private network is not found when it is connected to', async () => {
    const resolve = (allowLocal: boolean) =>
      new Promise((settle) => {
        guardedLookup({ allowLocal })('localhost', {}, (error, address) => settle(error?.message ?? address))
      })
    expect(await resolve(false)).toBe('localhost is not on the public internet')
    expect(['127.0.0.1', '::1']).toContain(await resolve(true))
  })
})
