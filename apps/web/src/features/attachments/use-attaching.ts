import { AttachmentFailure, type Attachments } from '@fulqrun/sync'
import { useCallback, useState } from 'react'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { problemWords } from './attachment-words.ts'
import { prepareFile } from './prepare-file.ts'

/** A file that could not be attached; where there are bytes, the person may have them back. Or what to know about one. */
export interface Refusal {
  readonly text: string
  /** It is attached all the same. */
  readonly isNote?: boolean | undefined
  readonly file?: File | undefined
}

export interface Attaching {
  /** Files that are being made ready. */
  readonly busy: number
  readonly refusals: readonly Refusal[]
  readonly attach: (files: readonly File[]) => void
  readonly dismiss: () => void
}

/** Attaches picked, dropped or pasted files to an activity, one after the other. */
export function useAttaching(attachments: Attachments | undefined, activityId: string): Attaching {
  const { open } = useRecordScope()
  const [busy, setBusy] = useState(0)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const attach = useCallback(
    (files: readonly File[]) => {
      if (attachments === undefined || files.length === 0) return
      setRefusals([])
      setBusy((count) => count + files.length)
      const attachAll = async () => {
        for (const picked of files) {
          const refusal = await attachOne(attachments, { open, activityId, picked })
          if (refusal !== undefined) setRefusals((known) => [...known, refusal])
          setBusy((count) => count - 1)
        }
      }
      void attachAll()
    },
    [attachments, open, activityId],
  )
  const dismiss = useCallback(() => {
    setRefusals([])
  }, [])
  return { busy, refusals, attach, dismiss }
}

async function attachOne(
  attachments: Attachments,
  {
    open,
    activityId,
    picked,
  }: {
    readonly open: ReturnType<typeof useRecordScope>['open']
    readonly activityId: string
    readonly picked: File
  },
): Promise<Refusal | undefined> {
  const prepared = await prepareFile(picked)
  if ('refusal' in prepared) return { text: prepared.refusal }
  const { isRedrawn: _isRedrawn, ...file } = prepared.file
  try {
    await attachments.add({ open, activityId, ...file })
    return prepared.note === undefined ? undefined : { text: prepared.note, isNote: true }
  } catch (error) {
    const problem = error instanceof AttachmentFailure ? error.code : 'storage/failed'
    // A photo straight from the camera is nowhere else.
    return { text: `${file.name} is not attached: ${problemWords(problem)}`, file: picked }
  }
}
