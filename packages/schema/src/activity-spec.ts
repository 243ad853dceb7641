import type { FieldShapes } from './field-spec.ts'

/** One activity of an opportunity or a contact (DOMAIN 1.8; type, status and outcome ids are those of the original). */
export const activityFields = {
  type: {
    label: 'Type',
    type: 'choice',
    required: true,
    default: 'task',
    options: [
      { value: 'call', label: 'Call' },
      { value: 'email', label: 'Email' },
      { value: 'meeting', label: 'Meeting' },
      { value: 'task', label: 'Task' },
      { value: 'note', label: 'Note' },
      { value: 'demo', label: 'Demonstration' },
      { value: 'presentation', label: 'Presentation' },
      { value: 'proposal', label: 'Proposal' },
    ],
  },
  subject: { label: 'Subject', type: 'string', required: true, default: '', maxLength: 200 },
  description: { label: 'Description', type: 'string', maxLength: 5000 },
  dueDate: { label: 'Due', type: 'date' },
  status: {
    label: 'Status',
    type: 'choice',
    required: true,
    default: 'pending',
    options: [
      { value: 'pending', label: 'Planned' },
      { value: 'completed', label: 'Completed' },
      { value: 'cancelled', label: 'Cancelled' },
    ],
  },
  priority: {
    label: 'Priority',
    type: 'choice',
    default: 'medium',
    options: [
      { value: 'low', label: 'Low' },
      { value: 'medium', label: 'Medium' },
      { value: 'high', label: 'High' },
    ],
  },
  outcome: {
    label: 'Outcome',
    type: 'choice',
    options: [
      { value: 'successful', label: 'Successful' },
      { value: 'unsuccessful', label: 'Unsuccessful' },
      { value: 'follow_up_required', label: 'Follow-up needed' },
      { value: 'no_response', label: 'No response' },
    ],
  },
  outcomeNote: { label: 'What came of it', type: 'string', maxLength: 2000 },
  callType: {
    label: 'Kind of call',
    type: 'choice',
    options: [
      { value: 'detailing', label: 'Detailing' },
      { value: 'sampling', label: 'Sampling' },
      { value: 'follow_up', label: 'Follow-up' },
      { value: 'presentation', label: 'Presentation' },
      { value: 'lunch_meeting', label: 'Lunch meeting' },
    ],
  },
  channel: {
    label: 'Channel',
    type: 'choice',
    options: [
      { value: 'in_person', label: 'In person' },
      { value: 'phone', label: 'Phone' },
      { value: 'video', label: 'Video' },
      { value: 'email', label: 'Email' },
      { value: 'message', label: 'Chat or text message' },
      { value: 'other', label: 'Other' },
    ],
  },
  products: { label: 'Products', type: 'list', maxLength: 100 },
  durationMinutes: { label: 'Duration', type: 'integer', min: 0, max: 1440, unit: 'min' },
  contactId: { label: 'Contact', type: 'reference' },
  assigneeId: { label: 'Assigned to', type: 'person' },
  completedAt: { label: 'Completed at', type: 'time' },
  completedBy: { label: 'Completed by', type: 'person' },
  createdAt: { label: 'Created at', type: 'time' },
  createdBy: { label: 'Created by', type: 'person' },
} as const satisfies FieldShapes
