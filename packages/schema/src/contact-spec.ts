import { activityFields } from './activity-spec.ts'
import { attachmentCollection } from './attachment-spec.ts'
import type { FieldGroup, FieldShapes } from './field-spec.ts'
import { sampleFields, signatureFields } from './sample-spec.ts'

export const contactGroups: readonly FieldGroup[] = [
  { id: 'identity', label: 'Identity' },
  { id: 'profession', label: 'Profession' },
  { id: 'reach', label: 'How to reach them' },
  { id: 'address', label: 'Address' },
  { id: 'wishes', label: 'Wishes' },
]

const doNot = 'Holds for everybody in the company, at once.'

/** Scalar fields of a contact (DOMAIN 1.7 and 5.4). */
export const contactFields = {
  firstName: { label: 'First name', type: 'string', maxLength: 100, default: '', group: 'identity' },
  lastName: {
    label: 'Last name',
    type: 'string',
    required: true,
    default: '',
    maxLength: 100,
    group: 'identity',
  },
  credentials: {
    label: 'Credentials',
    type: 'string',
    maxLength: 50,
    help: 'As in MD, PharmD.',
    group: 'identity',
  },
  title: { label: 'Title', type: 'string', maxLength: 200, group: 'profession' },
  department: { label: 'Department', type: 'string', maxLength: 200, group: 'profession' },
  hcpType: {
    label: 'Profession',
    type: 'choice',
    options: [
      { value: 'physician', label: 'Physician' },
      { value: 'nurse_practitioner', label: 'Nurse practitioner' },
      { value: 'physician_assistant', label: 'Physician assistant' },
      { value: 'pharmacist', label: 'Pharmacist' },
      { value: 'nurse', label: 'Nurse' },
      { value: 'administrator', label: 'Administrator' },
      { value: 'other', label: 'Other' },
    ],
    group: 'profession',
  },
  npi: {
    label: 'NPI',
    type: 'npi',
    help: 'National Provider Identifier: ten digits, the last one is a check digit.',
    group: 'profession',
  },
  specialty: { label: 'Specialty', type: 'string', maxLength: 100, group: 'profession' },
  segment: {
    label: 'Segment',
    type: 'choice',
    options: [
      { value: 'a', label: 'A, highest potential' },
      { value: 'b', label: 'B, high potential' },
      { value: 'c', label: 'C, medium potential' },
      { value: 'd', label: 'D, low potential' },
    ],
    group: 'profession',
  },
  formularyStatus: {
    label: 'Formulary status',
    type: 'choice',
    options: [
      { value: 'preferred', label: 'Preferred' },
      { value: 'standard', label: 'Standard' },
      { value: 'non_preferred', label: 'Non-preferred' },
      { value: 'not_covered', label: 'Not covered' },
    ],
    group: 'profession',
  },
  ownerId: { label: 'Owner', type: 'person', group: 'profession' },
  isActive: { label: 'Active', type: 'boolean', default: true, group: 'profession' },
  email: { label: 'Email', type: 'email', maxLength: 254, group: 'reach' },
  phone: { label: 'Phone', type: 'phone', maxLength: 40, group: 'reach' },
  mobile: { label: 'Mobile', type: 'phone', maxLength: 40, group: 'reach' },
  preferredChannel: {
    label: 'Preferred channel',
    type: 'choice',
    options: [
      { value: 'visit', label: 'Visit' },
      { value: 'phone', label: 'Phone' },
      { value: 'video', label: 'Video' },
      { value: 'email', label: 'Email' },
      { value: 'sms', label: 'Text message' },
    ],
    group: 'reach',
  },
  bestTime: { label: 'Best time', type: 'string', maxLength: 200, group: 'reach' },
  language: { label: 'Language', type: 'string', maxLength: 50, group: 'reach' },
  addressLine1: { label: 'Street', type: 'string', maxLength: 200, group: 'address' },
  addressLine2: { label: 'Building or suite', type: 'string', maxLength: 200, group: 'address' },
  city: { label: 'City', type: 'string', maxLength: 100, group: 'address' },
  state: { label: 'State', type: 'string', maxLength: 50, group: 'address' },
  postalCode: { label: 'Postal code', type: 'string', maxLength: 20, group: 'address' },
  country: { label: 'Country', type: 'string', maxLength: 60, group: 'address' },
  doNotCall: { label: 'Do not call', type: 'boolean', default: false, help: doNot, group: 'wishes' },
  doNotEmail: { label: 'Do not email', type: 'boolean', default: false, help: doNot, group: 'wishes' },
  doNotVisit: { label: 'Do not visit', type: 'boolean', default: false, help: doNot, group: 'wishes' },
} as const satisfies FieldShapes

/** A licence to practise or prescribe (DOMAIN 5.4, 6.4). */
export const licenceFields = {
  number: { label: 'Number', type: 'string', required: true, default: '', maxLength: 50 },
  state: { label: 'State', type: 'string', maxLength: 50 },
  status: {
    label: 'Status',
    type: 'choice',
    default: 'active',
    options: [
      { value: 'active', label: 'Active' },
      { value: 'expired', label: 'Expired' },
      { value: 'suspended', label: 'Suspended' },
      { value: 'revoked', label: 'Revoked' },
    ],
  },
  expiresOn: { label: 'Expires on', type: 'date' },
  deaNumber: { label: 'DEA number', type: 'string', maxLength: 20 },
  deaSchedules: { label: 'DEA schedules', type: 'list', maxLength: 10 },
  deaExpiresOn: { label: 'DEA registration expires on', type: 'date' },
  address: { label: 'Address', type: 'string', maxLength: 300 },
} as const satisfies FieldShapes

/**
 * One line of consent, for one channel (DOMAIN 5.4, 6.5). Lines are added; an earlier one is never turned into an
 * opt-in. See consent.ts for what they mean together.
 */
export const consentFields = {
  channel: {
    label: 'Channel',
    type: 'choice',
    required: true,
    default: 'email',
    options: [
      { value: 'email', label: 'Email' },
      { value: 'phone', label: 'Phone' },
      { value: 'sms', label: 'Text message' },
      { value: 'video', label: 'Video' },
      { value: 'visit', label: 'Visit' },
      { value: 'post', label: 'Post' },
    ],
  },
  optType: {
    label: 'Consent',
    type: 'choice',
    required: true,
    // The most restrictive reading of a damaged line.
    default: 'opt_out',
    options: [
      { value: 'opt_in', label: 'Opted in' },
      { value: 'double_opt_in', label: 'Opted in and confirmed' },
      { value: 'opt_out', label: 'Opted out' },
    ],
  },
  capturedAt: { label: 'Given at', type: 'time' },
  capturedBy: { label: 'Recorded by', type: 'person' },
  scope: { label: 'Product or content', type: 'string', maxLength: 200 },
  channelValue: { label: 'Address or number', type: 'string', maxLength: 254 },
  language: { label: 'Language', type: 'string', maxLength: 50 },
  textVersion: { label: 'Version of the text', type: 'string', maxLength: 100 },
  evidence: { label: 'Evidence', type: 'string', maxLength: 2000 },
  expiresOn: { label: 'Expires on', type: 'date' },
  /** Ids of the opt-out lines of the same channel that this opt-in ends; whoever gave it had seen them. */
  replaces: { label: 'Ends the opt-outs', type: 'list', maxLength: 64 },
} as const satisfies FieldShapes

/** Where a contact works (DOMAIN 5.4). */
export const affiliationFields = {
  organization: { label: 'Organization', type: 'string', required: true, default: '', maxLength: 200 },
  role: { label: 'Role', type: 'string', maxLength: 200 },
  isPrimary: { label: 'Main place of work', type: 'boolean', default: false },
  startedOn: { label: 'From', type: 'date' },
  endedOn: { label: 'Until', type: 'date' },
} as const satisfies FieldShapes

export const contactCollections = {
  activities: { label: 'Activities', singular: 'Activity', fields: activityFields },
  licences: { label: 'Licences', singular: 'Licence', fields: licenceFields },
  consents: { label: 'Consents', singular: 'Consent', fields: consentFields },
  affiliations: { label: 'Affiliations', singular: 'Affiliation', fields: affiliationFields },
  samples: { label: 'Samples', singular: 'Sample record', fields: sampleFields, appendOnly: true },
  signatures: { label: 'Signatures', singular: 'Signature', fields: signatureFields, appendOnly: true },
  attachments: attachmentCollection,
} as const
