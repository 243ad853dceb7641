import { type Attachment, shownAs } from '@fulqrun/schema'
import type { Attachments } from '@fulqrun/sync'
import { usePersonName } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { buttonClass } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { DownloadIcon } from '../../ui/icons.ts'
import { useNow } from '../history/use-now.ts'
import { FileTextIcon } from './attachment-icons.ts'
import { missingWords, sizeWords } from './attachment-words.ts'
import { type FileContent, useFileContent } from './use-file-content.ts'

/** A file in large: a picture is shown, everything else is downloaded. */
export function PreviewDialog({
  attachment,
  attachments,
  onClose,
}: {
  readonly attachment: Attachment
  readonly attachments: Attachments | undefined
  readonly onClose: () => void
}) {
  const personName = usePersonName()
  const now = useNow()
  const content = useFileContent(attachments, attachment)
  const { name, size, addedBy, addedAt } = attachment
  const by = addedBy === undefined ? '' : `, attached by ${personName(addedBy)}`
  const when = addedAt === undefined ? '' : `, ${formatMoment(addedAt, now)}`
  return (
    <Dialog
      isOpen
      size="lg"
      title={name}
      lead={`${sizeWords(size ?? 0)}${by}${when}`}
      onOpenChange={onClose}
      footer={content.state === 'ready' && <Actions attachment={attachment} address={content.address} />}
    >
      <Content attachment={attachment} content={content} addedBy={personName(addedBy ?? '')} />
    </Dialog>
  )
}

function Actions({ attachment, address }: { readonly attachment: Attachment; readonly address: string }) {
  return (
    <>
      {shownAs(attachment.type) === 'pdf' && (
        <a className={buttonClass()} href={address} target="_blank" rel="noreferrer">
          <FileTextIcon aria-hidden className="size-4" />
          Open PDF
        </a>
      )}
      <a className={buttonClass({ variant: 'primary' })} href={address} download={attachment.name}>
        <DownloadIcon aria-hidden className="size-4" />
        Download
      </a>
    </>
  )
}

function Content({
  attachment,
  content,
  addedBy,
}: {
  readonly attachment: Attachment
  readonly content: FileContent
  readonly addedBy: string
}) {
  if (content.state === 'loading') return <p className="text-ink-2">Opening</p>
  if (content.state === 'missing')
    return <p className="text-ink-2">{missingWords(content.problem, addedBy).text}.</p>
  if (shownAs(attachment.type) === 'image')
    return (
      <img
        src={content.address}
        alt={attachment.name}
        width={attachment.width}
        height={attachment.height}
        className="mx-auto h-auto max-h-[60vh] w-auto max-w-full rounded-md object-contain"
      />
    )
  return (
    <p className="flex items-center gap-2 text-ink-2">
      <FileTextIcon aria-hidden className="size-5 shrink-0" />
      {attachment.type.startsWith('image/')
        ? 'A photo in a format that most browsers do not show (HEIC). Download it to open it in a photo app.'
        : 'It is on this device. Download it to open it.'}
    </p>
  )
}
