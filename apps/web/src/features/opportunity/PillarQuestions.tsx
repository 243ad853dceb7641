import {
  meddpiccKey,
  type MeddpiccPillarId,
  meddpiccPillars,
  type MeddpiccQuestion,
  type OpportunityView,
} from '@fulqrun/schema'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { FieldFrame } from '../../fields/FieldFrame.tsx'
import { LabelledField } from '../../fields/InlineField.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { useField } from '../../fields/use-field.ts'
import { labelClass } from '../../ui/control.ts'
import { PlainTextField } from '../notes/PlainTextField.tsx'
import type { GapStep, MeddpiccGap } from './meddpicc-gaps.ts'

function stepKey(pillarId: MeddpiccPillarId, step: GapStep): string {
  switch (step.kind) {
    case 'evidence':
      return meddpiccKey(pillarId, 'evidence')
    case 'date':
      return meddpiccKey(pillarId, 'evidenceDate')
    default:
      return meddpiccKey(pillarId, step.questionId)
  }
}

/** Puts the cursor where a gap is filled, once its pillar is on the page. The person asked for it by a press. */
export function focusStep({ pillarId, step }: MeddpiccGap): void {
  const holder = `[data-question="${stepKey(pillarId, step)}"]`
  // Two frames: one for React to show the pillar, one for the accordion to open.
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const place = document.querySelector<HTMLElement>(holder)
      place?.scrollIntoView({ block: 'center' })
      place
        ?.querySelector<HTMLElement>('textarea, input:checked, input, button')
        ?.focus({ preventScroll: true })
    })
  })
}

export interface PillarQuestionsProps {
  readonly pillarId: MeddpiccPillarId
  readonly view: OpportunityView
}

/** The questions of one pillar with their answers, and where the answers come from. */
export function PillarQuestions({ pillarId, view }: PillarQuestionsProps) {
  const pillar = meddpiccPillars.find(({ id }) => id === pillarId)
  if (pillar === undefined) return null
  const evidence = meddpiccKey(pillarId, 'evidence')
  const evidenceDate = meddpiccKey(pillarId, 'evidenceDate')
  return (
    <div className="flex flex-col gap-4">
      {pillar.questions.map((question) => {
        const key = meddpiccKey(pillarId, question.id)
        return (
          <div key={question.id} data-question={key}>
            {question.type === 'text' ? (
              <PlainTextField
                name={key}
                label={question.label}
                help={question.optional === true ? 'Optional: counts only once it is answered.' : undefined}
                placeholder="Answer in your own words"
              />
            ) : (
              <ChoiceQuestion path={`fields.${key}`} question={question} value={choiceOf(view, key)} />
            )}
          </div>
        )
      })}
      <div className="flex flex-col gap-0.5 border-t border-line pt-3">
        <div data-question={evidence}>
          <LabelledField
            path={`fields.${evidence}`}
            value={choiceOf(view, evidence)}
            placeholder="Mail, meeting, document: where is this from?"
          />
        </div>
        <div data-question={evidenceDate}>
          <LabelledField path={`fields.${evidenceDate}`} value={choiceOf(view, evidenceDate)} />
        </div>
      </div>
    </div>
  )
}

function choiceOf(view: OpportunityView, key: string): string | undefined {
  return (view.fields as Readonly<Record<string, unknown>>)[key] as string | undefined
}

/** A radio group rather than a list: all answers and what they are worth are visible at once. */
function ChoiceQuestion({
  path,
  question,
  value,
}: {
  readonly path: string
  readonly question: MeddpiccQuestion
  readonly value: string | undefined
}) {
  const { announceField } = useRecordScope()
  const { canWrite, commit, problem, remoteChanges } = useField(path, value)
  return (
    <FieldFrame path={path} remoteChanges={remoteChanges} problem={problem}>
      <RadioGroup
        value={value ?? null}
        onChange={commit}
        isReadOnly={!canWrite}
        onFocusChange={(isFocused) => {
          announceField(isFocused ? path : undefined)
        }}
        className="flex flex-col gap-1"
      >
        <Label className={labelClass}>{question.label}</Label>
        <div className="flex flex-col">
          {question.options?.map((option) => (
            <Radio
              key={option.value}
              value={option.value}
              className="group flex min-h-8 items-center gap-2 rounded-md px-2 text-base hover:bg-hover focus-visible:outline-2 focus-visible:outline-accent-ink touch:min-h-11"
            >
              <span
                aria-hidden
                className="grid size-4 shrink-0 place-items-center rounded-full border border-edge bg-surface group-selected:border-accent group-selected:bg-accent"
              >
                <span className="size-1.5 rounded-full bg-transparent group-selected:bg-on-accent" />
              </span>
              <span className="flex-1">{option.label}</span>
              <span className="num text-xs text-ink-3">{option.points} of 10</span>
            </Radio>
          ))}
        </div>
      </RadioGroup>
    </FieldFrame>
  )
}
