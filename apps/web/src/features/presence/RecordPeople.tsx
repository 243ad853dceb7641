import { Avatar } from '../../ui/Avatar.tsx'
import { Button } from '../../ui/Button.tsx'
import { Popover } from '../../ui/Popover.tsx'
import type { Peer } from './peers.ts'

export interface RecordPeopleProps {
  readonly peers: readonly Peer[]
  /** Words for a section id: `meddpicc` is MEDDPICC. */
  readonly sectionLabel: (section: string) => string
  /** Words for a field path, when it has any. */
  readonly fieldLabel: (path: string) => string | undefined
  readonly onJump: (section: string) => void
}

/** At most four faces and a count; a press lists who is where, and a name goes there. */
export function RecordPeople({ peers, sectionLabel, fieldLabel, onJump }: RecordPeopleProps) {
  if (peers.length === 0) return null
  const rest = peers.length - 4
  const names = peers.map(({ name }) => name).join(', ')
  return (
    <Popover
      label="People here"
      trigger={
        <Button variant="quiet" className="px-1" aria-label={`Also here: ${names}`}>
          <span className="flex items-center -space-x-1.5">
            {peers.slice(0, 4).map((peer) => (
              <span key={peer.userId} className="rounded-full ring-2 ring-surface">
                <Avatar person={{ id: peer.userId, name: peer.name, color: peer.color }} />
              </span>
            ))}
          </span>
          {rest > 0 && <span className="num text-xs">+{rest}</span>}
        </Button>
      }
    >
      <div className="p-2">
        <h2 className="px-2 pt-1 pb-2 text-xs font-medium text-ink-3">Here now</h2>
        <ul className="flex flex-col">
          {peers.map((peer) => (
            <li key={peer.userId}>
              <PeerRow peer={peer} sectionLabel={sectionLabel} fieldLabel={fieldLabel} onJump={onJump} />
            </li>
          ))}
        </ul>
        <p className="mt-1 border-t border-line px-2 pt-2 text-xs text-ink-3">
          Shown while the record is open. Nothing of it is kept.
        </p>
      </div>
    </Popover>
  )
}

function PeerRow({
  peer,
  sectionLabel,
  fieldLabel,
  onJump,
}: Omit<RecordPeopleProps, 'peers'> & { readonly peer: Peer }) {
  const { section, field } = peer.location
  const fieldWords = field === undefined ? undefined : fieldLabel(field)
  const where =
    fieldWords === undefined
      ? section === undefined
        ? 'Has this record open'
        : `Viewing ${sectionLabel(section)}`
      : `Editing ${fieldWords}`
  return (
    <Button
      variant="quiet"
      className="h-auto w-full justify-start px-2 py-1.5 text-start"
      isDisabled={section === undefined}
      onPress={() => {
        if (section !== undefined) onJump(section)
      }}
    >
      <Avatar person={{ id: peer.userId, name: peer.name, color: peer.color }} />
      <span className="flex min-w-0 flex-col">
        <span className="truncate text-base text-ink">{peer.name}</span>
        <span className="truncate text-xs font-normal text-ink-3">
          {where}
          {peer.pages > 1 && `, on ${peer.pages} pages`}
        </span>
      </span>
    </Button>
  )
}

/** "Dana is editing", in her colour, beside a field's label. */
export function PeerTag({ peer }: { readonly peer: Peer | undefined }) {
  if (peer === undefined) return null
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-2">
      <span aria-hidden className="size-2 rounded-full" style={{ backgroundColor: peer.color }} />
      {peer.name} is editing
    </span>
  )
}
