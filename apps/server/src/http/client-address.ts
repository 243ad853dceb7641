import { isIPv6 } from 'node:net'

interface AddressSource {
  /** Address at the other end of the socket. */
  readonly socketAddress: string | undefined
  readonly forwardedFor: string | undefined
  /** Number of trusted proxies in front; each appends the address that it saw. */
  readonly trustProxy: number
}

/**
 * The client's address. Without a trusted proxy only the socket counts: anybody can send X-Forwarded-For. With n
 * proxies the n-th entry from the right was written by the outermost of ours; what stands left of it is hearsay.
 */
export function clientAddress({ socketAddress, forwardedFor, trustProxy }: AddressSource): string {
  const direct = socketAddress ?? 'unknown'
  if (trustProxy === 0 || forwardedFor === undefined) return limitKey(direct)
  const hops = forwardedFor.split(',').map((hop) => hop.trim())
  return limitKey(hops.at(-trustProxy) ?? hops[0] ?? direct)
}

/** One household or phone has a whole /64 of IPv6, so limits count that; mapped IPv4 addresses count as IPv4. */
function limitKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  return isIPv6(address) ? `${firstHalf(address)}::/64` : address
}

function firstHalf(address: string): string {
  const [left = '', right] = (address.split('%')[0] ?? '').split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  const groups = right === undefined ? head : [...head, ...zeros, ...tail]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
