import type { DocumentName } from '@fulqrun/protocol'
import { useCallback, useState } from 'react'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { Badge } from '../ui/Badge.tsx'
import { IconButton } from '../ui/Button.tsx'
import { cx } from '../ui/cx.ts'
import { CloudOffIcon, CloudUploadIcon, PinIcon } from '../ui/icons.ts'
import { Hint } from '../ui/Tooltip.tsx'

/** Beside a record in a list of which this device has the line only. */
export function NotHereMark({
  name,
  isPlain = false,
}: {
  readonly name: DocumentName
  /** Words instead of a hint: inside a link, and under a finger. */
  readonly isPlain?: boolean | undefined
}) {
  const { onDevice } = useWorkspace()
  if (useStore(onDevice).has(name)) return null
  if (isPlain) {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 text-xs text-ink-3">
        <CloudOffIcon aria-hidden className="size-3.5" />
        Not on this device
      </span>
    )
  }
  return (
    <span className="relative z-1 inline-flex shrink-0 text-ink-3">
      <Hint text="Not on this device yet. It comes with the next connection; until then only what this list shows is here.">
        <CloudOffIcon aria-label="Not on this device yet" className="size-3.5" />
      </Hint>
    </span>
  )
}

/** Beside a record in a list with something that the server has not got yet. */
export function WaitingMark({ name }: { readonly name: DocumentName }) {
  const { waiting } = useWorkspace()
  if (!useStore(waiting).some((item) => item.name === name)) return null
  return (
    <Badge icon={<CloudUploadIcon aria-hidden />} className="shrink-0">
      <span className="max-sm:sr-only">Waiting</span>
    </Badge>
  )
}

/** True from the moment on when the mouse or the focus comes to a line: only then its button need be there. */
export function useNear() {
  const [isNear, setNear] = useState(false)
  const come = useCallback(() => {
    setNear(true)
  }, [])
  return { isNear, near: { onPointerEnter: come, onFocus: come } } as const
}

interface KeepButtonProps {
  readonly name: DocumentName
  readonly title: string
  readonly className?: string | undefined
  /** Whether somebody is at its line; else it is there only for records that are kept. */
  readonly isNear: boolean
}

/** Keeps a record on this device even when room is short. */
export function KeepButton({ name, title, className, isNear }: KeepButtonProps) {
  const workspace = useWorkspace()
  const isKept = useStore(workspace.pinned).has(name)
  if (!isKept && !isNear) return null
  return (
    <IconButton
      size="sm"
      label={isKept ? `${title} is kept for offline; do not keep` : `Keep ${title} for offline`}
      className={cx('relative z-1', !isKept && className, isKept && 'text-accent-ink')}
      onPress={() => {
        void workspace.pin(name, !isKept) // Never rejects.
      }}
    >
      <PinIcon aria-hidden className={cx('size-3.5', isKept && 'fill-current')} />
    </IconButton>
  )
}
