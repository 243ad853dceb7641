/**
 * Cross-site request forgery: an unsafe request must come from our own pages.
 *
 * Browsers say so in `Sec-Fetch-Site`, relative to the address that they asked for, so that it holds behind any proxy.
 * Older ones send only `Origin`, which must name this host. Something with neither is no browser; it may use a bearer
 * token, never a cookie.
 */
interface OriginCheck {
  readonly method: string
  readonly headers: Headers
  readonly publicUrl: string
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** True when the request must be refused with `auth/cross-origin`. */
export function isCrossOrigin({ method, headers, publicUrl }: OriginCheck): boolean {
  if (safeMethods.has(method)) return false
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  if (origin === null) return headers.has('cookie')
  return origin !== publicUrl && hostOf(origin) !== headers.get('host')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
