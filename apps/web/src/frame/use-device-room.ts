import { useCallback, useEffect, useState } from 'react'

/** The room that the browser gives to this app on this device. */
export interface DeviceRoom {
  readonly usedBytes: number
  /** Undefined where the browser does not say. */
  readonly availableBytes: number | undefined
  /** The browser promised not to clear it by itself. */
  readonly isPersisted: boolean
}

async function askRoom(): Promise<DeviceRoom | undefined> {
  try {
    const [{ usage, quota }, isPersisted] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ])
    return { usedBytes: usage ?? 0, availableBytes: quota, isPersisted }
  } catch {
    // Private windows of some browsers have no storage manager: the line is left out.
    return undefined
  }
}

export interface AskedRoom {
  readonly room: DeviceRoom | undefined
  /** Asks the browser to keep what is here; resolves with its answer. */
  readonly persist: () => Promise<boolean>
}

export function useDeviceRoom(): AskedRoom {
  const [room, setRoom] = useState<DeviceRoom>()
  useEffect(() => {
    let isGone = false
    void askRoom().then((asked) => {
      if (!isGone) setRoom(asked)
    }) // Never rejects.
    return () => {
      isGone = true
    }
  }, [])
  const persist = useCallback(async () => {
    const isPersisted = await navigator.storage.persist().catch(() => false)
    setRoom(await askRoom())
    return isPersisted
  }, [])
  return { room, persist }
}
