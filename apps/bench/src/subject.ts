import { type Me, endpoints } from '@fulqrun/protocol'
import { fileURLToPath } from 'node:url'
import type { Wire } from './wire.ts'

export const subjectIds = ['fulqrun', 'hocuspocus', 'y-websocket'] as const
export type SubjectId = (typeof subjectIds)[number]

/** What a client needs to write as somebody. */
export interface Identity {
  readonly token: string
  readonly organizationId: string
  readonly territoryId: string
  readonly userId: string
}

/** One of the compared servers: how to start it and how to speak to it. */
export interface Subject {
  readonly id: SubjectId
  readonly label: string
  readonly wire: Wire
  /** Module that node runs. */
  readonly entry: string
  /** Environment beside PORT and DATA_DIR. */
  readonly environment: Readonly<Record<string, string>>
  readonly socketUrl: (port: number, name: string) => string
  readonly signIn: (port: number) => Promise<Identity>
}

const nobody: Identity = { token: 'bench', organizationId: 'bench', territoryId: 'north', userId: 'bench' }

function entryOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

export const subjects: Readonly<Record<SubjectId, Subject>> = {
  fulqrun: {
    id: 'fulqrun',
    label: 'FulQrun',
    wire: 'hocuspocus',
    entry: entryOf('servers/fulqrun.ts'),
    environment: {},
    socketUrl: (port) => `ws://127.0.0.1:${port}${endpoints.sync}`,
    signIn: signInAsRep,
  },
  hocuspocus: {
    id: 'hocuspocus',
    label: 'Hocuspocus 4.7 + database',
    wire: 'hocuspocus',
    entry: entryOf('servers/plain-hocuspocus.ts'),
    environment: {},
    socketUrl: (port) => `ws://127.0.0.1:${port}/`,
    signIn: async () => nobody,
  },
  'y-websocket': {
    id: 'y-websocket',
    label: 'y-websocket 2',
    wire: 'y-websocket',
    entry: entryOf('servers/y-websocket.ts'),
    environment: {},
    socketUrl: (port, name) => `ws://127.0.0.1:${port}/${name}`,
    signIn: async () => nobody,
  },
}

/** The demo's first rep (DESIGN section 9), by the same doors as a browser. */
async function signInAsRep(port: number): Promise<Identity> {
  const base = `http://127.0.0.1:${port}`
  const signedIn = await fetch(`${base}${endpoints.auth}/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ email: 'ana@meridian.example', password: 'demo-password-1' }),
  })
  if (!signedIn.ok) throw new Error(`sign-in answered ${signedIn.status}: ${await signedIn.text()}`)
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const [{ token }, me] = await Promise.all([
    fetchJson<{ token: string }>(`${base}${endpoints.token}`, cookie),
    fetchJson<Me>(`${base}${endpoints.me}`, cookie),
  ])
  const territory = me.territories[0]
  if (territory === undefined) throw new Error(`${me.user.email} works in no territory`)
  return { token, organizationId: me.organization.id, territoryId: territory.id, userId: me.user.id }
}

async function fetchJson<T>(url: string, cookie: string): Promise<T> {
  const answer = await fetch(url, { headers: { cookie } })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
