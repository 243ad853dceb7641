import type { FieldShapes } from './field-spec.ts'

/**
 * Samples and the signatures for them (DOMAIN 1.8, 5.4, 6.1, 6.4). Both are records that are added whole and stay as
 * they were: a wrong one is answered by another one, never corrected in place.
 */

/** Samples that were left with a contact: what, how many, which lot, when, by whom, on which licence. */
export const sampleFields = {
  product: {
    label: 'Product and strength',
    type: 'string',
    required: true,
    default: '',
    maxLength: 100,
    help: 'As on the pack.',
  },
  // No default: a quantity that cannot be read is unknown, and must not read as one.
  quantity: {
    label: 'Quantity',
    type: 'integer',
    required: true,
    min: 1,
    max: 10_000,
    help: 'Units handed over.',
  },
  lotNumber: {
    label: 'Lot number',
    type: 'string',
    maxLength: 50,
    help: 'Every unit can be traced by it.',
  },
  lotExpiresOn: { label: 'Lot expires on', type: 'date' },
  deliveredAt: { label: 'Handed over at', type: 'time' },
  deliveredBy: { label: 'Handed over by', type: 'person' },
  channel: {
    label: 'How they were handed over',
    type: 'choice',
    default: 'in_person',
    options: [
      { value: 'in_person', label: 'In person' },
      { value: 'post', label: 'By post or carrier' },
    ],
  },
  deliveredTo: { label: 'Address', type: 'string', maxLength: 300 },
  licenceNumber: { label: 'Licence number', type: 'string', maxLength: 50 },
  licenceState: { label: 'Licence state', type: 'string', maxLength: 50 },
  requestId: {
    label: 'Request number',
    type: 'reference',
    maxLength: 100,
    help: 'Of the written request that came before.',
  },
  note: { label: 'Note', type: 'string', maxLength: 2000 },
} as const satisfies FieldShapes

/**
 * A signature: printed name, date and time, meaning (21 CFR 11.50), and the text that was signed. It names the record
 * it belongs to; that record is never changed, so the signature cannot come to stand under other words (11.70).
 */
export const signatureFields = {
  signedName: {
    label: 'Printed name',
    type: 'string',
    required: true,
    default: '',
    maxLength: 200,
  },
  /** The account under which it was recorded: of the signer, or of the person who handed the device over. */
  signedBy: { label: 'Recorded by', type: 'person' },
  title: { label: 'Professional title', type: 'string', maxLength: 200 },
  meaning: {
    label: 'Meaning',
    type: 'choice',
    required: true,
    options: [
      { value: 'received', label: 'Received the samples' },
      { value: 'requested', label: 'Requested the samples' },
      { value: 'delivered', label: 'Handed the samples over' },
      { value: 'reviewed', label: 'Reviewed the record' },
    ],
  },
  statement: { label: 'What was signed', type: 'string', required: true, default: '', maxLength: 2000 },
  signedAt: { label: 'Signed at', type: 'time', required: true },
  sampleId: { label: 'Samples', type: 'reference', required: true, maxLength: 64 },
} as const satisfies FieldShapes
