import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

test.each([
  ['without a proxy the header is hearsay', '192.0.2.1', '10.0.0.1', 0, '192.0.2.1'],
  ['one proxy: the last entry', '127.0.0.1', '10.0.0.1, 198.51.100.7', 1, '198.51.100.7'],
  [
    'two proxies: the entry before the last',
    '127.0.0.1',
    '10.0.0.1, 198.51.100.7,192.0.2.9',
    2,
    '198.51.100.7',
  ],
  ['fewer entries than proxies', '127.0.0.1', '198.51.100.7', 2, '198.51.100.7'],
  ['a trusted proxy that sends none', '192.0.2.1', undefined, 1, '192.0.2.1'],
  ['IPv4 in IPv6', '::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
  ['a whole IPv6 network', '2001:db8:1:2:3:4:5:6', undefined, 0, '2001:db8:1:2::/64'],
  ['the same network, written short', '2001:db8:1:2::9', undefined, 0, '2001:db8:1:2::/64'],
  ['zeros left out on the left', '::1', undefined, 0, '0:0:0:0::/64'],
  ['no socket', undefined, undefined, 0, 'unknown'],
])('%s', (_name, socketAddress, forwardedFor, trustProxy, expected) => {
  expect(clientAddress({ socketAddress, forwardedFor, trustProxy })).toBe(expected)
})
