import type { ImportKind, ImportOutcome, ImportVerdict } from '@fulqrun/protocol'
import type { CellStyle } from '@fulqrun/schema'
import type { Workspace } from '@fulqrun/sync'
import type { Mapping } from './mapping.ts'
import type { Line } from './read-file.ts'

/** An import as this device keeps it until it is done: a reload or a lost network costs nothing (IMP-13). */
export interface ImportJob {
  /** UUID version 7: under it, nothing is done twice. */
  readonly id: string
  readonly kind: ImportKind
  readonly fileName: string
  readonly encoding: string
  readonly headers: readonly string[]
  readonly lines: readonly Line[]
}

export interface ImportChoices {
  readonly mapping: Mapping
  readonly dates?: CellStyle['dates'] | undefined
  readonly decimal?: CellStyle['decimal'] | undefined
  readonly territoryId: string
  readonly ownerId?: string | undefined
  /** Rows whose records are there and are to be updated. */
  readonly updates: readonly number[]
}

/** What became of the rows that have been sent. */
export interface ImportProgress {
  /** Rows of the file that are done, from its beginning. */
  readonly done: number
  readonly counts: Readonly<Record<ImportOutcome, number>>
  /** Rows of which something did not come into the records. */
  readonly left: readonly LeftRow[]
  /** Values that wait for approval. */
  readonly proposed: number
}

export interface LeftRow {
  readonly row: number
  readonly why: string
}

export const noProgress: ImportProgress = {
  done: 0,
  counts: { create: 0, change: 0, same: 0, duplicate: 0, refused: 0 },
  left: [],
  proposed: 0,
}

/** Adds the verdicts on the next rows of the file, whose words are found by `why`. */
export function withVerdicts(
  progress: ImportProgress,
  verdicts: readonly ImportVerdict[],
  why: (verdict: ImportVerdict) => string,
): ImportProgress {
  const counts = { ...progress.counts }
  for (const { outcome } of verdicts) counts[outcome]++
  const isLeft = ({ outcome, kept }: ImportVerdict) =>
    outcome === 'refused' || outcome === 'duplicate' || kept.length > 0
  return {
    done: progress.done + verdicts.length,
    counts,
    left: [
      ...progress.left,
      ...verdicts.filter(isLeft).map((verdict) => ({ row: verdict.row, why: why(verdict) })),
    ],
    proposed: verdicts
      .filter(({ outcome }) => outcome === 'create' || outcome === 'change')
      .reduce((sum, { proposed }) => sum + proposed.length, progress.proposed),
  }
}

const keys = { job: 'import.job', choices: 'import.choices', progress: 'import.progress' } as const

type Notes = Pick<Workspace, 'recall' | 'remember'>

/** The importId of a note: another tab, or a tab that closed between two notes, may have left those of another file. */
interface OfImport {
  readonly importId: string
  readonly value: unknown
}

function recallOf(notes: Notes, key: string, importId: string): unknown {
  const note = notes.recall(key) as OfImport | null | undefined
  return note?.importId === importId ? note.value : undefined
}

export interface KeptImport {
  readonly job: ImportJob
  readonly choices: ImportChoices
  readonly progress: ImportProgress | undefined
}

/** What was under way when the app was closed. */
export function recallImport(notes: Notes): KeptImport | undefined {
  const job = notes.recall(keys.job) as ImportJob | null | undefined
  if (!job) return undefined
  const choices = recallOf(notes, keys.choices, job.id) as ImportChoices | undefined
  const progress = recallOf(notes, keys.progress, job.id) as ImportProgress | undefined
  return choices && { job, choices, progress }
}

export function keepJob(notes: Notes, job: ImportJob | undefined): void {
  notes.remember(keys.job, job ?? null)
  notes.remember(keys.progress, null)
}

export function keepChoices(notes: Notes, importId: string, value: ImportChoices): void {
  notes.remember(keys.choices, { importId, value } satisfies OfImport)
}

export function keepProgress(notes: Notes, importId: string, value: ImportProgress): void {
  notes.remember(keys.progress, { importId, value } satisfies OfImport)
}
