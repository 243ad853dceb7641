import { type ContactView, optionLabel, type Sample, sampleFields, type Signature } from '@fulqrun/schema'
import { useState } from 'react'
import { usePersonName } from '../../data/workspace.tsx'
import { formatDate, formatNumber } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { AlertTriangleIcon, CheckIcon, PackageIcon, PlusIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { RecordSamplesDialog } from './RecordSamplesDialog.tsx'
import { isReceived, momentWords, signaturesOf } from './sample-words.ts'
import { SignatureList } from './SignatureList.tsx'
import { SignDialog } from './SignDialog.tsx'

/** Newest first; by id where the time is the same or missing, so that every device shows the same order. */
function byNewest(a: Sample, b: Sample): number {
  return (b.deliveredAt ?? 0) - (a.deliveredAt ?? 0) || (a.id < b.id ? 1 : -1)
}

/** Samples left with this contact, and who signed for them. Nothing here is changed or removed. */
export function SamplesTab({ view }: { readonly view: ContactView }) {
  const { canWrite } = useRecordScope()
  const [isRecording, setRecording] = useState(false)
  const ids = new Set(view.samples.map(({ id }) => id))
  const orphans = view.signatures.filter(({ sampleId }) => !ids.has(sampleId ?? ''))
  return (
    <Section
      title="Samples"
      meta={view.samples.length > 0 ? view.samples.length : undefined}
      actions={
        canWrite && (
          <Button
            size="sm"
            icon={<PlusIcon aria-hidden className="size-3.5" />}
            onPress={() => {
              setRecording(true)
            }}
          >
            Record samples
          </Button>
        )
      }
    >
      {view.samples.length === 0 ? (
        <EmptyState icon={<PackageIcon aria-hidden />} title="No samples recorded">
          Nothing has been left with this contact. {unchanging}
        </EmptyState>
      ) : (
        <>
          <p className="max-w-[72ch] pb-3 text-sm text-ink-2">{unchanging}</p>
          <ul className="-mx-4 -mb-3 divide-y divide-line border-t border-line">
            {[...view.samples].sort(byNewest).map((sample) => (
              <SampleRow key={sample.id} sample={sample} view={view} />
            ))}
          </ul>
        </>
      )}
      {orphans.length > 0 && (
        <div className="mt-4 border-t border-line pt-3">
          <h3 className="pb-1 text-base font-medium">Signatures whose samples are not on this device</h3>
          <SignatureList signatures={orphans} />
        </div>
      )}
      {isRecording && (
        <RecordSamplesDialog
          view={view}
          onClose={() => {
            setRecording(false)
          }}
        />
      )}
    </Section>
  )
}

const unchanging =
  'Entries and signatures are not changed or removed afterwards. Put a mistake right with another entry that says so.'

interface SampleProps {
  readonly sample: Sample
  readonly view: ContactView
}

function SampleRow({ sample, view }: SampleProps) {
  const { canWrite } = useRecordScope()
  const [isSigning, setSigning] = useState(false)
  const signatures = signaturesOf(view, sample)
  const words = signatures.length === 0 ? 'Sign' : 'Add signature'
  return (
    <li className="px-4 py-3">
      <div className="grid items-baseline gap-x-4 gap-y-1 md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1.2fr)_auto]">
        <What sample={sample} />
        <Lot sample={sample} />
        <Delivery sample={sample} />
        <div className="flex min-h-7 items-center gap-2 max-md:justify-between md:justify-end">
          <SignedBadge signatures={signatures} />
          {canWrite && (
            <Button
              size="sm"
              variant={isReceived(signatures) ? 'quiet' : 'secondary'}
              // It begins with the words on it, for those who say them.
              aria-label={`${words} for ${sampleName(sample)}`}
              onPress={() => {
                setSigning(true)
              }}
            >
              {words}
            </Button>
          )}
        </div>
      </div>
      {sample.note !== undefined && (
        <p className="max-w-[72ch] pt-1 text-sm break-words whitespace-pre-line text-ink-2">{sample.note}</p>
      )}
      {signatures.length > 0 && <SignatureList signatures={signatures} className="mt-2" />}
      {isSigning && (
        <SignDialog
          sample={sample}
          view={view}
          onClose={() => {
            setSigning(false)
          }}
        />
      )}
    </li>
  )
}

function sampleName({ product, deliveredAt }: Sample): string {
  return deliveredAt === undefined ? product : `${product}, ${momentWords(deliveredAt)}`
}

function What({ sample: { product, quantity, licenceNumber, licenceState } }: { readonly sample: Sample }) {
  return (
    <div className="min-w-0">
      <h3 className="text-base font-medium break-words">
        {product}
        <span className="num ms-2 font-normal whitespace-nowrap text-ink-2">
          {quantity === undefined
            ? 'quantity unknown'
            : `${formatNumber(quantity)} ${quantity === 1 ? 'unit' : 'units'}`}
        </span>
      </h3>
      {licenceNumber === undefined ? (
        <p className="flex items-center gap-1 text-sm text-attention">
          <AlertTriangleIcon aria-hidden className="size-3.5 shrink-0" />
          No valid licence recorded
        </p>
      ) : (
        <p className="num text-sm text-ink-3">
          Licence {licenceNumber}
          {licenceState !== undefined && ` (${licenceState})`}
        </p>
      )}
    </div>
  )
}

function Lot({ sample: { lotNumber, lotExpiresOn } }: { readonly sample: Sample }) {
  return (
    <div className="num min-w-0 text-sm text-ink-2">
      <p className="break-words">{lotNumber === undefined ? 'No lot number' : `Lot ${lotNumber}`}</p>
      {lotExpiresOn !== undefined && <p className="text-ink-3">Expires {formatDate(lotExpiresOn)}</p>}
    </div>
  )
}

function Delivery({ sample }: { readonly sample: Sample }) {
  const personName = usePersonName()
  const { deliveredAt, deliveredBy, channel, requestId } = sample
  const by = deliveredBy === undefined ? undefined : `by ${personName(deliveredBy)}`
  // A number is not broken at its hyphen.
  const request = requestId === undefined ? undefined : `request ${requestId.replaceAll('-', '\u2011')}`
  return (
    <div className="num min-w-0 text-sm text-ink-2">
      <p>{deliveredAt === undefined ? 'Time not recorded' : momentWords(deliveredAt)}</p>
      <p className="break-words text-ink-3">
        {[by, optionLabel(sampleFields.channel, channel).toLowerCase(), request].filter(Boolean).join(', ')}
      </p>
    </div>
  )
}

function SignedBadge({ signatures }: { readonly signatures: readonly Signature[] }) {
  return isReceived(signatures) ? (
    <Badge tone="good" icon={<CheckIcon aria-hidden />}>
      Receipt signed
    </Badge>
  ) : (
    <Badge tone="attention" icon={<AlertTriangleIcon aria-hidden />}>
      Receipt not signed
    </Badge>
  )
}
