import { type CatalogueEntry, type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { type Consent, consentFields, contactFields, isCalendarDate } from '@fulqrun/schema'
import { waitsForChoice } from '../inbox/attention.ts'

export type Channel = Consent['channel']

/** All channels, in the order in which they are shown. */
export const consentChannels: readonly Channel[] = consentFields.channel.options.map(({ value }) => value)

/** One contact in a list, read from its catalogue summary. */
export interface ContactRow {
  readonly name: DocumentName
  readonly id: string
  readonly title: string
  readonly territoryId: string
  readonly specialty?: string | undefined
  readonly segment?: string | undefined
  readonly organization?: string | undefined
  readonly city?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
  /** Day of the last completed activity, as an ISO date. */
  readonly lastContact?: string | undefined
  /** People wrote different values, and somebody has to choose. */
  readonly waitsForChoice: boolean
  /** What the contact said per channel. */
  readonly consent: Readonly<Partial<Record<Channel, 'opt_in' | 'opt_out'>>>
  /** Last day of an opt-in as an ISO date, per channel that has one. */
  readonly consentExpires: Readonly<Partial<Record<Channel, string>>>
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The entries of an object that fit. */
function pick(value: unknown, fits: (part: unknown) => boolean): Readonly<Record<string, never>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, part]) => fits(part))) as Record<string, never>
}

const rows = new WeakMap<CatalogueEntry, ContactRow>()

/** The row of an entry; the same one until the entry changes, so that only what changed is read and drawn again. */
export function contactRow(entry: CatalogueEntry): ContactRow {
  const row = rows.get(entry) ?? readRow(entry)
  rows.set(entry, row)
  return row
}

/** Reads a summary that an older or newer version may have written: what does not fit is left out. */
function readRow({ name, title, territoryId, summary }: CatalogueEntry): ContactRow {
  return {
    name,
    id: parseDocumentName(name)?.id ?? '',
    title,
    territoryId,
    specialty: text(summary['specialty']),
    segment: text(summary['segment']),
    organization: text(summary['organization']),
    city: text(summary['city']),
    phone: text(summary['phone']),
    email: text(summary['email']),
    lastContact: text(summary['lastContact']),
    waitsForChoice: waitsForChoice(summary),
    consent: pick(summary['consent'], (word) => word === 'opt_in' || word === 'opt_out'),
    consentExpires: pick(summary['consentExpires'], (day) => typeof day === 'string' && isCalendarDate(day)),
  }
}

export const segments = contactFields.segment.options

/** `A` of `A, highest potential`. */
export function segmentLetter(segment: string): string {
  return segment.toUpperCase().slice(0, 1)
}
