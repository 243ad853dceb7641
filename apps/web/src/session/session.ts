import type { ErrorCode, Me } from '@fulqrun/protocol'
import type { Workspace } from '@fulqrun/sync'
import { createStore, type ReadableStore } from '../data/store.ts'
import type { DeviceData } from './device-data.ts'
import { type EndReason, fetchEnding, reportWiped } from './standing.ts'
import { type Answer, fetchMe, type Fetch, postSignIn, postSignOut } from './api.ts'
import {
  forgetMe,
  isLeaving,
  rememberedEnd,
  rememberedMe,
  rememberEnd,
  rememberMe,
  type Remembering,
  setLeaving,
} from './remembered.ts'

/**
 * Who works on this device.
 *
 *   starting --remembered--> ready (from the device, the server is asked in the background), or ended as before
 *   starting --server knows--> ready
 *   starting --else--> signed-out
 *   ready --sign out--> leaving --local data is gone--> signed-out
 *   ready --access taken away, something unsent--> ended --saved or given up--> leaving
 *   ended --access is given back--> ready
 *   ready --access taken away, nothing to save, or a stolen device--> leaving --> signed-out
 *   ready --another person signs in--> ready (the former's data erased, or locked when something is unsent)
 *
 * A session that has run out does not leave `ready`: the work stays on the device and editable, and the workspace's own
 * state says that it cannot be sent. Only a person who may not come back, and a device that is to be cleared, do.
 */
export type SessionView =
  | { readonly phase: 'starting' }
  /** `cleared`: why this device holds nothing any more, when that was not this person's own wish. */
  | {
      readonly phase: 'signed-out'
      readonly unreachable: boolean
      readonly cleared?: EndReason | undefined
      /** Another tab still holds some of the data; it goes when that tab is closed. */
      readonly isHeld?: boolean | undefined
    }
  /** Local data is being removed. */
  | { readonly phase: 'leaving' }
  /** Nobody may look at the records any more; what was not sent can be saved as a file. */
  | { readonly phase: 'ended'; readonly me: Me; readonly workspace: Workspace; readonly reason: EndReason }
  | { readonly phase: 'ready'; readonly me: Me; readonly workspace: Workspace }

export interface SessionPorts {
  readonly fetch: Fetch
  readonly storage: Remembering
  readonly openWorkspace: (me: Me) => Promise<Workspace>
  readonly deviceData: DeviceData
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
  /** Erases this person's data from the device, and resolves when it is gone; offer an export of unsent work first. */
  signOut(): Promise<void>
  /**
   * Another page of this browser changed who works here: the former person's records leave this screen as well, and
   * what they have not sent stays where that page left it. Storage that the browser cleared, or somebody in its
   * settings, is nobody's signing out: this page goes on, and notes again who works here.
   */
  followDevice(news: { readonly isSignedOut: boolean }): Promise<void>
}

function sameRights(a: Me, b: Me): boolean {
  const rights = (me: Me) =>
    JSON.stringify([me.user, me.organization.id, me.role, me.canWrite, me.territories.map(({ id }) => id)])
  return rights(a) === rights(b)
}

/** Whether a device may keep what it holds is asked again this often while the server cannot be reached. */
const askAgainMs = 15_000

export function createSession({ fetch, storage, openWorkspace, deviceData }: SessionPorts): Session {
  const view = createStore<SessionView>({ phase: 'starting' })

  async function enter(me: Me): Promise<void> {
    const reason = rememberedMe(storage)?.user.id === me.user.id ? rememberedEnd(storage) : undefined
    rememberEnd(storage, reason)
    rememberMe(storage, me)
    const workspace = await openWorkspace(me)
    view.set(
      reason === undefined ? { phase: 'ready', me, workspace } : { phase: 'ended', me, workspace, reason },
    )
    let wasSignedOut = false
    const look = () => {
      const { phase } = workspace.session.get()
      const isSignedOut = phase === 'signed-out'
      if (isSignedOut && !wasSignedOut) void endIfMeantTo(me, workspace) // Never rejects.
      wasSignedOut = isSignedOut
      // The server lets this device in: whatever it said before.
      if (phase === 'live') takeBack(me, workspace)
    }
    workspace.session.subscribe(look)
    look()
  }

  /** The session has ended: it may just have run out, or this device is to keep nothing. */
  async function endIfMeantTo(me: Me, workspace: Workspace): Promise<void> {
    if (!isShown(workspace)) return
    const ending = await fetchEnding(fetch, me, workspace.deviceId)
    if (!isShown(workspace)) return
    if (ending === 'unknown') {
      setTimeout(() => {
        const isSignedOut = workspace.session.get().phase === 'signed-out'
        if (isSignedOut) void endIfMeantTo(me, workspace) // Never rejects.
      }, askAgainMs)
      return
    }
    if (ending === 'none') takeBack(me, workspace)
    else if (ending.keepsUnsent && (await countUnsent(workspace)) > 0) {
      rememberEnd(storage, ending.reason)
      view.set({ phase: 'ended', me, workspace, reason: ending.reason })
    } else await clear({ me, workspace }, ending.reason)
  }

  /** Access was given back before the person gave up what was not sent. */
  function takeBack(me: Me, workspace: Workspace): void {
    if (view.get().phase !== 'ended' || !isShown(workspace)) return
    rememberEnd(storage, undefined)
    view.set({ phase: 'ready', me, workspace })
  }

  /** What is nowhere but on this device, files included: they are read a moment after the start. */
  async function countUnsent(workspace: Workspace): Promise<number> {
    try {
      await workspace.attachments()
    } catch {
      // Their code cannot be loaded: then it is not known whether any wait, and nothing may be removed unasked.
      return Math.max(1, unsentOf(workspace))
    }
    return unsentOf(workspace)
  }

  function unsentOf(workspace: Workspace): number {
    const { pending, refused } = workspace.sync.get()
    return pending + refused
  }

  function isShown(workspace: Workspace): boolean {
    const current = view.get()
    return (current.phase === 'ready' || current.phase === 'ended') && current.workspace === workspace
  }

  /** Removes everything of a person from this device. Resolves when it is gone. */
  async function clear(
    { me, workspace }: { readonly me: Me; readonly workspace: Workspace },
    cleared?: EndReason,
  ): Promise<void> {
    forgetMe(storage)
    view.set({ phase: 'leaving' })
    const [{ blocked }, answer] = await Promise.all([workspace.signedOut(), postSignOut(fetch)])
    const unreachable = answer.kind === 'unreachable'
    setLeaving(storage, unreachable)
    await deviceData.forget({ keepsApp: unreachable })
    // Not while another tab still holds some of it: the device is then shown as not cleared.
    if (cleared === 'wiped' && blocked.length === 0) await reportWiped(fetch, me, workspace.deviceId)
    view.set({ phase: 'signed-out', unreachable: false, cleared, isHeld: blocked.length > 0 })
  }

  /** Makes room for `next`. Somebody else's data goes, unless it holds work that the server has not got. */
  async function leaveFor(next: Me): Promise<LockedWork | undefined> {
    const current = view.get()
    if (current.phase !== 'ready') return undefined
    if (current.me.user.id === next.user.id) {
      await current.workspace.close()
      return undefined
    }
    const pending = await countUnsent(current.workspace)
    if (pending > 0) await current.workspace.close()
    else await current.workspace.signedOut()
    return pending > 0 ? { name: current.me.user.name, pending } : undefined
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
      if (current.phase === 'ready') await clear(current)
      else if (current.phase === 'ended') await clear(current, current.reason)
    },
    async followDevice({ isSignedOut }) {
      const current = view.get()
      const me = rememberedMe(storage)
      if (current.phase === 'starting' || current.phase === 'leaving') return
      if (current.phase === 'ready' || current.phase === 'ended') {
        if (me?.user.id === current.me.user.id) return
        if (me === undefined && !isSignedOut) {
          rememberMe(storage, current.me)
          if (current.phase === 'ended') rememberEnd(storage, current.reason)
          return
        }
        view.set({ phase: 'signed-out', unreachable: false })
        await current.workspace.close()
      }
      if (me !== undefined) await start()
    },
  }
}
