import {
  checkValue,
  type ContactView,
  sampleFields,
  type SamplingLicence,
  samplingLicence,
} from '@fulqrun/schema'
import { parseDraft } from '../../fields/draft.ts'
import { isoDay } from '../../fields/format.ts'
import type { DraftProblem } from './consent-draft.ts'

/** What the dialog asks for; text as typed. */
export interface SampleDraft {
  readonly product: string
  readonly quantity: string
  readonly lotNumber: string
  /** ISO date or empty. */
  readonly lotExpiresOn: string
  /** Day and clock time of this device, as `2026-09-14T09:00`. */
  readonly deliveredAt: string
  readonly channel: string
  readonly deliveredTo: string
  readonly requestId: string
  readonly note: string
}

/** A moment (ms) in the form of the platform's date and time input. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${isoDay(ms)}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The moment (ms) of such an input; undefined while it is empty or incomplete. */
export function fromLocalInput(text: string): number | undefined {
  const ms = new Date(text).getTime()
  return Number.isNaN(ms) ? undefined : ms
}

export function startSample({ fields }: ContactView, now: number): SampleDraft {
  const { addressLine1, addressLine2, city, state, postalCode } = fields
  return {
    product: '',
    quantity: '',
    lotNumber: '',
    lotExpiresOn: '',
    deliveredAt: toLocalInput(now),
    channel: sampleFields.channel.default,
    deliveredTo: [addressLine1, addressLine2, city, state, postalCode].filter(Boolean).join(', '),
    requestId: '',
    note: '',
  }
}

/** The licence of the moment at which the samples were handed over, not of the one at which that is typed in. */
export function licenceFor(draft: SampleDraft, { view, now }: SampleContext): SamplingLicence {
  return samplingLicence(view, fromLocalInput(draft.deliveredAt) ?? now)
}

export interface SampleContext {
  readonly view: ContactView
  /** User id. */
  readonly userId: string
  /** ms. */
  readonly now: number
}

const typedKeys = [
  'product',
  'lotNumber',
  'lotExpiresOn',
  'channel',
  'deliveredTo',
  'requestId',
  'note',
] as const

/** The new entry. */
export function sampleValues(draft: SampleDraft, context: SampleContext): Readonly<Record<string, unknown>> {
  const found = licenceFor(draft, context)
  const licence = found.allowed ? found.licence : undefined
  const quantitySpec = { ...sampleFields.quantity, key: 'quantity', path: 'samples.*.quantity' }
  const all = {
    ...Object.fromEntries(typedKeys.map((key) => [key, draft[key].trim() || undefined])),
    quantity: parseDraft(quantitySpec, draft.quantity),
    deliveredAt: fromLocalInput(draft.deliveredAt),
    deliveredBy: context.userId,
    licenceNumber: licence?.number,
    licenceState: licence?.state,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** The clock of the input has no seconds: what is handed over now must not count as later than now. */
const clockStepMs = 60_000

/** What has to be put right before the entry can be added: it is not changed afterwards. */
export function sampleProblem(draft: SampleDraft, context: SampleContext): DraftProblem | undefined {
  const issue = checkValue('contact', 'samples.new', sampleValues(draft, context))
  if (issue) return { key: issue.path.slice('samples.new.'.length), message: issue.message }
  if (draft.lotNumber.trim() === '')
    return { key: 'lotNumber', message: 'Lot number is needed: every unit has to be traceable' }
  const at = fromLocalInput(draft.deliveredAt)
  if (at === undefined) return { key: 'deliveredAt', message: 'Day and time are needed' }
  if (at > context.now + clockStepMs) return { key: 'deliveredAt', message: 'This is in the future' }
  return undefined
}
