import { Link } from '@tanstack/react-router'
import { use } from 'react'
import { OverlayTriggerStateContext } from 'react-aria-components'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { Button, buttonClass } from '../ui/Button.tsx'
import { DownloadIcon, RefreshCwIcon } from '../ui/icons.ts'
import { Popover } from '../ui/Popover.tsx'
import { SyncChipButton, type SyncChipWords } from '../ui/SyncChip.tsx'
import { useNow } from '../data/clock.ts'
import { downloadUnsent } from './export-unsent.ts'
import { ReadinessLine } from './ReadinessLine.tsx'
import { keptWords, usedWords } from './storage-words.ts'
import { changes, confirmedWords, connectionWords } from './sync-words.ts'
import { useDeviceRoom } from './use-device-room.ts'
import { useSyncWords } from './use-sync-words.ts'

function Row({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-1">
      <dt className="text-sm text-ink-2">{label}</dt>
      <dd className="num text-end text-sm text-ink">{children}</dd>
    </div>
  )
}

function PanelBody() {
  const workspace = useWorkspace()
  const panel = use(OverlayTriggerStateContext)
  const summary = useStore(workspace.sync)
  const session = useStore(workspace.session)
  const now = useNow(1000)
  const { chip, sentence } = useSyncWords()
  const { room } = useDeviceRoom()
  const { pending, documents } = summary
  return (
    <div className="p-3">
      <h2 className="text-base font-semibold">{chip.text}</h2>
      <p className="mt-1 text-sm text-ink-2">{sentence}</p>
      <ReadinessLine className="mt-2 text-sm" />
      <dl className="mt-3 border-t border-line pt-2">
        <Row label="Connection">{connectionWords(session, now)}</Row>
        <Row label="Waiting to be sent">
          {pending === 0
            ? 'Nothing'
            : `${changes(pending)}, ${documents === 1 ? '1 record' : `${documents} records`}`}
        </Row>
        <Row label="Last confirmed">{confirmedWords(summary.lastSyncedAt, now)}</Row>
        {room !== undefined && <Row label="Used by this app">{usedWords(room)}</Row>}
        <Row label="Kept">{keptWords(summary.storage, room)}</Row>
      </dl>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={<RefreshCwIcon aria-hidden className="size-3.5" />}
          onPress={() => {
            workspace.syncNow()
            void workspace.catchUpNow() // Never rejects; its progress is shown.
          }}
        >
          Sync now
        </Button>
        <Link
          to="/sync"
          className={buttonClass({ size: 'sm', variant: 'quiet' })}
          onClick={() => {
            panel?.close()
          }}
        >
          Open sync centre
        </Link>
        {pending > 0 && (
          <Button
            size="sm"
            variant="quiet"
            icon={<DownloadIcon aria-hidden className="size-3.5" />}
            onPress={() => {
              void downloadUnsent(workspace) // Reads what is in memory; nothing of it can fail late.
            }}
          >
            Save unsent work as a file
          </Button>
        )}
      </div>
    </div>
  )
}

/** What the chip in the header opens; the whole of it is in the sync centre. */
export function SyncPanel({ words }: { readonly words: SyncChipWords }) {
  return (
    <Popover label="Sync" trigger={<SyncChipButton words={words} label="Sync" />}>
      <PanelBody />
    </Popover>
  )
}
