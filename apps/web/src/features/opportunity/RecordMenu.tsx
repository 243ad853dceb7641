import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { HistoryIcon, MoreHorizontalIcon, PinIcon } from '../../ui/icons.ts'
import { Menu, MenuItem } from '../../ui/Menu.tsx'
import { say } from '../../ui/Toaster.tsx'

/** What can be done with a record as a whole; of opportunities and contacts. */
export function RecordMenu({ onSelect }: { readonly onSelect: (section: string) => void }) {
  const workspace = useWorkspace()
  const { name } = useRecordScope().open
  const isKept = useStore(workspace.pinned).has(name)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      say('Link copied. It opens for colleagues who have access.')
    } catch {
      // Some browsers deny the clipboard; the address bar has the same link.
      say('The link could not be copied. Copy it from the address bar.')
    }
  }
  return (
    <Menu
      label="More"
      trigger={
        <IconButton label="More">
          <MoreHorizontalIcon aria-hidden className="size-4" />
        </IconButton>
      }
    >
      <MenuItem
        id="link"
        label="Copy link"
        onAction={() => {
          void copy()
        }}
      />
      <MenuItem
        id="keep"
        label={isKept ? 'Do not keep for offline' : 'Keep for offline'}
        detail={isKept ? 'Stays on this device now' : 'Stays on this device even when room is short'}
        icon={<PinIcon aria-hidden className={cx('size-4', isKept && 'fill-current text-accent-ink')} />}
        onAction={() => {
          void workspace.pin(name, !isKept) // Never rejects.
        }}
      />
      <MenuItem
        id="history"
        label="Show history"
        icon={<HistoryIcon aria-hidden className="size-4" />}
        onAction={() => {
          onSelect('history')
        }}
      />
    </Menu>
  )
}
