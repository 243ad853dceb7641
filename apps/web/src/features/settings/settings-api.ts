import { endpoints, notificationKinds, type NotificationSettings } from '@fulqrun/protocol'
import { type Answer, type Fetch, request } from '../../session/api.ts'

const path = `${endpoints.notifications}/settings`

function isSettings(value: unknown): value is NotificationSettings {
  if (typeof value !== 'object' || value === null) return false
  const { kinds, preview } = value as Partial<Record<keyof NotificationSettings, unknown>>
  if (typeof kinds !== 'object' || kinds === null || typeof preview !== 'boolean') return false
  return notificationKinds.every(
    (kind) => typeof (kinds as Readonly<Record<string, unknown>>)[kind] === 'boolean',
  )
}

function checked(answer: Answer<unknown>): Answer<NotificationSettings> {
  if (answer.kind !== 'ok') return answer
  // A captive portal answers with a page of its own.
  return isSettings(answer.value) ? { kind: 'ok', value: answer.value } : { kind: 'unreachable' }
}

export async function fetchNoticeSettings(fetch: Fetch): Promise<Answer<NotificationSettings>> {
  return checked(await request(fetch, path))
}

export async function saveNoticeSettings(
  fetch: Fetch,
  settings: NotificationSettings,
): Promise<Answer<NotificationSettings>> {
  const headers = { 'content-type': 'application/json' }
  return checked(await request(fetch, path, { method: 'PUT', headers, body: JSON.stringify(settings) }))
}
