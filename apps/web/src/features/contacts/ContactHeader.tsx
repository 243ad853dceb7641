import { contactName, type ContactView, isNpi, optionLabel, contactFields } from '@fulqrun/schema'
import type { ReactNode } from 'react'
import { useStore } from '../../data/store.ts'
import { useDocumentState, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { AlertTriangleIcon, CheckIcon, MailIcon, MapPinIcon, PhoneIcon } from '../../ui/icons.ts'
import { SyncChip } from '../../ui/SyncChip.tsx'
import { useNow } from '../history/use-now.ts'
import { describePath } from '../history/value-words.ts'
import { RecordMenu } from '../opportunity/RecordMenu.tsx'
import { recordSyncWords } from '../opportunity/record-sync-words.ts'
import { RecordPeople } from '../presence/RecordPeople.tsx'
import { contactSectionLabel } from './contact-sections.ts'
import { segmentLetter } from './contact-row.ts'

/** The check digit tells a mistyped NPI apart from a real one; whose it is, only the register knows. */
export function NpiMark({ npi }: { readonly npi: string | undefined }) {
  if (npi === undefined) return null
  return isNpi(npi) ? (
    <Badge tone="good" icon={<CheckIcon aria-hidden />}>
      NPI valid
    </Badge>
  ) : (
    <Badge tone="conflict" icon={<AlertTriangleIcon aria-hidden />}>
      NPI not valid
    </Badge>
  )
}

function Reach({
  href,
  icon,
  children,
}: {
  readonly href: string
  readonly icon: ReactNode
  readonly children: string
}) {
  return (
    <a
      href={href}
      className="num inline-flex min-h-6 min-w-0 items-center gap-1.5 rounded-sm text-ink-2 hover:text-ink hover:underline touch:min-h-11"
    >
      {icon}
      <span className="truncate">{children}</span>
    </a>
  )
}

function ReachLinks({ view }: { readonly view: ContactView }) {
  const { fields } = view
  const phone = fields.phone ?? fields.mobile
  const address = [fields.addressLine1, fields.city, fields.state, fields.postalCode]
    .filter(Boolean)
    .join(', ')
  return (
    <div className="flex flex-wrap gap-x-4 text-sm">
      {phone !== undefined && (
        <Reach
          href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`}
          icon={<PhoneIcon aria-hidden className="size-3.5 shrink-0" />}
        >
          {phone}
        </Reach>
      )}
      {fields.email !== undefined && (
        <Reach href={`mailto:${fields.email}`} icon={<MailIcon aria-hidden className="size-3.5 shrink-0" />}>
          {fields.email}
        </Reach>
      )}
      {address !== '' && (
        <Reach
          href={`geo:0,0?q=${encodeURIComponent(address)}`}
          icon={<MapPinIcon aria-hidden className="size-3.5 shrink-0" />}
        >
          {address}
        </Reach>
      )}
    </div>
  )
}

function Wishes({ view }: { readonly view: ContactView }) {
  const { doNotCall, doNotEmail, doNotVisit } = view.fields
  const wishes = [
    doNotCall && 'Do not call',
    doNotEmail && 'Do not email',
    doNotVisit && 'Do not visit',
  ].filter((wish) => wish !== false)
  return wishes.map((wish) => (
    <Badge key={wish} tone="conflict" icon={<AlertTriangleIcon aria-hidden />}>
      {wish}
    </Badge>
  ))
}

function RecordChip() {
  const { open } = useRecordScope()
  const state = useDocumentState(open)
  const workspace = useWorkspace()
  const { phase } = useStore(workspace.session)
  const { state: overall } = useStore(workspace.sync)
  // A connection that is silently gone still counts as live for a while; the summary notices what it does not send.
  const isLive = overall !== 'offline' && overall !== 'waiting'
  const words = recordSyncWords(state, isLive ? phase : 'offline', useNow())
  // On phones the chip in the top bar says it already while all is well.
  return <SyncChip words={words} className={words.tone === 'quiet' ? 'max-sm:hidden' : undefined} />
}

export interface ContactHeaderProps {
  readonly view: ContactView
  readonly onSelect: (section: string) => void
}

/** Who this is, whether the identity holds, how to reach them, who else is here. */
export function ContactHeader({ view, onSelect }: ContactHeaderProps) {
  const { peers } = useRecordScope()
  const { fields, affiliations } = view
  const place = (affiliations.find(({ isPrimary }) => isPrimary) ?? affiliations[0])?.organization
  const profession =
    fields.hcpType === undefined ? undefined : optionLabel(contactFields.hcpType, fields.hcpType)
  const line = [fields.specialty ?? profession, place].filter(Boolean).join(' at ')
  return (
    <header className="mb-3 flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 tabIndex={-1} className="min-w-0 text-xl font-semibold">
          {contactName(view)}
        </h1>
        {fields.segment !== undefined && <Badge>Segment {segmentLetter(fields.segment)}</Badge>}
        <NpiMark npi={fields.npi} />
        {!fields.isActive && <Badge tone="attention">Not active</Badge>}
        <Wishes view={view} />
        <div className="ms-auto flex items-center gap-1">
          <RecordChip />
          <RecordPeople
            peers={peers}
            sectionLabel={contactSectionLabel}
            fieldLabel={(path) => describePath(view, path)}
            onJump={onSelect}
          />
          <RecordMenu onSelect={onSelect} />
        </div>
      </div>
      {line !== '' && <p className="text-base text-ink-2">{line}</p>}
      <ReachLinks view={view} />
    </header>
  )
}
