import { assessRisk, nextActivity, type OpportunityView, type Risk, type RiskLevel } from '@fulqrun/schema'
import { useNow } from '../history/use-now.ts'
import { formatDateShort, isoDay } from '../../fields/format.ts'
import { LabelledField } from '../../fields/InlineField.tsx'
import { Badge, type Tone } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { CalendarIcon } from '../../ui/icons.ts'
import { Meter } from '../../ui/Meter.tsx'
import { Section } from '../../ui/Section.tsx'
import { PlainTextField } from '../notes/PlainTextField.tsx'
import { dueWords } from './activity-groups.ts'
import { Stakeholders } from './Stakeholders.tsx'

export interface OverviewTabProps {
  readonly view: OpportunityView
  readonly onSelect: (section: string) => void
}

/** Key fields and the description on the left; what to do next, who matters and what is risky on the right. */
export function OverviewTab({ view, onSelect }: OverviewTabProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-4 max-lg:contents">
        <KeyFields view={view} />
        <Section title="Description" className="max-lg:order-3">
          <PlainTextField
            name="description"
            label="Description"
            hideLabel
            minRows={4}
            placeholder="What this is about, for somebody who sees it for the first time"
          />
        </Section>
      </div>
      <div className="flex min-w-0 flex-col gap-4 max-lg:contents">
        <NextStep view={view} onSelect={onSelect} />
        <RiskFactors view={view} />
        <Stakeholders view={view} />
      </div>
    </div>
  )
}

function KeyFields({ view }: { readonly view: OpportunityView }) {
  const { fields } = view
  const isClosed = fields.stage === 'closed_won' || fields.stage === 'closed_lost'
  return (
    <Section title="Key facts" className="max-lg:order-2">
      <div className="flex flex-col gap-0.5">
        <LabelledField path="fields.account" value={fields.account} />
        <LabelledField path="fields.product" value={fields.product} />
        <LabelledField path="fields.probability" value={fields.probability} />
        <LabelledField path="fields.budget" value={fields.budget} />
        <LabelledField path="fields.contactName" value={fields.contactName} />
        <LabelledField path="fields.decisionMaker" value={fields.decisionMaker} />
        <LabelledField
          path="fields.competitors"
          value={fields.competitors}
          placeholder="Names, separated by commas"
        />
        <LabelledField path="fields.competitionLevel" value={fields.competitionLevel} />
        {fields.stage === 'closed_lost' && (
          <LabelledField path="fields.lossReason" value={fields.lossReason} />
        )}
        {isClosed && <LabelledField path="fields.outcomeNote" value={fields.outcomeNote} />}
      </div>
    </Section>
  )
}

function NextStep({ view, onSelect }: OverviewTabProps) {
  const today = isoDay(useNow())
  const planned = nextActivity(view.activities)
  const due = dueWords(planned?.dueDate, today)
  return (
    <Section title="Next step" className="max-lg:order-1">
      <div className="flex flex-col gap-0.5">
        <LabelledField
          layout="stack"
          path="fields.nextStep"
          value={view.fields.nextStep}
          placeholder="What has to happen next?"
        />
        <LabelledField path="fields.nextStepDate" value={view.fields.nextStepDate} />
      </div>
      <Button
        variant="quiet"
        className="-ms-1 mt-2 h-auto w-full justify-start px-1 py-1 text-start whitespace-normal"
        icon={<CalendarIcon aria-hidden className="size-4 shrink-0" />}
        onPress={() => {
          onSelect('activities')
        }}
      >
        {planned === undefined ? (
          'No activity planned. Plan one'
        ) : (
          <span className="min-w-0">
            <span className="text-ink">{planned.subject}</span>{' '}
            <span className="num text-ink-3">
              {formatDateShort(planned.dueDate, today)}
              {due !== undefined && `, ${due}`}
            </span>
          </span>
        )}
      </Button>
    </Section>
  )
}

const riskTones: Record<RiskLevel, Tone> = {
  low: 'good',
  medium: 'attention',
  high: 'conflict',
  critical: 'conflict',
}
const riskWords: Record<RiskLevel, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
}

function factorTone(score: number): Tone {
  if (score > 60) return 'conflict'
  return score > 40 ? 'attention' : 'good'
}

function RiskFactors({ view }: { readonly view: OpportunityView }) {
  const risk: Risk = assessRisk(view, useNow())
  const factors = risk.factors.toSorted((a, b) => b.score * b.weight - a.score * a.weight)
  return (
    <Section
      title="Risk"
      className="max-lg:order-4"
      meta={
        <span className="flex items-center gap-2">
          <Badge tone={riskTones[risk.level]}>
            {riskWords[risk.level]} {risk.score}
          </Badge>
          from {Math.round(risk.confidence * 100)} % of the facts
        </span>
      }
    >
      <ul className="flex flex-col gap-2">
        {factors.map((factor) => (
          <li key={factor.id}>
            <div className="flex items-center gap-2 text-sm">
              <span className="w-28 shrink-0 text-ink-2">{factor.label}</span>
              <Meter
                className="flex-1"
                value={factor.score}
                tone={factorTone(factor.score)}
                label={`${factor.label} risk`}
              />
            </div>
            {factor.advice !== undefined && <p className="text-xs text-ink-3">{factor.advice}</p>}
          </li>
        ))}
      </ul>
    </Section>
  )
}
