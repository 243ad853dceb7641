import { activityFields } from './activity-spec.ts'
import { attachmentCollection } from './attachment-spec.ts'
import type { FieldGroup, FieldShapes } from './field-spec.ts'
import { meddpiccFields, meddpiccKey, meddpiccPillars } from './meddpicc-questions.ts'

/** The stages of the PEAK process (DOMAIN 1.2, section 7), in order, with the probability each starts with. */
export const stages = [
  { value: 'prospecting', label: 'Prospecting', probability: 10, open: true },
  { value: 'engaging', label: 'Engaging', probability: 25, open: true },
  { value: 'advancing', label: 'Advancing', probability: 50, open: true },
  { value: 'key_decision', label: 'Key decision', probability: 75, open: true },
  { value: 'closed_won', label: 'Closed won', probability: 100, open: false },
  { value: 'closed_lost', label: 'Closed lost', probability: 0, open: false },
] as const
export type StageId = (typeof stages)[number]['value']

/** The probability (percent) that a stage stands for until somebody states another one. */
export function stageProbability(stage: StageId): number {
  return stages.find(({ value }) => value === stage)?.probability ?? 0
}

export const opportunityGroups: readonly FieldGroup[] = [
  { id: 'overview', label: 'Overview' },
  { id: 'people', label: 'People' },
  { id: 'plan', label: 'Plan' },
  { id: 'money', label: 'Budget' },
  { id: 'competition', label: 'Competition' },
  { id: 'outcome', label: 'Outcome' },
  ...meddpiccPillars.map(({ id, label }) => ({ id: `meddpicc.${id}`, label })),
  { id: 'litmus', label: 'Litmus test' },
]

/** Scalar fields of an opportunity except the MEDDPICC ones (DOMAIN 1.1 and 1.4). */
export const opportunityCoreFields = {
  name: {
    label: 'Name',
    type: 'string',
    required: true,
    default: '',
    maxLength: 200,
    group: 'overview',
  },
  account: { label: 'Account', type: 'string', maxLength: 200, group: 'overview' },
  accountId: { label: 'Account record', type: 'reference', group: 'overview' },
  product: { label: 'Product', type: 'string', maxLength: 200, group: 'overview' },
  stage: {
    label: 'Stage',
    type: 'choice',
    options: stages,
    required: true,
    default: 'prospecting',
    group: 'overview',
  },
  probability: {
    label: 'Probability',
    type: 'percent',
    min: 0,
    max: 100,
    unit: '%',
    help: 'Leave empty to use the probability of the stage.',
    group: 'overview',
  },
  closeDate: { label: 'Close date', type: 'date', group: 'overview' },
  ownerId: { label: 'Owner', type: 'person', group: 'people' },
  contactId: { label: 'Main contact', type: 'reference', group: 'people' },
  contactName: { label: 'Name of the main contact', type: 'string', maxLength: 200, group: 'people' },
  decisionMaker: { label: 'Decision maker', type: 'string', maxLength: 200, group: 'people' },
  nextStep: { label: 'Next step', type: 'string', maxLength: 500, group: 'plan' },
  nextStepDate: { label: 'Next step on', type: 'date', group: 'plan' },
  budget: {
    label: 'Customer budget',
    type: 'money',
    min: 0,
    help: 'What the customer says they can spend. The official amount is under Financials.',
    group: 'money',
  },
  competitors: { label: 'Competitors', type: 'list', maxLength: 100, group: 'competition' },
  competitionLevel: {
    label: 'Strength of competition',
    type: 'choice',
    options: [
      { value: 'none', label: 'None' },
      { value: 'low', label: 'Low' },
      { value: 'medium', label: 'Medium' },
      { value: 'high', label: 'High' },
      { value: 'intense', label: 'Intense' },
    ],
    group: 'competition',
  },
  lossReason: {
    label: 'Reason for losing',
    type: 'choice',
    options: [
      { value: 'price', label: 'Price' },
      { value: 'no_budget', label: 'No budget' },
      { value: 'competitor', label: 'A competitor won' },
      { value: 'no_decision', label: 'No decision' },
      { value: 'timing', label: 'Timing' },
      { value: 'formulary', label: 'Not on the formulary' },
      { value: 'product_fit', label: 'Product did not fit' },
      { value: 'other', label: 'Other' },
    ],
    group: 'outcome',
  },
  outcomeNote: { label: 'Why it was won or lost', type: 'string', maxLength: 2000, group: 'outcome' },
} as const satisfies FieldShapes

export const opportunityFields: FieldShapes = { ...opportunityCoreFields, ...meddpiccFields() }

/** Official numbers of an opportunity, written by the server only. */
export const financialFields = {
  amount: { label: 'Amount', type: 'money', min: 0, help: 'The official value, set by finance.' },
  currency: { label: 'Currency', type: 'currency', default: 'USD' },
  discount: { label: 'Discount', type: 'percent', min: 0, max: 100, unit: '%' },
  margin: { label: 'Margin', type: 'percent', min: -100, max: 100, unit: '%' },
  version: { label: 'Version', type: 'integer', min: 0, default: 0 },
  source: { label: 'Source', type: 'string', maxLength: 200 },
} as const satisfies FieldShapes

/** People on the customer's side and their part in the decision (DOMAIN 1.1, `contacts[{role, influence}]`). */
export const stakeholderFields = {
  name: { label: 'Name', type: 'string', required: true, default: '', maxLength: 200 },
  contactId: { label: 'Contact', type: 'reference' },
  role: {
    label: 'Role',
    type: 'choice',
    options: [
      { value: 'decision_maker', label: 'Decision maker' },
      { value: 'economic_buyer', label: 'Economic buyer' },
      { value: 'champion', label: 'Champion' },
      { value: 'influencer', label: 'Influencer' },
      { value: 'user', label: 'User' },
      { value: 'blocker', label: 'Opponent' },
    ],
  },
  influence: {
    label: 'Influence',
    type: 'choice',
    options: [
      { value: 'high', label: 'High' },
      { value: 'medium', label: 'Medium' },
      { value: 'low', label: 'Low' },
    ],
  },
} as const satisfies FieldShapes

export const opportunityTexts: FieldShapes = {
  description: { label: 'Description', type: 'text', group: 'overview' },
  ...Object.fromEntries(
    meddpiccPillars.flatMap((pillar) =>
      pillar.questions
        .filter(({ type }) => type === 'text')
        .map(({ id, label, optional }) => [
          meddpiccKey(pillar.id, id),
          {
            label,
            type: 'text' as const,
            group: `meddpicc.${pillar.id}`,
            ...(optional ? { help: 'Optional' } : {}),
          },
        ]),
    ),
  ),
}

export const opportunityCollections = {
  activities: { label: 'Activities', singular: 'Activity', fields: activityFields },
  stakeholders: { label: 'Stakeholders', singular: 'Stakeholder', fields: stakeholderFields },
  attachments: attachmentCollection,
} as const
