import { type Attachment, attachmentTypes } from '@fulqrun/schema'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { CameraIcon, PaperclipIcon } from './attachment-icons.ts'
import { AttachmentTile } from './AttachmentTile.tsx'
import { Refusals } from './Refusals.tsx'
import { useAttachments, useUploads } from './use-attachments.ts'
import { useAttaching } from './use-attaching.ts'

export interface AttachmentAreaProps {
  readonly activity: { readonly id: string; readonly subject: string }
  readonly attachments: readonly Attachment[]
}

const accepted = [...attachmentTypes.map(({ type }) => type), '.heic', '.md', '.csv'].join(',')

/** Photos and documents of one activity: attach by button, camera, dropping or pasting; look, download, remove. */
export default function AttachmentArea({ activity, attachments: entries }: AttachmentAreaProps) {
  const { canWrite } = useRecordScope()
  const attachments = useAttachments()
  const uploads = useUploads()
  const { busy, refusals, attach, dismiss } = useAttaching(attachments, activity.id)
  const [isOver, setOver] = useState(false)
  const area = useRef<HTMLDivElement>(null)
  usePaste(area, canWrite ? attach : undefined)
  if (!canWrite && entries.length === 0) return null
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    attach([...event.dataTransfer.files])
  }
  return (
    <div
      ref={area}
      data-attachment-area
      role="group"
      aria-label={`Files of ${activity.subject}`}
      className={cx(
        'mt-1 rounded-md px-2 py-1',
        isOver && 'bg-accent-soft outline-2 outline-dashed outline-accent-ink',
      )}
      {...(canWrite && {
        onDragOver: (event: DragEvent) => {
          if (!event.dataTransfer.types.includes('Files')) return
          event.preventDefault()
          setOver(true)
        },
        onDragLeave: () => {
          setOver(false)
        },
        onDrop: drop,
      })}
    >
      <p className="text-xs text-ink-3">Files</p>
      {entries.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {entries.map((attachment) => (
            <AttachmentTile
              key={attachment.id}
              attachment={attachment}
              attachments={attachments}
              upload={uploads.get(attachment.id)}
            />
          ))}
        </ul>
      )}
      <Refusals refusals={refusals} onDismiss={dismiss} />
      {canWrite && (
        <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1">
          <PickButton
            label={`Attach a file to ${activity.subject}`}
            onPick={attach}
            isDisabled={attachments === undefined}
          />
          <PickButton
            label={`Take a photo for ${activity.subject}`}
            onPick={attach}
            isDisabled={attachments === undefined}
            isCamera
          />
          <span aria-live="polite" className="text-xs text-ink-3">
            {busy > 0 ? `Adding ${busy === 1 ? 'a file' : `${busy} files`}` : ''}
          </span>
          <span className="w-full text-xs text-ink-3">
            Up to 10 MB each; drop or paste them here, too. Where a photo was taken is taken out of it, and
            large ones are made smaller.
          </span>
        </div>
      )}
    </div>
  )
}

function PickButton({
  label,
  onPick,
  isDisabled,
  isCamera = false,
}: {
  readonly label: string
  readonly onPick: (files: readonly File[]) => void
  readonly isDisabled: boolean
  readonly isCamera?: boolean
}) {
  const input = useRef<HTMLInputElement>(null)
  const Icon = isCamera ? CameraIcon : PaperclipIcon
  return (
    <>
      <Button
        size="sm"
        aria-label={label}
        isDisabled={isDisabled}
        // A desk has no camera worth the name; there the file dialog would open twice.
        className={isCamera ? 'hidden touch:inline-flex' : undefined}
        icon={<Icon aria-hidden className="size-3.5" />}
        onPress={() => {
          input.current?.click()
        }}
      >
        {isCamera ? 'Take a photo' : 'Attach a file'}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-hidden
        tabIndex={-1}
        {...(isCamera
          ? { accept: 'image/*', capture: 'environment' as const }
          : { accept: accepted, multiple: true })}
        onChange={(event) => {
          onPick([...(event.currentTarget.files ?? [])])
          // The same file may be picked again.
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** Files pasted while this area has the focus, or nothing has and it is the only one. */
function usePaste(
  area: React.RefObject<HTMLDivElement | null>,
  attach: ((files: readonly File[]) => void) | undefined,
): void {
  useEffect(() => {
    if (attach === undefined) return undefined
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      const own = area.current
      if (files.length === 0 || own === null) return
      const { activeElement } = document
      const isOnly = document.querySelectorAll('[data-attachment-area]').length === 1
      if (!own.contains(activeElement) && !(activeElement === document.body && isOnly)) return
      event.preventDefault()
      attach(files)
    }
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('paste', paste)
    }
  }, [area, attach])
}
