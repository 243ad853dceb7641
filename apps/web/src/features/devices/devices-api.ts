/** What the devices screen asks of the server. */
import { type DeviceEntry, endpoints, type WipeRequest } from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

function isEntry(value: unknown): value is DeviceEntry {
  if (typeof value !== 'object' || value === null) return false
  const { id, label, person, lastSeenAt } = value as Partial<Record<keyof DeviceEntry, unknown>>
  return (
    typeof id === 'string' &&
    typeof label === 'string' &&
    typeof lastSeenAt === 'number' &&
    typeof person === 'object' &&
    person !== null
  )
}

/** One's own devices, or everybody's. The one seen last comes first. */
export async function fetchDevices(
  fetch: Fetch,
  of: 'me' | 'everybody',
): Promise<Answer<readonly DeviceEntry[]>> {
  const answer = await request(
    fetch,
    of === 'everybody' ? `${endpoints.devices}?of=everybody` : endpoints.devices,
  )
  if (answer.kind !== 'ok') return answer
  const { devices } = answer.value as { readonly devices?: unknown }
  // A captive portal, for example.
  if (!Array.isArray(devices)) return { kind: 'unreachable' }
  return { kind: 'ok', value: devices.filter(isEntry) }
}

export async function postWipe(fetch: Fetch, deviceId: string, wish: WipeRequest): Promise<Answer<unknown>> {
  return request(fetch, `${endpoints.devices}/${deviceId}/wipe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  })
}
