import type { DeviceEntry } from '@fulqrun/protocol'
import { useCallback, useEffect, useState } from 'react'
import { fetchDevices } from './devices-api.ts'

interface Devices {
  /** Undefined until the server has answered once. */
  readonly devices: readonly DeviceEntry[] | undefined
  readonly isUnreachable: boolean
  readonly reload: () => void
}

/** The devices as the server lists them. They are kept there, so they need a connection. */
export function useDevices(of: 'me' | 'everybody'): Devices {
  const [devices, setDevices] = useState<readonly DeviceEntry[]>()
  const [isUnreachable, setUnreachable] = useState(false)
  const load = useCallback(async () => {
    const answer = await fetchDevices(fetch, of)
    setUnreachable(answer.kind !== 'ok')
    if (answer.kind === 'ok') setDevices(answer.value)
  }, [of])
  useEffect(() => {
    void load() // Never rejects; failures are its states.
  }, [load])
  return {
    devices,
    isUnreachable,
    reload: () => {
      void load() // As above.
    },
  }
}
