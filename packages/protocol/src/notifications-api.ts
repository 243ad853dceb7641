/** Notices on a device whose app is closed (Web Push): `/api/notifications`. */

/**
 * `conflicts`: values of theirs wait for a choice. `approvals`: a proposal waits for their word, or theirs was decided.
 * `replaced`: a value of theirs made way for another. `kpis`: a figure of their territory has moved.
 */
export const notificationKinds = ['conflicts', 'approvals', 'replaced', 'kpis'] as const
export type NotificationKind = (typeof notificationKinds)[number]

/** Hours of the day in which nothing is shown; what comes meanwhile is told at their end, in one notice. */
export interface QuietHours {
  /** `HH:MM`, by the clock of the time zone. A beginning after the end goes over midnight. */
  readonly from: string
  readonly to: string
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
}

/** `GET|PUT /api/notifications/settings`: one person's, for all of their devices. */
export interface NotificationSettings {
  readonly kinds: Readonly<Record<NotificationKind, boolean>>
  /** Whether a notice names the record and what happened; without, it says only that something waits. */
  readonly preview: boolean
  readonly quiet?: QuietHours | undefined
}

/** What holds for whoever has set nothing: everything but KPIs, by name, at any hour. */
export const defaultNotificationSettings: NotificationSettings = {
  kinds: { conflicts: true, approvals: true, replaced: true, kpis: false },
  preview: true,
}

/** `POST /api/notifications/subscriptions`: what the browser's `PushSubscription` says of itself. */
export interface PushTarget {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** `GET /api/notifications/key`: the server's public key for `pushManager.subscribe`, base64url. */
export interface PushKey {
  readonly publicKey: string
}

/** The decrypted content of one push. Under 3 kB: push services take 4 kB after encryption. */
export interface PushMessage {
  readonly title: string
  readonly body: string
  /** Notices with the same tag replace each other: one per record. */
  readonly tag: string
  /** Address in the app that a press opens, beginning with one slash. */
  readonly url: string
}

const isShort = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max

/** Reads a push; undefined for what is none of ours. An address on another site is never opened. */
export function parsePushMessage(text: string): PushMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not ours: the caller shows a notice without content, because browsers demand one for every push.
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { title, body, tag, url } = value as Readonly<Record<string, unknown>>
  if (!isShort(title, 200) || !isShort(body, 2000) || !isShort(tag, 200) || !isShort(url, 1000))
    return undefined
  return { title, body, tag, url: /^\/(?![/\\])/.test(url) ? url : '/inbox' }
}
