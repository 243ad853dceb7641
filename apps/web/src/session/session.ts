import type { ErrorCode, Me } from '@fulqrun/protocol'
import type { Workspace } from '@fulqrun/sync'
import { createStore, type ReadableStore } from '../data/store.ts'
import { type Answer, fetchMe, type Fetch, postSignIn, postSignOut } from './api.ts'
import { forgetMe, isLeaving, rememberedMe, rememberMe, type Remembering, setLeaving } from './remembered.ts'

/**
 * Who works on this device.
 *
 *   starting --remembered--> ready (from the device, the server is asked in the background)
 *   starting --server knows--> ready
 *   starting --else--> signed-out
 *   ready --sign out--> signed-out (local data erased)
 *   ready --another person signs in--> ready (the former's data erased, or locked when something is unsent)
 *
 * A session that ended on the server does not leave `ready`: the work stays on the device and editable, and the
 * workspace's own state says that it cannot be sent.
 */
export type SessionView =
  | { readonly phase: 'starting' }
  | { readonly phase: 'signed-out'; readonly unreachable: boolean }
  | { readonly phase: 'ready'; readonly me: Me; readonly workspace: Workspace }

export interface SessionPorts {
  readonly fetch: Fetch
  readonly storage: Remembering
  readonly openWorkspace: (me: Me) => Promise<Workspace>
}

/** Unsent work of somebody else that stays locked on this device until they sign in again. */
export interface LockedWork {
  readonly name: string
  readonly pending: number
}

export type SignInOutcome =
  | { readonly kind: 'ok'; readonly locked?: LockedWork | undefined }
  | { readonly kind: 'refused'; readonly code?: ErrorCode | undefined }
  | { readonly kind: 'unreachable' }

export interface Session extends ReadableStore<SessionView> {
  start(): Promise<void>
  signIn(email: string, password: string): Promise<SignInOutcome>
  /** Erases this person's data from the device; offer an export of unsent work first. */
  signOut(): Promise<void>
  /**
   * Another page of this browser changed who works here: the former person's records leave this screen as well, and
   * what they have not sent stays where that page left it.
   */
  followDevice(): Promise<void>
}

function sameRights(a: Me, b: Me): boolean {
  const rights = (me: Me) =>
    JSON.stringify([me.user, me.organization.id, me.role, me.canWrite, me.territories.map(({ id }) => id)])
  return rights(a) === rights(b)
}

export function createSession({ fetch, storage, openWorkspace }: SessionPorts): Session {
  const view = createStore<SessionView>({ phase: 'starting' })

  async function enter(me: Me): Promise<void> {
    rememberMe(storage, me)
    view.set({ phase: 'ready', me, workspace: await openWorkspace(me) })
  }

  /** Makes room for `next`. Somebody else's data goes, unless it holds work that the server has not got. */
  async function leaveFor(next: Me): Promise<LockedWork | undefined> {
    const current = view.get()
    if (current.phase !== 'ready') return undefined
    const { pending } = current.workspace.sync.get()
    const isOther = current.me.user.id !== next.user.id
    if (isOther && pending === 0) await current.workspace.signedOut()
    else await current.workspace.close()
    return isOther && pending > 0 ? { name: current.me.user.name, pending } : undefined
  }

  /** The server's word about who is signed in here, while the device's data is already on screen. */
  async function confirm(shown: Me): Promise<void> {
    const answer = await fetchMe(fetch)
    if (answer.kind !== 'ok') return
    const current = view.get()
    if (current.phase !== 'ready' || current.me !== shown) return
    if (sameRights(shown, answer.value)) {
      rememberMe(storage, answer.value)
      return
    }
    await leaveFor(answer.value)
    await enter(answer.value)
  }

  async function finishLeaving(): Promise<void> {
    if (!isLeaving(storage)) return
    const answer = await postSignOut(fetch)
    if (answer.kind !== 'unreachable') setLeaving(storage, false)
  }

  function signedOutAfter(answer: Answer<Me>): SessionView {
    return { phase: 'signed-out', unreachable: answer.kind === 'unreachable' }
  }

  async function start(): Promise<void> {
    await finishLeaving()
    const me = rememberedMe(storage)
    if (me !== undefined) {
      await enter(me)
      await confirm(me)
      return
    }
    const answer: Answer<Me> = isLeaving(storage) ? { kind: 'unreachable' } : await fetchMe(fetch)
    if (answer.kind === 'ok') await enter(answer.value)
    else view.set(signedOutAfter(answer))
  }

  return {
    get: view.get,
    subscribe: view.subscribe,
    start,
    async signIn(email, password) {
      const signedIn = await postSignIn(fetch, email, password)
      if (signedIn.kind !== 'ok') return signedIn
      setLeaving(storage, false)
      const answer = await fetchMe(fetch)
      if (answer.kind !== 'ok') return answer
      const current = view.get()
      if (current.phase === 'ready' && sameRights(current.me, answer.value)) {
        current.workspace.signedInAgain()
        return { kind: 'ok' }
      }
      const locked = await leaveFor(answer.value)
      await enter(answer.value)
      return { kind: 'ok', locked }
    },
    async signOut() {
      const current = view.get()
      forgetMe(storage)
      view.set({ phase: 'signed-out', unreachable: false })
      const answer = await postSignOut(fetch)
      setLeaving(storage, answer.kind === 'unreachable')
      if (current.phase !== 'ready') return
      await current.workspace.signedOut()
    },
    async followDevice() {
      const current = view.get()
      const me = rememberedMe(storage)
      if (current.phase === 'starting') return
      if (current.phase === 'ready') {
        if (me?.user.id === current.me.user.id) return
        view.set({ phase: 'signed-out', unreachable: false })
        await current.workspace.close()
      }
      if (me !== undefined) await start()
    },
  }
}
