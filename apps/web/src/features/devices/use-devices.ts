import type { DeviceEntry } from '@fulqrun/protocol'
import { useCallback, useEffect, useState } from 'react'
import { fetchDevices } from './devices-api.ts'

interface Devices {
  /** Undefined until the server has answered once. */
  readonly devices: readonly DeviceEntry[] | undefined
  readonly isUnreachable: boolean
  readonly reload: () => void
}

/** The devices as the server lists them. They are kept there, so they need a connection: each `online` asks again. */
export function useDevices(of: 'me' | 'everybody'): Devices {
  const [devices, setDevices] = useState<readonly DeviceEntry[]>()
  const [isUnreachable, setUnreachable] = useState(false)
  const reload = useCallback(() => {
    // Never rejects; failures are its states.
    void fetchDevices(fetch, of).then((answer) => {
      setUnreachable(answer.kind !== 'ok')
      if (answer.kind === 'ok') setDevices(answer.value)
    })
  }, [of])
  useEffect(() => {
    reload()
    addEventListener('online', reload)
    return () => {
      removeEventListener('online', reload)
    }
  }, [reload])
  return { devices, isUnreachable, reload }
}
