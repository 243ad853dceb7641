/** Who is here, from awareness. The server writes `user` into every state, so a name shown here is who it says. */
import type { Awareness } from 'y-protocols/awareness'
import { peerColor } from './palette.ts'

/** Where somebody is: a section of the page and, when they edit one, a field path. */
export interface PeerLocation {
  readonly section?: string | undefined
  readonly field?: string | undefined
}

export interface Peer {
  readonly userId: string
  readonly name: string
  readonly color: string
  readonly location: PeerLocation
  /** How many pages (tabs, devices) this person has the record open on. */
  readonly pages: number
}

function readLocation(value: unknown): PeerLocation {
  if (typeof value !== 'object' || value === null) return {}
  const { section, field } = value as Record<string, unknown>
  return {
    section: typeof section === 'string' ? section : undefined,
    field: typeof field === 'string' ? field : undefined,
  }
}

function readUser(state: Readonly<Record<string, unknown>>): { id: string; name: string } | undefined {
  const user = state['user']
  if (typeof user !== 'object' || user === null) return undefined
  const { id, name } = user as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined
}

/** Everybody else on this record, one per person, in a stable order. A person who edits a field is shown there. */
export function readPeers(
  states: ReadonlyMap<number, Readonly<Record<string, unknown>>>,
  me: { readonly clientId: number; readonly userId: string },
): readonly Peer[] {
  const peers = new Map<string, Peer>()
  for (const [clientId, state] of [...states].toSorted(([a], [b]) => a - b)) {
    const user = readUser(state)
    if (user === undefined || clientId === me.clientId || user.id === me.userId) continue
    const location = readLocation(state['location'])
    const known = peers.get(user.id)
    const busier = known === undefined || (known.location.field === undefined && location.field !== undefined)
    peers.set(user.id, {
      userId: user.id,
      name: user.name,
      color: peerColor(user.id),
      location: busier ? location : known.location,
      pages: (known?.pages ?? 0) + 1,
    })
  }
  return [...peers.values()].toSorted((a, b) => a.name.localeCompare(b.name))
}

export interface PeerStore {
  get(): readonly Peer[]
  subscribe(listener: () => void): () => void
}

/** A store over `awareness` whose value changes only when what is shown does, not with every caret move. */
export function createPeerStore(awareness: Awareness, userId: string): PeerStore {
  const read = () => readPeers(awareness.getStates(), { clientId: awareness.clientID, userId })
  let current = read()
  const refresh = (): boolean => {
    const next = read()
    if (JSON.stringify(next) === JSON.stringify(current)) return false
    current = next
    return true
  }
  return {
    get: () => current,
    subscribe: (listener) => {
      const onChange = () => {
        if (refresh()) listener()
      }
      awareness.on('change', onChange)
      onChange()
      return () => awareness.off('change', onChange)
    },
  }
}
