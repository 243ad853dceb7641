import { useState } from 'react'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { keptWords, sizeWords, usedWords } from '../../frame/storage-words.ts'
import { useDeviceRoom } from '../../frame/use-device-room.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { HardDriveIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { Fact, Facts } from './Facts.tsx'

const megabyte = 1024 * 1024

const budgets: readonly { readonly id: string; readonly label: string; readonly bytes?: number }[] = [
  { id: 'auto', label: 'As this device allows' },
  { id: '50', label: '50 MB', bytes: 50 * megabyte },
  { id: '200', label: '200 MB', bytes: 200 * megabyte },
  { id: '1000', label: '1 GB', bytes: 1_000 * megabyte },
]
const note = 'storage-budget'

/** How much is kept here, whether the browser may clear it, and how much it may become. */
export function StorageSection() {
  const workspace = useWorkspace()
  const { bytes, budgetBytes, mode, wasCleared } = useStore(workspace.replica)
  const { storage } = useStore(workspace.sync)
  const { room, persist } = useDeviceRoom()
  const [isRefused, setRefused] = useState(false)
  const [choice, setChoice] = useState(
    () => budgets.find(({ id }) => id === workspace.recall(note))?.id ?? 'auto',
  )
  return (
    <Section title="Storage">
      {mode === 'full' && (
        <Banner tone="attention" icon={<HardDriveIcon aria-hidden />} className="mb-2">
          This device has no room for more records. What you enter is still saved here. Free some space, or
          choose less below.
        </Banner>
      )}
      {wasCleared && (
        <Banner tone="attention" icon={<HardDriveIcon aria-hidden />} className="mb-2">
          The browser cleared what was saved on this device. Records come back with the connection; install
          the app or ask the browser to keep them.
        </Banner>
      )}
      <Facts>
        <Fact label="Used by this app">{room === undefined ? sizeWords(bytes) : usedWords(room)}</Fact>
        <Fact label="Records">
          {sizeWords(bytes)} of {sizeWords(budgetBytes)}
        </Fact>
        <Fact
          label="Kept until you sign out"
          help={
            storage === 'memory'
              ? 'This browser keeps nothing: what is not sent is lost when you close the page.'
              : isRefused
                ? 'The browser did not agree. It usually does once the app is installed.'
                : undefined
          }
        >
          {storage === 'memory' || room?.isPersisted !== false ? (
            keptWords(storage, room)
          ) : (
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              {keptWords(storage, room)}
              <Button
                size="sm"
                onPress={() => {
                  void persist().then((isKept) => {
                    setRefused(!isKept)
                  }) // Never rejects.
                }}
              >
                Ask to keep it
              </Button>
            </span>
          )}
        </Fact>
        {mode !== 'memory' && (
          <Fact
            label="Room for records"
            help="The ones you have not opened for longest go first. Nothing unsent goes."
          >
            <Select
              label="Room for records"
              hideLabel
              className="w-48"
              choices={budgets}
              value={choice}
              onChange={(id) => {
                setChoice(id)
                workspace.remember(note, id)
                // Fails only with the disk; the choice is made again at the next start.
                workspace.setBudget(budgets.find((budget) => budget.id === id)?.bytes).catch(() => undefined)
              }}
            />
          </Fact>
        )}
      </Facts>
    </Section>
  )
}
