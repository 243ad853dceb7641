import { createStore } from '@fulqrun/sync'
import { useEffect } from 'react'
import { useStore } from '../data/store.ts'

/** The room that the browser gives to this app on this device. */
export interface DeviceRoom {
  readonly usedBytes: number
  /** Undefined where the browser does not say. */
  readonly availableBytes: number | undefined
  /** The browser promised not to clear it by itself. */
  readonly isPersisted: boolean
}

/** One answer for all places that show it: two of them side by side never say different things. */
const asked = createStore<DeviceRoom | undefined>(undefined)
/** While somebody looks at it. */
const askAgainMs = 10_000
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Never rejects. */
async function ask(): Promise<void> {
  try {
    const [{ usage, quota }, isPersisted] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ])
    asked.set({ usedBytes: usage ?? 0, availableBytes: quota, isPersisted })
  } catch {
    // Private windows of some browsers have no storage manager: the line is left out.
    asked.set(undefined)
  }
}

export interface AskedRoom {
  readonly room: DeviceRoom | undefined
  /** Asks the browser to keep what is here; resolves with its answer. Never rejects. */
  readonly persist: () => Promise<boolean>
}

export function useDeviceRoom(): AskedRoom {
  const room = useStore(asked)
  useEffect(() => {
    users += 1
    void ask()
    timer ??= setInterval(() => void ask(), askAgainMs)
    return () => {
      users -= 1
      if (users > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }, [])
  return { room, persist }
}

async function persist(): Promise<boolean> {
  const isPersisted = await navigator.storage.persist().catch(() => false)
  await ask()
  return isPersisted
}
