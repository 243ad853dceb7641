import type { FieldShapes } from './field-spec.ts'

/**
 * A photo or document on an activity. The entry says what the file is; its bytes travel beside the document, under
 * their hash. An entry is added whole and stays as it is until somebody removes it (SCH-40): it is a root of its own
 * and not a list inside the activity, so that two people who attach at once both keep theirs, and removing one file
 * is one line of the history.
 */
export const attachmentFields = {
  activityId: { label: 'Activity', type: 'reference', required: true, maxLength: 64 },
  name: { label: 'Name', type: 'string', required: true, default: '', maxLength: 200 },
  /** As the device named it; the server looks at the bytes itself. */
  type: {
    label: 'Type of file',
    type: 'string',
    required: true,
    default: 'application/octet-stream',
    maxLength: 100,
  },
  size: { label: 'Size', type: 'integer', required: true, min: 1, max: 10 * 1024 * 1024, unit: 'bytes' },
  hash: { label: 'Hash', type: 'hash', required: true },
  width: { label: 'Width', type: 'integer', min: 1, max: 100_000, unit: 'px' },
  height: { label: 'Height', type: 'integer', min: 1, max: 100_000, unit: 'px' },
  addedBy: { label: 'Attached by', type: 'person' },
  addedAt: { label: 'Attached at', type: 'time' },
} as const satisfies FieldShapes

/** The collection of a kind, the same for every kind that has activities. */
export const attachmentCollection = {
  label: 'Attachments',
  singular: 'Attachment',
  fields: attachmentFields,
  isFixed: true,
} as const

/** Hexadecimal SHA-256 of the bytes of a file, in small letters: the name under which they are stored and sent. */
export const hashPattern = /^[0-9a-f]{64}$/

export function isHash(value: unknown): value is string {
  return typeof value === 'string' && hashPattern.test(value)
}
