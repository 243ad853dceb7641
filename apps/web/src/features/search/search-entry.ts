import type { CatalogueEntry, DocumentKind, DocumentName } from '@fulqrun/protocol'
import { contactFields, stages } from '@fulqrun/schema'

/** What search knows of a record from the list alone; small, because it is sent to a worker. */
export interface SearchEntry {
  readonly name: DocumentName
  readonly kind: DocumentKind
  readonly title: string
  /** Account of an opportunity, workplace of a contact, quarter of a KPI set. */
  readonly account: string
  /** Name of the person who owns it. */
  readonly owner: string
  /** Other words that lists show. */
  readonly more: string
  /** Sequence of the server's log that the list speaks of. */
  readonly head: number
  readonly updatedAt: number
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '')

function labelOf(
  options: readonly { readonly value: string; readonly label: string }[],
  id: unknown,
): string {
  return options.find(({ value }) => value === id)?.label ?? ''
}

/** Phone numbers are looked for with and without their spaces. */
function phoneWords(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '')
  return digits === '' ? '' : `${phone} ${digits}`
}

function moreOf({ kind, summary }: CatalogueEntry): readonly string[] {
  if (kind === 'opportunity') {
    const next = summary['nextActivity'] as { readonly subject?: unknown } | undefined
    return [
      words(summary['product']),
      labelOf(stages, summary['stage']),
      words(summary['nextStep']),
      words(next?.subject),
    ]
  }
  if (kind === 'contact') {
    return [
      words(summary['specialty']),
      words(summary['city']),
      words(summary['email']),
      words(summary['npi']),
      phoneWords(words(summary['phone'])),
      labelOf(contactFields.segment.options, summary['segment']),
    ]
  }
  return []
}

/** Reads a summary that an older or newer version may have written: what does not fit is left out. */
export function searchEntry(entry: CatalogueEntry, nameOf: (userId: string) => string): SearchEntry {
  const { name, kind, title, head, updatedAt, summary } = entry
  const owner = words(summary['owner'])
  return {
    name,
    kind,
    title,
    account: words(summary['account']) || words(summary['organization']) || words(summary['period']),
    owner: owner === '' ? '' : nameOf(owner),
    more: moreOf(entry)
      .filter((part) => part !== '')
      .join(' '),
    head,
    updatedAt,
  }
}
