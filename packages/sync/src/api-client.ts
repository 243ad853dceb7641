/** The HTTP side of the device. Answers are checked where they come in; nothing here rejects with anything but a SyncError. */
import {
  type CataloguePage,
  deviceHeader,
  endpoints,
  isCatalogueEntry,
  isDocumentName,
  isRole,
  personHeader,
  type Person,
} from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import { readPolicyAnswer } from './policy-answer.ts'
import type { FetchAnswer, Ports } from './ports.ts'
import type { TokenAnswer } from './session.ts'
import { SyncError } from './sync-error.ts'
import { readTokenAnswer } from './token-answer.ts'

export interface ApiClient {
  /** What every exchange of this device says about itself. */
  headers(): Readonly<Record<string, string>>
  fetchToken(): Promise<TokenAnswer>
  /** What changed since the cursor, or everything; a page of it, with at most `rows` rows. */
  fetchCatalogue(cursor: string | undefined, rows: number): Promise<CataloguePage>
  fetchPeople(): Promise<readonly Person[]>
  /** The rules in force in this person's organization. */
  fetchPolicy(): Promise<PolicyTable>
  /** Server time minus device time, ms, good to about half a round trip. */
  measureSkew(): Promise<number>
}

/** Longer than the session's connect timeout, which gives up on a token first. */
const timeoutMs = 15_000

export interface ApiClientOptions {
  readonly baseUrl: string
  /** Whose work this is. */
  readonly userId: string
  /** Sent with every request, so that people see which devices are signed in and can have one wiped. */
  deviceId?(): string
}

export function createApiClient(ports: Ports, options: ApiClientOptions): ApiClient {
  const { baseUrl, userId } = options

  function headers(): Readonly<Record<string, string>> {
    const id = options.deviceId?.()
    return id === undefined ? {} : { [deviceHeader]: id }
  }

  async function get(path: string, more: Readonly<Record<string, string>> = {}): Promise<FetchAnswer> {
    const abort = new AbortController()
    const cancel = ports.startTimer(timeoutMs, () => abort.abort())
    try {
      return await ports.fetch(`${baseUrl}${path}`, {
        headers: { ...headers(), ...more },
        signal: abort.signal,
      })
    } catch (error) {
      throw new SyncError('api/unreachable', { cause: error, detail: path })
    } finally {
      cancel()
    }
  }

  async function getJson(path: string, more?: Readonly<Record<string, string>>): Promise<unknown> {
    const answer = await get(path, more)
    if (answer.status === 401) throw new SyncError('api/signed-out', { detail: path })
    if (!answer.ok) throw new SyncError('api/unreachable', { detail: `${path} ${answer.status}` })
    try {
      return await answer.json()
    } catch (error) {
      // A captive portal answers 200 with a page.
      throw new SyncError('api/unexpected', { cause: error, detail: path })
    }
  }

  return {
    headers,
    fetchToken: async () => {
      try {
        return await readTokenAnswer(await get(endpoints.token), { userId, now: ports.now() })
      } catch {
        return { ok: false, kind: 'network' }
      }
    },
    fetchCatalogue: async (cursor, rows) => {
      const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      // Asked for before anything is known of the session: the cookie may be somebody else's by now.
      const person = { [personHeader]: userId }
      return parsePage(await getJson(`${endpoints.catalogue}?limit=${rows}${query}`, person))
    },
    fetchPeople: async () => {
      const body = await getJson(endpoints.people)
      const people = Array.isArray(body) ? body : undefined
      if (!Array.isArray(people)) throw new SyncError('api/unexpected', { detail: endpoints.people })
      return people.filter(isPerson)
    },
    fetchPolicy: async () => {
      const table = readPolicyAnswer(await getJson(endpoints.policy))
      if (table === undefined) throw new SyncError('api/unexpected', { detail: endpoints.policy })
      return table
    },
    measureSkew: async () => {
      const before = ports.now()
      const body = await getJson(endpoints.me)
      const now = isObject(body) ? body['now'] : undefined
      if (typeof now !== 'number') throw new SyncError('api/unexpected', { detail: endpoints.me })
      return Math.round(now - (before + ports.now()) / 2)
    },
  }
}

function parsePage(body: unknown): CataloguePage {
  if (!isObject(body) || typeof body['cursor'] !== 'string' || !Array.isArray(body['entries'])) {
    throw new SyncError('api/unexpected', { detail: endpoints.catalogue })
  }
  const removed = Array.isArray(body['removed']) ? body['removed'] : []
  return {
    cursor: body['cursor'],
    entries: body['entries'].filter(isCatalogueEntry),
    complete: body['complete'] === true,
    // A server of before answers everything in one page.
    first: body['first'] !== false && body['complete'] === true,
    more: body['more'] === true,
    removed: removed.filter((name): name is string => typeof name === 'string').filter(isDocumentName),
  }
}

function isPerson(value: unknown): value is Person {
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['name'] === 'string' &&
    isRole(value['role'])
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
