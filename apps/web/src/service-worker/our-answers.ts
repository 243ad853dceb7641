/**
 * Whether an answer really comes from our server. A captive portal (a hotel's or a train's network before one has
 * accepted its terms) answers every address with 200 and a page of its own; kept, it would take the place of the app.
 *
 * SW-4: nothing is kept that fails here.
 */

/** Set on every answer of our server and, as far as known, on no portal's. */
const ourHeader = 'x-request-id'

type Answer = Pick<Response, 'status' | 'redirected' | 'headers'>

export function isOurs({ redirected, headers }: Omit<Answer, 'status'>): boolean {
  return !redirected && headers.has(ourHeader)
}

const typeByExtension: Readonly<Record<string, RegExp>> = {
  js: /^(?:text|application)\/javascript\b/,
  css: /^text\/css\b/,
  html: /^text\/html\b/,
  svg: /^image\/svg\+xml\b/,
  png: /^image\/png\b/,
  woff2: /^(?:font\/woff2|application\/font-woff2)\b/,
  webmanifest: /^application\/(?:manifest\+json|json)\b/,
}

/** A whole file of the app, of the type that its name promises. */
export function isOurFile(pathname: string, answer: Answer): boolean {
  if (answer.status !== 200 || !isOurs(answer)) return false
  const extension = /\.([a-z0-9]+)$/i.exec(pathname)?.[1]?.toLowerCase() ?? 'html'
  const expected = typeByExtension[extension]
  return expected?.test(answer.headers.get('content-type') ?? '') === true
}

/** An answer of our API with data in it. */
export function isOurJson(answer: Answer): boolean {
  return (
    answer.status === 200 &&
    isOurs(answer) &&
    /^application\/json\b/.test(answer.headers.get('content-type') ?? '')
  )
}
