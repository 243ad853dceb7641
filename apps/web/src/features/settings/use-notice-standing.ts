import { useCallback, useEffect, useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { rememberNotices } from '../../frame/keep-notices.ts'
import {
  type NoticeStanding,
  readStanding,
  sendTestNotice,
  switchNoticesOff,
  switchNoticesOn,
} from '../../frame/push-device.ts'

export interface NoticeDevice {
  /** Undefined while the browser is asked. */
  readonly standing: NoticeStanding | undefined
  readonly isWorking: boolean
  readonly problem?: string | undefined
  /** What the last press has brought about, to be read out. */
  readonly news?: string | undefined
  readonly switchOn: () => void
  readonly switchOff: () => void
  readonly test: () => void
}

const unreachable =
  'That did not work: the server or the push service of your browser cannot be reached. Try again.'

/** Notices on this device: how they stand, and what can be done about it. */
export function useNoticeStanding(): NoticeDevice {
  const workspace = useWorkspace()
  const [standing, setStanding] = useState<NoticeStanding>()
  const [isWorking, setWorking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [news, setNews] = useState<string>()

  const read = useCallback(() => {
    readStanding().then(setStanding, () => {
      setStanding('unsupported')
    })
  }, [])
  useEffect(() => {
    read()
    // Coming back from the browser's settings.
    addEventListener('focus', read)
    return () => {
      removeEventListener('focus', read)
    }
  }, [read])

  const run = (act: () => Promise<string | undefined>) => () => {
    setWorking(true)
    setProblem(undefined)
    setNews(undefined)
    act()
      .then(setNews, () => {
        setProblem(unreachable)
        read()
      })
      .finally(() => {
        setWorking(false)
      })
  }

  return {
    standing,
    isWorking,
    problem,
    news,
    switchOn: run(async () => {
      const next = await switchNoticesOn()
      setStanding(next)
      if (next === 'on') rememberNotices(workspace, true)
      return next === 'on' ? 'Notifications are on for this device.' : undefined
    }),
    switchOff: run(async () => {
      rememberNotices(workspace, false)
      setStanding(await switchNoticesOff())
      return 'Notifications are off for this device.'
    }),
    test: run(async () => {
      await sendTestNotice()
      return 'Sent. It should appear within a few seconds.'
    }),
  }
}
