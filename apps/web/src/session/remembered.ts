import type { Me } from '@fulqrun/protocol'
import { isMe } from './api.ts'
import type { EndReason } from './standing.ts'

/** The part of `localStorage` that is used; a port so that tests and blocked storage are the same thing. */
export type Remembering = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const meKey = 'fulqrun.me'
const endedKey = 'fulqrun.ended'
export const leavingKey = 'fulqrun.leaving'
/** Stands in the person's place for a moment: other pages are to hear that somebody signed out. */
const signedOutMark = 'signed-out'

/** Who works on this device, so that it starts without a network. */
export function rememberedMe(storage: Remembering): Me | undefined {
  const text = storage.getItem(meKey)
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isMe(value) ? value : undefined
  } catch {
    // Damaged: as if nobody was remembered. The person signs in again; their records are still here.
    return undefined
  }
}

export function rememberMe(storage: Remembering, me: Me): void {
  storage.setItem(meKey, JSON.stringify(me))
}

/** The person signs out, which is said to other pages: a browser that clears its storage forgets them, too. */
export function forgetMe(storage: Remembering): void {
  storage.setItem(meKey, signedOutMark)
  storage.removeItem(meKey)
  storage.removeItem(endedKey)
}

/** Why the records of the remembered person are not to be shown here any more, so that a reload does not show them. */
export function rememberedEnd(storage: Remembering): EndReason | undefined {
  const reason = storage.getItem(endedKey)
  return reason === 'wiped' || reason === 'no-access' ? reason : undefined
}

export function rememberEnd(storage: Remembering, reason: EndReason | undefined): void {
  if (reason === undefined) storage.removeItem(endedKey)
  else storage.setItem(endedKey, reason)
}

/** Calls back when another page of this browser changed who works on this device, or the storage was cleared. */
export function onRememberedElsewhere(listener: (news: { readonly isSignedOut: boolean }) => void): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    // No key: everything was cleared.
    if (key === meKey || key === null) listener({ isSignedOut: newValue === signedOutMark })
  })
}

/**
 * Signed out here while the server could not be told: its cookie is still good and must not sign the person in again
 * at the next start.
 */
export function isLeaving(storage: Remembering): boolean {
  return storage.getItem(leavingKey) !== null
}

export function setLeaving(storage: Remembering, leaving: boolean): void {
  if (leaving) storage.setItem(leavingKey, '1')
  else storage.removeItem(leavingKey)
}

/** Storage that forgets, for browsers that block theirs. */
export function memoryStorage(): Remembering {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value)
    },
    removeItem: (key) => {
      values.delete(key)
    },
  }
}

export function deviceStorage(): Remembering {
  try {
    localStorage.getItem(meKey)
    return localStorage
  } catch {
    // Blocked by the browser's settings: the session lasts as long as the page.
    return memoryStorage()
  }
}
