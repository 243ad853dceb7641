import { useMemo } from 'react'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'
import { RecordLink } from './RecordLink.tsx'

/** Records that stay on this device whatever the room. */
export function PinsSection() {
  const workspace = useWorkspace()
  const pinned = useStore(workspace.pinned)
  const onDevice = useStore(workspace.onDevice)
  const entries = useStore(workspace.catalogue)
  const pins = useMemo(() => entries.filter(({ name }) => pinned.has(name)), [entries, pinned])
  return (
    <Section title="Kept for offline" meta={pins.length === 0 ? undefined : pins.length}>
      {pins.length === 0 ? (
        <p className="text-base text-ink-2">
          No record is kept on purpose. Choose "Keep for offline" at a record in a list, or under More on the
          record itself; it then stays here even when room is short.
        </p>
      ) : (
        <ul className="-my-1.5 divide-y divide-line">
          {pins.map(({ name, title }) => (
            <li key={name} className="flex items-center gap-3 py-1.5 text-base">
              <span className="min-w-0 flex-1 truncate">
                <RecordLink name={name} title={title} />
              </span>
              {!onDevice.has(name) && <span className="text-sm text-ink-3">Not on this device yet</span>}
              <Button
                size="sm"
                variant="quiet"
                aria-label={`Do not keep ${title}`}
                onPress={() => {
                  void workspace.pin(name, false) // Never rejects.
                }}
              >
                Do not keep
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
