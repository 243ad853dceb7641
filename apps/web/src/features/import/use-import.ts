import type { ImportKind, ImportVerdict } from '@fulqrun/protocol'
import { newDocumentId } from '@fulqrun/schema'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe, usePeople, useWorkspace } from '../../data/workspace.tsx'
import { postRows, refusalWords } from './import-api.ts'
import {
  type ImportChoices,
  type ImportJob,
  type ImportProgress,
  keepChoices,
  keepJob,
  keepProgress,
  noProgress,
  recallImport,
  withVerdicts,
} from './import-job.ts'
import { guessMapping } from './mapping.ts'
import type { Sheet } from './read-file.ts'
import { questionsOf, readRows, type ReadRow } from './rows.ts'
import { sendRows } from './send-rows.ts'
import { whyLeft } from './verdict-words.ts'

/** What the screen is doing. `cut`: the server is out of reach, and it goes on by itself. */
export type ImportActivity = 'none' | 'checking' | 'importing' | 'cut'

export interface OpenImport {
  readonly job: ImportJob
  readonly choices: ImportChoices
  readonly rows: readonly ReadRow[]
  readonly questions: ReturnType<typeof questionsOf>
  /** Verdicts of the check so far; undefined before the first one, and when something was chosen anew. */
  readonly checked: readonly ImportVerdict[] | undefined
  /** Undefined until the import has begun. */
  readonly progress: ImportProgress | undefined
}

export interface ImportScreen {
  readonly open: OpenImport | undefined
  readonly activity: ImportActivity
  readonly isOnline: boolean
  /** Why it stopped. */
  readonly problem: string | undefined
  readonly choose: (kind: ImportKind, fileName: string, sheet: Sheet) => void
  readonly change: (choices: Partial<ImportChoices>) => void
  readonly check: () => void
  /** Begins to import, or goes on. */
  readonly run: () => void
  readonly pause: () => void
  readonly discard: () => void
}

/** Waits this long before it asks again a server that can be reached and did not answer. */
const againMs = 2000

export function useImport(): ImportScreen {
  const workspace = useWorkspace()
  const me = useMe()
  const people = usePeople()
  const isOnline = useStore(workspace.session).phase === 'live'
  const [kept] = useState(() => recallImport(workspace))
  const [job, setJob] = useState(kept?.job)
  const [choices, setChoices] = useState(kept?.choices)
  const [progress, setProgress] = useState(kept?.progress)
  const [checked, setChecked] = useState<readonly ImportVerdict[]>()
  const [activity, setActivity] = useState<ImportActivity>('none')
  const [problem, setProblem] = useState<string>()
  /** What is under way; another one, or none, and its answers are nobody's. */
  const current = useRef<{ readonly mode: 'check' | 'apply' }>(undefined)

  const rows = useMemo(() => {
    if (job === undefined || choices === undefined) return []
    const personId = (text: string) => {
      const wanted = text.toLowerCase()
      const found = people.filter(({ name, email }) =>
        [name, email].some((each) => each.toLowerCase() === wanted),
      )
      return found.length === 1 ? found[0]?.id : undefined
    }
    const style = { dates: choices.dates ?? 'ymd', decimal: choices.decimal ?? '.', personId } as const
    return readRows(job.lines, { kind: job.kind, mapping: choices.mapping, style })
  }, [job, choices, people])
  const questions = useMemo(
    () =>
      job === undefined || choices === undefined
        ? { asksDates: false, asksDecimal: false }
        : questionsOf(job.lines, { kind: job.kind, mapping: choices.mapping }),
    [job, choices],
  )

  const send = async (mode: 'check' | 'apply') => {
    if (job === undefined || choices === undefined) return
    const run = { mode }
    current.current = run
    setProblem(undefined)
    setActivity(mode === 'check' ? 'checking' : 'importing')
    let checkedNow = mode === 'check' ? (checked ?? []) : []
    let progressNow = progress ?? noProgress
    if (mode === 'apply') {
      keepProgress(workspace, job.id, progressNow)
      setProgress(progressNow)
    }
    const { territoryId, ownerId } = choices
    const order = {
      kind: job.kind,
      mode,
      territoryId,
      label: job.fileName.slice(0, 120),
      id: job.id,
    } as const
    const end = await sendRows({
      rows,
      from: mode === 'check' ? checkedNow.length : progressNow.done,
      updates: new Set(mode === 'check' ? [] : choices.updates),
      send: (portion) =>
        postRows(fetch, {
          ...order,
          userId: me.user.id,
          ...(ownerId === undefined ? {} : { ownerId }),
          rows: portion,
        }),
      isStopped: () => current.current !== run,
      onVerdicts: (verdicts) => {
        if (mode === 'check') {
          checkedNow = [...checkedNow, ...verdicts]
          setChecked(checkedNow)
          return
        }
        progressNow = withVerdicts(progressNow, verdicts, (verdict) => whyLeft(job.kind, verdict))
        keepProgress(workspace, job.id, progressNow)
        setProgress(progressNow)
      },
    })
    if (end.kind === 'stopped') return
    if (end.kind === 'unreachable') {
      setActivity('cut')
      return
    }
    current.current = undefined
    setActivity('none')
    if (end.kind === 'refused') setProblem(refusalWords(end.code))
  }

  const latest = useRef(send)
  useEffect(() => {
    latest.current = send
  })
  // Goes on by itself: at once when the connection is back, and after a while when the server was only busy.
  useEffect(() => {
    if (activity !== 'cut' || !isOnline) return undefined
    const timer = setTimeout(() => {
      if (current.current !== undefined) void latest.current(current.current.mode) // Never rejects.
    }, againMs)
    return () => {
      clearTimeout(timer)
    }
  }, [activity, isOnline])
  useEffect(
    () => () => {
      current.current = undefined
    },
    [],
  )

  const stop = () => {
    current.current = undefined
    setActivity('none')
    setProblem(undefined)
  }
  const change = (next: Partial<ImportChoices>) => {
    if (job === undefined || choices === undefined) return
    const changed = { ...choices, ...next }
    keepChoices(workspace, job.id, changed)
    setChoices(changed)
    // Which records are updated changes nothing of what was found.
    if (Object.keys(next).some((key) => key !== 'updates')) {
      stop()
      setChecked(undefined)
    }
  }
  const open =
    job === undefined || choices === undefined
      ? undefined
      : { job, choices, rows, questions, checked, progress }
  return {
    open,
    activity,
    isOnline,
    problem,
    choose(kind, fileName, { encoding, headers, lines }) {
      stop()
      const next: ImportJob = { id: newDocumentId(), kind, fileName, encoding, headers, lines }
      const first: ImportChoices = {
        mapping: guessMapping(kind, headers),
        territoryId: me.territories[0]?.id ?? '',
        updates: [],
      }
      keepJob(workspace, next)
      keepChoices(workspace, next.id, first)
      setJob(next)
      setChoices(first)
      setProgress(undefined)
      setChecked(undefined)
    },
    change,
    check() {
      void send('check') // Never rejects.
    },
    run() {
      void send('apply') // As above.
    },
    pause: stop,
    discard() {
      stop()
      keepJob(workspace, undefined)
      setJob(undefined)
      setProgress(undefined)
      setChecked(undefined)
    },
  }
}
