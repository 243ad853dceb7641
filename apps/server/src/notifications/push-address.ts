import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Where pushes may be sent. The address comes from a browser, so whoever is signed in can name any: without these checks
 * our server would make requests into the operator's own network for them (SSRF).
 *
 * NOT-5: only https on its usual port, and only to addresses of the public internet, which is checked for the address
 * that is really connected to: a name that points somewhere else a moment later gains nothing.
 */

/** Networks that are nobody's on the public internet (RFC 6890 and its v6 kin). */
const notPublic = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv4')

/** Global unicast is 2000::/3; of it, what embeds an IPv4 address or documents something is left out. */
const publicV6 = new BlockList()
publicV6.addSubnet('2000::', 3, 'ipv6')
const notPublicV6 = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublicV6.addSubnet(network, prefix, 'ipv6')

export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !notPublic.check(address, 'ipv4')
  if (family === 6) return publicV6.check(address, 'ipv6') && !notPublicV6.check(address, 'ipv6')
  return false
}

export interface AddressRules {
  /** Also plain http and this machine: for tests and demos only. */
  readonly allowLocal: boolean
}

/** Why an endpoint is not accepted, in words for whoever sent it; undefined when it is. */
export function endpointProblem(endpoint: string, { allowLocal }: AddressRules): string | undefined {
  if (endpoint.length > 1000) return 'The address of the push service is too long'
  const url = URL.parse(endpoint)
  if (url === null) return 'The address of the push service is not a URL'
  if (url.username !== '' || url.password !== '')
    return 'The address of the push service must not hold a password'
  if (allowLocal) return undefined
  if (url.protocol !== 'https:') return 'The push service must be reached by https'
  if (url.port !== '') return 'The push service must be reached by the usual port'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(host) === 0
  if (isName ? !host.includes('.') : !isPublicAddress(host))
    return 'The push service must be on the public internet'
  return undefined
}

/** For `https.request`: as the system's own, but private addresses are not to be found. */
export function guardedLookup({ allowLocal }: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: readonly LookupAddress[]) => {
      if (error !== null) {
        callback(error, '', 4)
        return
      }
      const usable = allowLocal ? found : found.filter(({ address }) => isPublicAddress(address))
      const [first] = usable
      if (first === undefined) callback(new Error(`${hostname} is not on the public internet`), '', 4)
      else if (options.all === true) callback(null, [...usable])
      else callback(null, first.address, first.family)
    })
  }
}
