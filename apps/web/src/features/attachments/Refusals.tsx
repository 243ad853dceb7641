import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { AlertTriangleIcon, DownloadIcon } from '../../ui/icons.ts'
import type { Refusal } from './use-attaching.ts'

/** Files that could not be attached, why, and the bytes back where they might be nowhere else; and what to know of others. */
export function Refusals({
  refusals,
  onDismiss,
}: {
  readonly refusals: readonly Refusal[]
  readonly onDismiss: () => void
}) {
  if (refusals.length === 0) return null
  return (
    <div role="alert" className="my-1 flex flex-col gap-1">
      {refusals.map((refusal) => (
        <Banner
          key={refusal.text}
          tone={refusal.isNote === true ? 'attention' : 'conflict'}
          icon={<AlertTriangleIcon aria-hidden />}
          action={<Actions refusal={refusal} onDismiss={onDismiss} />}
        >
          {refusal.text}.
        </Banner>
      ))}
    </div>
  )
}

function Actions({
  refusal: { file },
  onDismiss,
}: {
  readonly refusal: Refusal
  readonly onDismiss: () => void
}) {
  return (
    <span className="flex flex-wrap gap-1">
      {file !== undefined && (
        <Button
          size="sm"
          icon={<DownloadIcon aria-hidden className="size-3.5" />}
          onPress={() => {
            saveFile(file)
          }}
        >
          Download {file.name}
        </Button>
      )}
      <Button size="sm" variant="quiet" onPress={onDismiss}>
        Dismiss
      </Button>
    </span>
  )
}

function saveFile(file: File): void {
  const address = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  URL.revokeObjectURL(address)
}
