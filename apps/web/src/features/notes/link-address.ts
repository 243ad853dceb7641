const allowed: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:'])

/**
 * What a person typed as an address, as one that is safe to store: only web, mail and telephone addresses, because a
 * `javascript:` link in shared notes would run in a colleague's session. Undefined when it is none of them.
 */
export function parseLinkAddress(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '' || /\s/.test(text)) return undefined
  if (/^[^@/:]+@[^@/:]+\.[^@/:]+$/.test(text)) return `mailto:${text}`
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text)
  try {
    const url = new URL(hasScheme ? text : `https://${text}`)
    if (!allowed.has(url.protocol)) return undefined
    if (!hasScheme && !url.hostname.includes('.')) return undefined
    return url.href
  } catch {
    return undefined
  }
}
