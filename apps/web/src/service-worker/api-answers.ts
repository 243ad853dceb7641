import { endpoints, personHeader } from '@fulqrun/protocol'
import { isOurJson, isOurs } from './our-answers.ts'

/**
 * The few answers of the API that screens need and the replica does not hold: who I am, who works here, the rules.
 * The network's answer first; when our server cannot be reached, the last one that it gave this person.
 *
 * Invariants:
 * 1. (SW-5) The cache holds answers to one person, whom the server named in the answer. An answer to somebody else
 *    empties it first, and signing in or out empties it whether or not the server hears of it.
 * 2. (SW-5) A request that was on its way while somebody signed in or out leaves nothing behind.
 * 3. (SW-6) What comes from here says so, and is not taken for a clock: `now` is left out of it.
 * 4. The server's word always wins: 401, 403 or 500 are passed on, only a server that is out of reach is stood in for.
 */
export class ApiAnswers {
  readonly #ports: AnswerPorts
  /** Raised whenever who works here may have changed. */
  #generation = 0

  constructor(ports: AnswerPorts) {
    this.#ports = ports
  }

  static handles(method: string, pathname: string): boolean {
    return method === 'GET' && kept.has(pathname)
  }

  /** True for requests after which somebody else may be signed in. */
  static changesPerson(method: string, pathname: string): boolean {
    return method === 'POST' && /^\/api\/auth\/sign-(?:in|out)(?:\/|$)/.test(pathname)
  }

  async answer(request: Request): Promise<Response> {
    const generation = this.#generation
    const network = this.#fromNetwork(request, generation)
    const first = await Promise.race([network, this.#ports.patience()])
    if (first !== undefined && 'response' in first && !first.isOutOfReach) return first.response
    const own = await this.#fromDevice(request)
    if (own !== undefined && generation === this.#generation) return own
    const last = await network
    if ('error' in last) throw last.error
    return last.response
  }

  /** Everything that is kept goes. Rejects when the browser's storage fails. */
  async forget(): Promise<void> {
    this.#generation += 1
    await this.#ports.remove()
  }

  /** Never rejects. */
  async #fromNetwork(request: Request, generation: number): Promise<NetworkAnswer> {
    let response: Response
    try {
      response = await this.#ports.fetch(request)
    } catch (error) {
      return { error }
    }
    try {
      await this.#keep(request, response, generation)
    } catch {
      // Full or blocked: the answer is as good as without a cache.
    }
    return { response, isOutOfReach: isOutOfReach(response) }
  }

  async #keep(request: Request, response: Response, generation: number): Promise<void> {
    if (generation !== this.#generation) return
    if (response.status === 401 && isOurs(response)) {
      await this.forget()
      return
    }
    const person = response.headers.get(personHeader)
    if (!isOurJson(response) || person === null) return
    const body = await response.clone().arrayBuffer()
    const cache = await this.#ports.open()
    const owner = await ownerOf(cache)
    if (generation !== this.#generation) return
    if (owner !== undefined && owner !== person) await this.#ports.remove()
    const headers = {
      'content-type': 'application/json',
      [personHeader]: person,
      [atHeader]: `${this.#ports.now()}`,
    }
    const target = owner === undefined || owner === person ? cache : await this.#ports.open()
    if (generation === this.#generation) await target.put(keyOf(request), new Response(body, { headers }))
  }

  async #fromDevice(request: Request): Promise<Response | undefined> {
    try {
      const found = await (await this.#ports.open()).match(keyOf(request))
      if (found === undefined) return undefined
      const asked = request.headers.get(personHeader)
      if (asked !== null && asked !== found.headers.get(personHeader)) return undefined
      const age = this.#ports.now() - Number(found.headers.get(atHeader))
      // A clock that was set back makes it look as if it came from the future: still the last that is known.
      if (age > keptMs) return undefined
      return withoutClock(await found.json())
    } catch {
      // No storage: as if nothing was kept.
      return undefined
    }
  }
}

export interface AnswerPorts {
  fetch(request: Request): Promise<Response>
  /** The cache of answers, made when it is not there. */
  open(): Promise<Cache>
  /** Removes the cache. */
  remove(): Promise<unknown>
  /** Device clock, ms. */
  now(): number
  /** Resolves when the network has been given long enough. */
  patience(): Promise<undefined>
}

export const answersCache = 'fulqrun-answers'
/** As long as a session lives: afterwards the person signs in again anyway. */
const keptMs = 30 * 24 * 3600_000
const atHeader = 'fulqrun-at'
/** Tells an answer of this device from one of the server. */
export const fromHeader = 'fulqrun-from'

const kept: ReadonlySet<string> = new Set([endpoints.me, endpoints.people, endpoints.policy])

type NetworkAnswer =
  { readonly response: Response; readonly isOutOfReach: boolean } | { readonly error: unknown }

/** A portal, or a gateway whose server is away. */
function isOutOfReach(response: Response): boolean {
  return [502, 503, 504].includes(response.status) || !isOurs(response)
}

function keyOf(request: Request): string {
  return new URL(request.url).pathname
}

async function ownerOf(cache: Cache): Promise<string | undefined> {
  for (const path of kept) {
    const found = await cache.match(path)
    if (found !== undefined) return found.headers.get(personHeader) ?? undefined
  }
  return undefined
}

function withoutClock(body: unknown): Response {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return deviceAnswer(body)
  const { now: _, ...rest } = body as Readonly<Record<string, unknown>>
  return deviceAnswer(rest)
}

function deviceAnswer(body: unknown): Response {
  return Response.json(body, { headers: { [fromHeader]: 'device', 'cache-control': 'no-store' } })
}
