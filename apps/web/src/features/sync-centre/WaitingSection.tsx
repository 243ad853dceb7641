import type { WaitingItem } from '@fulqrun/sync'
import { useState } from 'react'
import { useNow } from '../../data/clock.ts'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { downloadUnsent } from '../../frame/export-unsent.ts'
import { changes } from '../../frame/sync-words.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { DownloadIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { DiscardDialog } from './DiscardDialog.tsx'
import { RecordLink } from './RecordLink.tsx'
import { changedWords, problemWords, waitingStates, waitingWords } from './sync-centre-words.ts'
import { WaitingFile } from './WaitingFile.tsx'

function WaitingLine({
  item,
  now,
  onDiscard,
}: {
  readonly item: WaitingItem
  readonly now: number
  readonly onDiscard: () => void
}) {
  const workspace = useWorkspace()
  const state = waitingStates[item.state]
  const problem = problemWords(item.problem)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 text-base">
          <RecordLink name={item.name} title={item.title} />
          <Badge tone={state.tone}>{state.text}</Badge>
        </p>
        <p className="num text-sm text-ink-2">
          {changes(item.changes)}, since {formatMoment(item.since, now)}: {changedWords(item)}
        </p>
        {problem !== undefined && <p className="text-sm text-ink-2">{problem}</p>}
      </div>
      <div className="flex gap-2">
        <Button
          size="sm"
          aria-label={`Send ${item.title} now`}
          onPress={() => {
            workspace.retry(item.name)
          }}
        >
          Send now
        </Button>
        <Button
          size="sm"
          variant="quiet"
          aria-label={`Discard what waits of ${item.title}`}
          onPress={onDiscard}
        >
          Discard
        </Button>
      </div>
    </li>
  )
}

/** What the server has not got yet: changes record by record, then photos and documents. */
export function WaitingSection() {
  const workspace = useWorkspace()
  const items = useStore(workspace.waiting)
  const files = useStore(workspace.files)
  const isEmpty = items.length + files.length === 0
  const now = useNow(10_000)
  const [discarding, setDiscarding] = useState<WaitingItem>()
  return (
    <Section
      title="Waiting to be sent"
      meta={waitingWords(items, files)}
      actions={
        !isEmpty && (
          <Button
            size="sm"
            variant="quiet"
            icon={<DownloadIcon aria-hidden className="size-3.5" />}
            onPress={() => {
              void downloadUnsent(workspace) // Reads what is in memory; nothing of it can fail late.
            }}
          >
            Save as a file
          </Button>
        )
      }
    >
      {isEmpty ? (
        <p className="text-base text-ink-2">Nothing. The server has everything you entered on this device.</p>
      ) : (
        <ul className="-my-2.5 divide-y divide-line">
          {items.map((item) => (
            <WaitingLine
              key={item.name}
              item={item}
              now={now}
              onDiscard={() => {
                setDiscarding(item)
              }}
            />
          ))}
          {files.map((file) => (
            <WaitingFile key={file.id} file={file} now={now} />
          ))}
        </ul>
      )}
      <DiscardDialog
        item={discarding}
        onClose={() => {
          setDiscarding(undefined)
        }}
      />
    </Section>
  )
}
