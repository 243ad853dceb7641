import type { FieldOption, FieldShape } from './field-spec.ts'

/**
 * The nine MEDDPICC pillars with their questions and default weights (DOMAIN 1.3, section 7).
 *
 * A choice question is the field `meddpicc.<pillar>.<question>`; a text question is the co-edited text of that name.
 * Every pillar has the fields `meddpicc.<pillar>.evidence` and `meddpicc.<pillar>.evidenceDate`.
 */

export interface MeddpiccQuestion {
  readonly id: string
  readonly label: string
  readonly type: 'text' | 'choice'
  readonly options?: readonly FieldOption[] | undefined
  /** An optional question counts only once it is answered. */
  readonly optional?: boolean | undefined
}

export interface MeddpiccPillar {
  readonly id: MeddpiccPillarId
  readonly label: string
  readonly help: string
  /** Share in the overall score; always divided by the sum of all weights. */
  readonly weight: number
  readonly questions: readonly MeddpiccQuestion[]
}

export const meddpiccPillarIds = [
  'metrics',
  'economicBuyer',
  'decisionCriteria',
  'decisionProcess',
  'paperProcess',
  'identifyPain',
  'implicatePain',
  'champion',
  'competition',
] as const
export type MeddpiccPillarId = (typeof meddpiccPillarIds)[number]

function textQuestion(id: string, label: string): MeddpiccQuestion {
  return { id, label, type: 'text' }
}

function choiceQuestion(id: string, label: string, options: readonly FieldOption[]): MeddpiccQuestion {
  return { id, label, type: 'choice', options }
}

/** Version of the questions, points and weights below; recorded beside every score. */
export const meddpiccVersion = 1

export const meddpiccPillars: readonly MeddpiccPillar[] = [
  {
    id: 'metrics',
    label: 'Metrics',
    help: 'What the customer gains, in numbers they would repeat.',
    weight: 15,
    questions: [
      textQuestion('currentCost', 'What does the problem cost them today?'),
      textQuestion('expectedRoi', 'What return do they expect?'),
      textQuestion('successMetrics', 'How will they measure success?'),
      choiceQuestion('urgency', 'How urgent is it?', [
        { value: 'critical', label: 'Critical, needed now', points: 10 },
        { value: 'high', label: 'High, within 3 months', points: 8 },
        { value: 'medium', label: 'Medium, within 6 months', points: 6 },
        { value: 'low', label: 'Low, within 12 months', points: 4 },
        { value: 'not_urgent', label: 'Not urgent', points: 2 },
      ]),
    ],
  },
  {
    id: 'economicBuyer',
    label: 'Economic buyer',
    help: 'The person who can spend the money.',
    weight: 20,
    questions: [
      textQuestion('whoApproves', 'Who approves the purchase?'),
      textQuestion('role', 'What is their role and influence?'),
      choiceQuestion('metBuyer', 'Have you met them?', [
        { value: 'multiple_meetings', label: 'Yes, several times', points: 10 },
        { value: 'one_meeting', label: 'Yes, once', points: 7 },
        { value: 'scheduled', label: 'A meeting is scheduled', points: 4 },
        { value: 'not_identified', label: 'Not identified yet', points: 0 },
      ]),
      textQuestion('budgetAuthority', 'What budget may they decide on?'),
    ],
  },
  {
    id: 'decisionCriteria',
    label: 'Decision criteria',
    help: 'What they compare, and what matters most.',
    weight: 10,
    questions: [
      textQuestion('keyCriteria', 'What are the key criteria?'),
      textQuestion('importance', 'How important is each of them?'),
      textQuestion('mustHaves', 'What must they have?'),
    ],
  },
  {
    id: 'decisionProcess',
    label: 'Decision process',
    help: 'How the decision is made, by whom and when.',
    weight: 15,
    questions: [
      textQuestion('steps', 'What are the steps to a decision?'),
      textQuestion('stakeholders', 'Who takes part in it?'),
      textQuestion('timeline', 'What is the timeline?'),
    ],
  },
  {
    id: 'paperProcess',
    label: 'Paper process',
    help: 'Contracts, procurement and compliance on the way to a signature.',
    weight: 5,
    questions: [
      textQuestion('documentation', 'Which documents are needed?'),
      textQuestion('procurement', 'How does procurement work?'),
      { ...textQuestion('compliance', 'Which compliance steps apply?'), optional: true },
    ],
  },
  {
    id: 'identifyPain',
    label: 'Identify pain',
    help: 'The problem they want solved.',
    weight: 20,
    questions: [
      textQuestion('biggestChallenge', 'What is their biggest challenge?'),
      textQuestion('consequences', 'What happens if nothing changes?'),
      textQuestion('previousAttempts', 'What have they tried before?'),
    ],
  },
  {
    id: 'implicatePain',
    label: 'Implicate pain',
    help: 'What the problem does to the whole organization.',
    weight: 20,
    questions: [
      textQuestion('fullImpact', 'What is the full impact?'),
      textQuestion('urgencyCreation', 'What makes it urgent?'),
      textQuestion('stakeholderImpact', 'Who else is affected?'),
    ],
  },
  {
    id: 'champion',
    label: 'Champion',
    help: 'The person who sells for you when you are not there.',
    weight: 10,
    questions: [
      textQuestion('identity', 'Who is your champion?'),
      choiceQuestion('influence', 'How much influence do they have?', [
        { value: 'very_high', label: 'Very high, C-level', points: 10 },
        { value: 'high', label: 'High, vice president or director', points: 8 },
        { value: 'medium', label: 'Medium, manager', points: 6 },
        { value: 'low', label: 'Low, individual contributor', points: 4 },
        { value: 'unknown', label: 'Unknown', points: 2 },
      ]),
      choiceQuestion('commitment', 'How committed are they?', [
        { value: 'full', label: 'Fully committed', points: 10 },
        { value: 'strong', label: 'Strong', points: 8 },
        { value: 'moderate', label: 'Moderate', points: 6 },
        { value: 'neutral', label: 'Neutral', points: 4 },
        { value: 'none', label: 'None', points: 2 },
      ]),
    ],
  },
  {
    id: 'competition',
    label: 'Competition',
    help: 'Who else they look at, including doing nothing.',
    weight: 5,
    questions: [
      textQuestion('competitors', 'Who are the competitors?'),
      textQuestion('advantages', 'What are their advantages?'),
      textQuestion('differentiation', 'What sets us apart?'),
      choiceQuestion('winProbability', 'How likely are we to win against them?', [
        { value: 'over_90', label: '90 % or more', points: 10 },
        { value: 'from_70', label: '70 to 89 %', points: 8 },
        { value: 'from_50', label: '50 to 69 %', points: 6 },
        { value: 'from_30', label: '30 to 49 %', points: 4 },
        { value: 'under_30', label: 'Under 30 %', points: 2 },
      ]),
    ],
  },
]

/** The three questions of the litmus test, ten points each (DOMAIN 1.3). */
export const litmusQuestions: readonly (MeddpiccQuestion & { readonly options: readonly FieldOption[] })[] = [
  {
    id: 'budgetConfirmed',
    label: 'Is the budget confirmed?',
    type: 'choice',
    options: [
      { value: 'approved', label: 'Approved', points: 10 },
      { value: 'allocated', label: 'Allocated', points: 8 },
      { value: 'identified', label: 'Identified', points: 6 },
      { value: 'unclear', label: 'Unclear', points: 2 },
    ],
  },
  {
    id: 'decisionTimeline',
    label: 'Is the decision timeline known?',
    type: 'choice',
    options: [
      { value: 'specific_date', label: 'A specific date', points: 10 },
      { value: 'general', label: 'A general timeframe', points: 7 },
      { value: 'unclear', label: 'Unclear', points: 3 },
    ],
  },
  {
    id: 'championConfirmed',
    label: 'Is the champion confirmed?',
    type: 'choice',
    options: [
      { value: 'strong', label: 'A strong champion', points: 10 },
      { value: 'moderate', label: 'A moderate champion', points: 7 },
      { value: 'none', label: 'No champion', points: 2 },
    ],
  },
]

/** Key of a question's field, or name of its text: `meddpicc.<pillar>.<question>`. */
export function meddpiccKey(pillar: MeddpiccPillarId, question: string): string {
  return `meddpicc.${pillar}.${question}`
}

/** Scalar fields of all pillars and of the litmus test. */
export function meddpiccFields(): Record<string, FieldShape> {
  const fields: Record<string, FieldShape> = {}
  for (const pillar of meddpiccPillars) {
    const group = `meddpicc.${pillar.id}`
    for (const question of pillar.questions) {
      if (question.type !== 'choice') continue
      const { label, options } = question
      fields[meddpiccKey(pillar.id, question.id)] = { label, type: 'choice', options, group }
    }
    fields[meddpiccKey(pillar.id, 'evidence')] = {
      label: 'Evidence',
      type: 'string',
      maxLength: 2000,
      help: 'Where this is written down or who said it: a mail, a meeting, a document.',
      group,
    }
    fields[meddpiccKey(pillar.id, 'evidenceDate')] = { label: 'Date of the evidence', type: 'date', group }
  }
  for (const { id, label, options } of litmusQuestions)
    fields[`litmus.${id}`] = { label, type: 'choice', options, group: 'litmus' }
  return fields
}
