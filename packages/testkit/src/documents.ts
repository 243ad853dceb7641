import type { DocumentKind } from '@fulqrun/protocol'
import {
  addEntry,
  createDocument,
  defineRoots,
  getNotes,
  setPinned,
  type CollectionRoot,
  type PinnedRoot,
} from '@fulqrun/schema'
import * as Y from 'yjs'

/**
 * Builders of small, complete documents. Client ids, entry ids and times are fixed, so that the same call gives the
 * same bytes and ties are broken the same way every time.
 */

/** Client id under which builders write what only the server may. */
export const serverClientId = 1_000_000
/** 2026-09-14T09:00:00Z, the moment at which built documents were made. */
export const buildTime = Date.UTC(2026, 8, 14, 9)

export interface MakeOptions {
  /** Client id of the author; 1 unless told. */
  readonly clientId?: number | undefined
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  readonly texts?: Readonly<Record<string, string>> | undefined
  /** One paragraph each. */
  readonly notes?: readonly string[] | undefined
  readonly pinned?: Readonly<Partial<Record<PinnedRoot, Readonly<Record<string, unknown>>>>> | undefined
  /** Entries per collection, keyed by their ids. */
  readonly entries?:
    | Readonly<Partial<Record<CollectionRoot, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>>
    | undefined
}

function build(kind: DocumentKind, { clientId = 1, ...parts }: MakeOptions): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = clientId
  createDocument(doc, {
    kind,
    territoryId: 'territory-north',
    createdBy: 'user-ana',
    createdAt: buildTime,
    fields: parts.fields,
    texts: parts.texts,
  })
  for (const [collection, entries] of Object.entries(parts.entries ?? {}))
    for (const [id, values] of Object.entries(entries))
      addEntry(doc, collection as CollectionRoot, values, { now: buildTime, id })
  appendNotes(doc, parts.notes ?? [])
  asServer(doc, () => {
    for (const [root, values] of Object.entries(parts.pinned ?? {}))
      setPinned(doc, root as PinnedRoot, values, { now: buildTime })
  })
  return doc
}

/** Runs `write` under the server's client id. */
export function asServer(doc: Y.Doc, write: () => void): void {
  const own = doc.clientID
  doc.clientID = serverClientId
  write()
  doc.clientID = own
}

/** Adds paragraphs at the end of the notes. */
export function appendNotes(doc: Y.Doc, paragraphs: readonly string[]): void {
  if (paragraphs.length === 0) return
  const notes = getNotes(doc)
  notes.push(
    paragraphs.map((words) => {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.insert(0, [new Y.XmlText(words)])
      return paragraph
    }),
  )
}

export function makeOpportunity(options: MakeOptions = {}): Y.Doc {
  return build('opportunity', {
    ...options,
    fields: {
      name: 'Cardiology formulary, St. Vincent',
      account: 'St. Vincent Hospital',
      product: 'Velorin 10 mg',
      stage: 'engaging',
      ownerId: 'user-ana',
      closeDate: '2026-11-30',
      nextStep: 'Send the budget impact model',
      nextStepDate: '2026-09-21',
      'meddpicc.metrics.urgency': 'high',
      ...options.fields,
    },
    texts: { 'meddpicc.metrics.currentCost': 'Readmissions cost about 1.2 M a year', ...options.texts },
    notes: options.notes ?? ['Met Dr. Okafor on the ward.', 'She asked for the budget impact model.'],
    pinned: {
      financials: { amount: 45_000, currency: 'USD', discount: 5, version: 1, source: 'finance' },
      ...options.pinned,
    },
    entries: options.entries ?? {
      activities: {
        'activity-1': {
          type: 'call',
          subject: 'Call Dr. Okafor',
          dueDate: '2026-09-18',
          createdBy: 'user-ana',
        },
        'activity-2': {
          type: 'meeting',
          subject: 'First visit',
          status: 'completed',
          completedAt: buildTime,
          completedBy: 'user-ana',
          outcome: 'follow_up_required',
        },
      },
      stakeholders: { 'person-1': { name: 'Dr. Okafor', role: 'champion', influence: 'high' } },
    },
  })
}

export function makeContact(options: MakeOptions = {}): Y.Doc {
  return build('contact', {
    ...options,
    fields: {
      firstName: 'Grace',
      lastName: 'Okafor',
      credentials: 'MD',
      npi: '1234567893',
      specialty: 'Cardiology',
      segment: 'a',
      email: 'grace.okafor@stvincent.example',
      phone: '+1 555 0101',
      city: 'Springfield',
      state: 'IL',
      formularyStatus: 'preferred',
      ...options.fields,
    },
    texts: options.texts,
    notes: options.notes ?? ['Prefers visits before ward round.'],
    entries: options.entries ?? {
      licences: {
        'licence-1': { number: 'IL-036-1', state: 'IL', expiresOn: '2027-07-31', status: 'active' },
      },
      consents: {
        'consent-1': {
          channel: 'email',
          optType: 'opt_in',
          capturedAt: buildTime,
          textVersion: 'EN-3',
          evidence: 'Signed form',
          expiresOn: '2027-09-14',
        },
      },
      affiliations: {
        'affiliation-1': {
          organization: 'St. Vincent Hospital',
          role: 'Head of cardiology',
          isPrimary: true,
        },
      },
    },
  })
}

export function makeKpi(options: MakeOptions = {}): Y.Doc {
  const trx = { value: 812, asOf: buildTime, formulaVersion: 1, previous: 760, trend: [700, 742, 760, 812] }
  return build('kpi', {
    ...options,
    fields: { period: '2026-Q3', title: 'North, third quarter', ...options.fields },
    texts: { commentary: 'Two wards switched in August.', ...options.texts },
    notes: options.notes ?? [],
    pinned: options.pinned ?? {
      targets: { trx: 1000, market_share: 20 },
      values: { trx, market_share: { value: 14.5, asOf: buildTime, formulaVersion: 1 } },
    },
  })
}

export function makeDocument(kind: DocumentKind, options: MakeOptions = {}): Y.Doc {
  if (kind === 'opportunity') return makeOpportunity(options)
  return kind === 'contact' ? makeContact(options) : makeKpi(options)
}

/** A replica: the same content under another client id. */
export function copyDocument(doc: Y.Doc, kind: DocumentKind, clientId: number): Y.Doc {
  const copy = new Y.Doc()
  copy.clientID = clientId
  defineRoots(copy, kind)
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy
}

/** Gives both replicas everything that either has. */
export function exchange(a: Y.Doc, b: Y.Doc): void {
  const fromA = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b))
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)))
  Y.applyUpdate(b, fromA)
}

/** Everything in a document as JSON, root by root; for comparing replicas. Define the roots first. */
export function documentJson(doc: Y.Doc): Record<string, unknown> {
  const roots = [...doc.share].map(([name, type]) => ({ name, json: type.toJSON() as unknown }))
  const filled = roots.filter(({ json }) => hasContent(json)).sort((a, b) => (a.name < b.name ? -1 : 1))
  return Object.fromEntries(filled.map(({ name, json }) => [name, json]))
}

function hasContent(json: unknown): boolean {
  return json !== '' && (typeof json !== 'object' || json === null || Object.keys(json).length > 0)
}
