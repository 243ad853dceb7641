import { demoEmail, demoPassword, demoPeople } from '../accounts/seed-accounts.ts'

/** People of the demo, by first name. */
export type PersonId = 'ana' | 'ben' | 'mia' | 'finn' | 'cora' | 'adam' | 'eve'

/** Somebody signed in at a test server. */
export interface Person {
  readonly id: PersonId
  readonly bearer: string
  /** Fetches a fresh JWT. */
  token(): Promise<string>
  api(method: string, path: string, options?: ApiOptions): Promise<Response>
  /** The JSON of a GET; throws when the answer is not a success. */
  get<T>(path: string): Promise<T>
}

export interface ApiOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Signs a demo person in by HTTP. `url()` is asked for each request, as a restarted server may have moved. */
export async function signIn(url: () => string, id: PersonId): Promise<Person> {
  const known = demoPeople.find((person) => person.id === id)
  if (known === undefined) throw new Error(`nobody is called ${id}`)
  const answer = await fetch(`${url()}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: demoEmail(known), password: demoPassword }),
  })
  const bearer = answer.headers.get('set-auth-token')
  if (bearer === null) throw new Error(`sign-in of ${id} answered ${answer.status}: ${await answer.text()}`)
  const api = (method: string, path: string, { body, headers }: ApiOptions = {}) =>
    fetch(url() + path, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const get = async <T>(path: string): Promise<T> => {
    const response = await api('GET', path)
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
  return { id, bearer, api, get, token: async () => (await get<{ token: string }>('/api/auth/token')).token }
}
