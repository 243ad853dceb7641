import { addEntry, type Attachment, removeEntry, shownAs } from '@fulqrun/schema'
import type { Attachments, UploadStatus } from '@fulqrun/sync'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { RotateCcwIcon, Trash2Icon } from '../../ui/icons.ts'
import { Meter } from '../../ui/Meter.tsx'
import { say } from '../../ui/Toaster.tsx'
import { FileIcon, FileTextIcon, ImageIcon } from './attachment-icons.ts'
import { type FileWords, missingWords, sizeWords, uploadWords } from './attachment-words.ts'
import { PreviewDialog } from './PreviewDialog.tsx'
import { type FileContent, useFileContent } from './use-file-content.ts'

const tones: Record<FileWords['tone'], string> = {
  neutral: 'text-ink-3',
  attention: 'text-attention',
  conflict: 'text-conflict',
}

/** One file: what it looks like, where it is, and what can be done with it. */
export function AttachmentTile({
  attachment,
  attachments,
  upload,
}: {
  readonly attachment: Attachment
  readonly attachments: Attachments | undefined
  readonly upload: UploadStatus | undefined
}) {
  const { canWrite } = useRecordScope()
  const personName = usePersonName()
  const [isOpen, setOpen] = useState(false)
  const isPicture = shownAs(attachment.type) === 'image'
  const content = useFileContent(attachments, attachment, isPicture)
  const missing =
    isPicture && content.state === 'missing'
      ? missingWords(content.problem, personName(attachment.addedBy ?? ''))
      : undefined
  const words = upload === undefined ? missing : uploadWords(upload)
  return (
    <li className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1 py-1.5">
      <AriaButton
        onPress={() => {
          setOpen(true)
        }}
        className="flex min-w-0 flex-1 basis-56 items-center gap-3 rounded-md text-start outline-offset-2 hover:bg-hover"
      >
        <Thumbnail attachment={attachment} content={content} />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-base text-ink">
            <span className="sr-only">Open </span>
            {attachment.name}
          </span>
          <span className={cx('num block text-xs', tones[words?.tone ?? 'neutral'])}>
            {words?.text ?? sizeWords(attachment.size ?? 0)}
          </span>
        </span>
      </AriaButton>
      {upload?.state === 'sending' && (
        <Meter
          className="w-16"
          showValue={false}
          value={upload.sent}
          max={upload.size}
          label={`How much of ${attachment.name} is sent`}
        />
      )}
      {upload !== undefined && upload.state !== 'sending' && (
        <Button
          size="sm"
          icon={<RotateCcwIcon aria-hidden className="size-3.5" />}
          aria-label={`Try now to send ${attachment.name}`}
          onPress={() => attachments?.retry()}
        >
          Try now
        </Button>
      )}
      {canWrite && <RemoveButton attachment={attachment} />}
      {isOpen && (
        <PreviewDialog
          attachment={attachment}
          attachments={attachments}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </li>
  )
}

function Thumbnail({
  attachment,
  content,
}: {
  readonly attachment: Attachment
  readonly content: FileContent
}) {
  const frame = 'size-12 shrink-0 overflow-hidden rounded-md border border-line bg-sunken'
  const shown = shownAs(attachment.type)
  if (shown === 'image' && content.state === 'ready')
    return <img src={content.address} alt="" className={cx(frame, 'object-cover')} />
  const isPicture = attachment.type.startsWith('image/')
  const Icon = isPicture ? ImageIcon : shown === 'pdf' ? FileTextIcon : FileIcon
  return (
    <span className={cx(frame, 'grid place-items-center text-ink-3')}>
      <Icon aria-hidden className="size-5" />
    </span>
  )
}

function RemoveButton({ attachment }: { readonly attachment: Attachment }) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const remove = () => {
    const { id, ...values } = attachment
    removeEntry(open.doc, 'attachments', id, { now: workspace.now() })
    say(`Removed ${attachment.name}`, {
      label: 'Undo',
      onAction: () => {
        addEntry(open.doc, 'attachments', values, { now: workspace.now(), id })
      },
    })
  }
  return (
    <IconButton label={`Remove ${attachment.name}`} size="sm" onPress={remove}>
      <Trash2Icon aria-hidden className="size-4" />
    </IconButton>
  )
}
