import { lazy, Suspense, useState } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { ArrowRightIcon, HistoryIcon, MoreHorizontalIcon, PinIcon, Trash2Icon } from '../../ui/icons.ts'
import { Menu, MenuItem } from '../../ui/Menu.tsx'
import { say } from '../../ui/Toaster.tsx'
import { mayRemove, targetsOf } from '../record/record-words.ts'

// For a few people, and rarely.
const MoveRecordDialog = lazy(async () => ({
  default: (await import('../record/MoveRecordDialog.tsx')).MoveRecordDialog,
}))
const RemoveRecordDialog = lazy(async () => ({
  default: (await import('../record/RemoveRecordDialog.tsx')).RemoveRecordDialog,
}))

/** What can be done with a record as a whole; of opportunities and contacts. */
export function RecordMenu({ onSelect }: { readonly onSelect: (section: string) => void }) {
  const workspace = useWorkspace()
  const me = useMe()
  const { name, kind } = useRecordScope().open
  const [asked, setAsked] = useState<'move' | 'remove'>()
  const entry = useStore(workspace.catalogue).find((each) => each.name === name)
  // What was never sent is not the server's to move or remove.
  const isSent = entry !== undefined && entry.isLocal !== true
  const targets = isSent ? targetsOf(me, entry.territoryId) : []
  const title = entry === undefined || entry.title === '' ? 'this record' : entry.title
  const from = me.territories.find(({ id }) => id === entry?.territoryId)?.name ?? 'its territory'
  const close = () => {
    setAsked(undefined)
  }
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
    <>
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
        {targets.length > 0 && (
          <MenuItem
            id="move"
            label="Move to territory..."
            icon={<ArrowRightIcon aria-hidden className="size-4" />}
            onAction={() => {
              setAsked('move')
            }}
          />
        )}
        {isSent && mayRemove(me) && (
          <MenuItem
            id="remove"
            label="Remove..."
            tone="danger"
            icon={<Trash2Icon aria-hidden className="size-4" />}
            onAction={() => {
              setAsked('remove')
            }}
          />
        )}
      </Menu>
      <Suspense fallback={null}>
        {asked === 'move' && (
          <MoveRecordDialog name={name} title={title} from={from} targets={targets} onClose={close} />
        )}
        {asked === 'remove' && (
          <RemoveRecordDialog
            name={name}
            title={title}
            list={kind === 'contact' ? '/contacts' : '/pipeline'}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  )
}
