import type { DocumentKind } from '@fulqrun/protocol'
import type { activityFields } from './activity-spec.ts'
import type { attachmentFields } from './attachment-spec.ts'
import type { affiliationFields, consentFields, contactFields, licenceFields } from './contact-spec.ts'
import type { Conflict } from './conflict.ts'
import type { FieldShapes, KpiValue, ValuesOf } from './field-spec.ts'
import type { KpiId } from './kpi-definitions.ts'
import type { kpiFields } from './kpi-spec.ts'
import type { financialFields, opportunityCoreFields, stakeholderFields } from './opportunity-spec.ts'
import type { Proposal } from './proposal.ts'
import type { sampleFields, signatureFields } from './sample-spec.ts'
import type { SchemaIssue } from './schema-issue.ts'

/** Roots `meta`; anything may be missing in a document that has not arrived yet. */
export interface Meta {
  readonly kind: DocumentKind | undefined
  /** 0 when the document has none: it is empty or damaged. */
  readonly schemaVersion: number
  readonly territoryId: string | undefined
  readonly createdBy: string | undefined
  readonly createdAt: number | undefined
}

/** An entry of a collection with its id. */
export type Entry<S extends FieldShapes> = ValuesOf<S> & { readonly id: string }
export type Activity = Entry<typeof activityFields>
export type Stakeholder = Entry<typeof stakeholderFields>
export type Licence = Entry<typeof licenceFields>
export type Consent = Entry<typeof consentFields>
export type Affiliation = Entry<typeof affiliationFields>
export type Sample = Entry<typeof sampleFields>
export type Signature = Entry<typeof signatureFields>
export type Attachment = Entry<typeof attachmentFields>

interface BaseView {
  readonly meta: Meta
  /** Plain words of the rich notes. */
  readonly notes: string
  /** Co-edited texts by name. */
  readonly texts: Readonly<Record<string, string>>
  readonly proposals: readonly Proposal[]
  /** Open and resolved, oldest first. */
  readonly conflicts: readonly Conflict[]
}

/** MEDDPICC and litmus answers by key: option ids, evidence, evidence dates. */
export type MeddpiccFields = {
  readonly [K in `meddpicc.${string}` | `litmus.${string}`]: string | undefined
}

export type Financials = ValuesOf<typeof financialFields>

export interface OpportunityView extends BaseView {
  readonly kind: 'opportunity'
  readonly fields: ValuesOf<typeof opportunityCoreFields> & MeddpiccFields
  readonly financials: Financials
  readonly activities: readonly Activity[]
  readonly stakeholders: readonly Stakeholder[]
  readonly attachments: readonly Attachment[]
}

export interface ContactView extends BaseView {
  readonly kind: 'contact'
  readonly fields: ValuesOf<typeof contactFields>
  readonly activities: readonly Activity[]
  readonly licences: readonly Licence[]
  readonly consents: readonly Consent[]
  readonly affiliations: readonly Affiliation[]
  readonly samples: readonly Sample[]
  readonly signatures: readonly Signature[]
  readonly attachments: readonly Attachment[]
}

export interface KpiView extends BaseView {
  readonly kind: 'kpi'
  readonly fields: ValuesOf<typeof kpiFields>
  readonly targets: Readonly<Record<KpiId, number | undefined>>
  readonly values: Readonly<Record<KpiId, KpiValue | undefined>>
}

export type DocumentView = OpportunityView | ContactView | KpiView

/** A repaired view, and what had to be repaired or left out. */
export interface Reading<V> {
  readonly view: V
  readonly issues: readonly SchemaIssue[]
}
