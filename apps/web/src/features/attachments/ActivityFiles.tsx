import type { Attachment } from '@fulqrun/schema'
import { lazy, Suspense } from 'react'
import { PaperclipIcon } from './attachment-icons.ts'
import type { AttachmentAreaProps } from './AttachmentArea.tsx'
import { countWords } from './attachment-words.ts'

const AttachmentArea = lazy(() => import('./AttachmentArea.tsx'))

/** The files of one activity, loaded when somebody looks at it. */
export function ActivityFiles(props: AttachmentAreaProps) {
  return (
    <Suspense fallback={<p className="mt-1 px-2 text-xs text-ink-3">Files</p>}>
      <AttachmentArea {...props} />
    </Suspense>
  )
}

/** How many files an activity has, for its line in a list; nothing when it has none. */
export function FileCount({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null
  return (
    <span className="inline-flex items-center gap-1">
      <PaperclipIcon aria-hidden className="size-3" />
      {countWords(attachments.length)}
    </span>
  )
}

/** The files of one activity, in the order in which they were attached. */
export function filesOf(attachments: readonly Attachment[], activityId: string): readonly Attachment[] {
  return attachments.filter(
    (attachment) => attachment.activityId === activityId && attachment.hash !== undefined,
  )
}
