import {
  type ContactView,
  contactName,
  licenceFields,
  optionLabel,
  type Sample,
  type SamplingLicence,
  type Signature,
  signatureFields,
} from '@fulqrun/schema'
import { formatDate, formatNumber, formatTime, isoDay } from '../../fields/format.ts'

/** Day with its year and clock time of this device: records of years ago have to be told apart. */
export function momentWords(ms: number): string {
  return `${formatDate(isoDay(ms))}, ${formatTime(ms)}`
}

const zonedFormat = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})

/** The same with the time zone, for a text that is signed and read elsewhere. */
export function zonedMoment(ms: number): string {
  return zonedFormat.format(ms)
}

/** `4 units of Velorin 10 mg`; a quantity that cannot be read is said to be unknown. */
export function quantityWords({ quantity, product }: Sample): string {
  if (quantity === undefined) return `an unknown number of units of ${product}`
  return `${formatNumber(quantity)} ${quantity === 1 ? 'unit' : 'units'} of ${product}`
}

/** `lot L-77, expires Mar 31, 2027`. */
export function lotWords({ lotNumber, lotExpiresOn }: Sample): string {
  const lot = lotNumber === undefined ? 'no lot number' : `lot ${lotNumber}`
  return lotExpiresOn === undefined ? lot : `${lot}, expires ${formatDate(lotExpiresOn)}`
}

export type Meaning = NonNullable<Signature['meaning']>

export function meaningLabel(meaning: Meaning | undefined): string {
  return meaning === undefined ? 'Meaning not recorded' : optionLabel(signatureFields.meaning, meaning)
}

/** Whether the receipt is signed; other signatures (a review) do not count as one. */
export function isReceived(signatures: readonly Signature[]): boolean {
  return signatures.some(({ meaning }) => meaning === 'received')
}

export function signaturesOf({ signatures }: ContactView, { id }: Sample): readonly Signature[] {
  return signatures.filter(({ sampleId }) => sampleId === id)
}

/** Samples whose receipt nobody has signed yet. */
export function unsignedSamples(view: ContactView): readonly Sample[] {
  return view.samples.filter((sample) => !isReceived(signaturesOf(view, sample)))
}

export interface StatementContext {
  readonly view: ContactView
  readonly personName: (id: string) => string
  /** How a moment (ms) reads; with the time zone. */
  readonly moment: (ms: number) => string
}

/** The text that is signed. It says everything itself, so that it holds without the record around it. */
export function statementOf(meaning: Meaning, sample: Sample, context: StatementContext): string {
  const to = contactName(context.view)
  const what = `${quantityWords(sample)} (${lotWords(sample)})`
  const when = sample.deliveredAt === undefined ? '' : ` on ${context.moment(sample.deliveredAt)}`
  const by = sample.deliveredBy === undefined ? '' : ` from ${context.personName(sample.deliveredBy)}`
  const request = sample.requestId === undefined ? '' : `, request ${sample.requestId}`
  switch (meaning) {
    case 'received':
      return `I received ${what}${by}${when} for ${to}.`
    case 'requested':
      return `I requested ${quantityWords(sample)}${request} for ${to}.`
    case 'delivered':
      return `I handed over ${what} to ${to}${when}.`
    case 'reviewed':
      return `I reviewed the record of ${what}, left with ${to}${when}.`
  }
}

export interface LicenceWords {
  readonly tone: 'good' | 'attention'
  readonly words: string
}

/** Whether samples may be left with a contact, and if not, why. */
export function licenceWords(found: SamplingLicence): LicenceWords {
  const { licence } = found
  const name =
    licence && `Licence ${licence.number}${licence.state === undefined ? '' : ` (${licence.state})`}`
  if (found.allowed) {
    const until = licence?.expiresOn === undefined ? '' : ` until ${formatDate(licence.expiresOn)}`
    return { tone: 'good', words: `${name ?? ''} is valid${until} and is recorded with the samples.` }
  }
  return { tone: 'attention', words: `${whyNot(found, name ?? 'The licence')} ${allTheSame}` }
}

const allTheSame =
  'Samples may be left only with somebody who holds a valid licence. What was handed over is recorded all the same.'

function whyNot({ reason, licence }: Extract<SamplingLicence, { allowed: false }>, name: string): string {
  if (reason === 'no-licence') return 'No licence is recorded for this contact.'
  if (reason === 'not-active')
    return `${name} is ${optionLabel(licenceFields.status, licence?.status ?? '').toLowerCase()}.`
  return licence?.status === 'active' && licence.expiresOn !== undefined
    ? `${name} ran out on ${formatDate(licence.expiresOn)}.`
    : `${name} has expired.`
}
