import type { NotificationSettings } from '@fulqrun/protocol'
import { useCallback, useEffect, useRef, useState } from 'react'
import { fetchNoticeSettings, saveNoticeSettings } from './settings-api.ts'

export type NoticeSettingsState =
  | { readonly phase: 'loading' }
  /** Only the server knows what is set, because it holds for all devices. */
  | { readonly phase: 'unreachable' }
  | {
      readonly phase: 'ready'
      readonly settings: NotificationSettings
      /** The last change did not reach the server and was taken back. */
      readonly problem?: string | undefined
    }

export interface NoticeSettings {
  readonly state: NoticeSettingsState
  readonly change: (settings: NotificationSettings) => void
  readonly reload: () => void
}

/** What the signed-in person wants to be told. A change shows at once and is taken back when it cannot be kept. */
export function useNoticeSettings(): NoticeSettings {
  const [state, setState] = useState<NoticeSettingsState>({ phase: 'loading' })
  /** What the server has, as far as it has answered. */
  const kept = useRef<NotificationSettings | undefined>(undefined)
  const last = useRef(0)

  const reload = useCallback(() => {
    // Never rejects.
    void fetchNoticeSettings(fetch).then((answer) => {
      if (answer.kind === 'ok') {
        kept.current = answer.value
        setState({ phase: 'ready', settings: answer.value })
      } else if (kept.current === undefined) setState({ phase: 'unreachable' })
    })
  }, [])

  useEffect(() => {
    reload()
    addEventListener('online', reload)
    return () => {
      removeEventListener('online', reload)
    }
  }, [reload])

  const change = useCallback((settings: NotificationSettings) => {
    last.current += 1
    const turn = last.current
    setState({ phase: 'ready', settings })
    void saveNoticeSettings(fetch, settings).then((answer) => {
      if (answer.kind === 'ok') kept.current = answer.value
      // A later change is on its way: its answer counts.
      if (turn !== last.current) return
      if (answer.kind === 'ok' || kept.current === undefined) return
      const problem =
        answer.kind === 'unreachable'
          ? 'The server cannot be reached, so nothing was changed. Try again when you are connected.'
          : 'The server did not accept this, so nothing was changed.'
      setState({ phase: 'ready', settings: kept.current, problem })
    })
  }, [])

  return { state, change, reload }
}
