import { createHash } from 'node:crypto'

/**
 * Style elements that libraries add at run time, allowed by the hash of their text (hashes and not nonces, because
 * index.html comes from the service worker's cache). A new library version that changes its text shows up as a
 * violation in the end-to-end tests.
 */
const styleHashes = [
  // react-aria usePress: touch-action of pressable elements
  "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='",
  // react-aria usePreventScroll: overscroll behaviour behind a dialog, on iOS
  "'sha256-gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg='",
  // @tiptap/core 3.31.3: base styles of the editor
  "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='",
]

const permissions = ['camera', 'geolocation', 'microphone', 'payment', 'usb']
  .map((name) => `${name}=()`)
  .join(', ')

interface HeaderOptions {
  /** Host that the browser used, for the address of the socket. */
  readonly host: string | undefined
  /** Serve only by HTTPS from now on. */
  readonly https: boolean
  /** Hashes of scripts inside index.html, if it has any. */
  readonly scriptHashes?: readonly string[] | undefined
}

/** Headers of every answer. Nothing is loaded from, embedded in or sent to another site. */
export function securityHeaders({ host, https, scriptHashes = [] }: HeaderOptions): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(host, scriptHashes),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': permissions,
    // Not `no-referrer`: browsers would then send `Origin: null` with some of our own requests.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(https ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

function contentSecurityPolicy(host: string | undefined, scriptHashes: readonly string[]): string {
  // Safari before 15.4 does not count the socket as 'self'. A Host header with anything odd in it is left out.
  const sockets =
    host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host) ? [`ws://${host}`, `wss://${host}`] : []
  const directives = {
    'default-src': ["'self'"],
    'script-src': ["'self'", ...scriptHashes],
    'style-src': ["'self'", ...styleHashes],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...sockets],
    'worker-src': ["'self'"],
    'manifest-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}

/** Hashes of the scripts written inside a page, as a policy lists them. */
export function inlineScriptHashes(html: string): string[] {
  const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi)]
  return scripts.map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
}
