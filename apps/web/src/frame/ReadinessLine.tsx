import { useNow } from '../data/clock.ts'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { cx } from '../ui/cx.ts'
import { CircleCheckIcon, HardDriveIcon } from '../ui/icons.ts'
import { readinessWords } from './replica-words.ts'

/** `Ready for offline: 840 records, 12 MB, 08:02`, or what is still missing; nothing while the list is empty. */
export function ReadinessLine({ className }: { readonly className?: string | undefined }) {
  const { replica, catchUp } = useWorkspace()
  const now = useNow(60_000)
  const words = readinessWords(useStore(replica), useStore(catchUp), now)
  if (words === undefined) return null
  const Mark = words.isReady ? CircleCheckIcon : HardDriveIcon
  return (
    <p className={cx('num flex items-center gap-1.5 text-ink-2', className)}>
      <Mark aria-hidden className={cx('size-4 shrink-0', words.isReady ? 'text-good' : 'text-ink-3')} />
      {words.text}
    </p>
  )
}
