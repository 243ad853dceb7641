import { explainRule, type PolicyTable, whatIf } from '@fulqrun/rules'
import spec from '@fulqrun/rules/SPEC.md?raw'
import type { FieldSpec } from '@fulqrun/schema'
import { type ReactNode, useMemo } from 'react'
import { formatTime } from '../../fields/format.ts'
import { Badge } from '../../ui/Badge.tsx'
import { CheckIcon, DiamondIcon, HourglassIcon, InfoIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { valueWords } from '../history/value-words.ts'
import { type Bench, pretendPerson, questionOf } from './bench.ts'
import { fateSentence, fatesOf, type Mark, markOf, ruleOf } from './bench-words.ts'
import { ruleText } from './rule-text.ts'
import { fieldName } from './strategy-words.ts'

interface BenchOutcomeProps {
  readonly bench: Bench
  readonly field: FieldSpec
  readonly table: PolicyTable
}

const marks: Readonly<Record<Mark, ReactNode>> = {
  'open-conflict': (
    <Badge tone="conflict" icon={<DiamondIcon aria-hidden />}>
      Somebody has to choose
    </Badge>
  ),
  'settled-conflict': (
    <Badge icon={<InfoIcon aria-hidden />}>Settled by the rule; the other value is kept</Badge>
  ),
  proposals: (
    <Badge tone="pinned" icon={<HourglassIcon aria-hidden />}>
      Waits for approval
    </Badge>
  ),
  none: (
    <Badge tone="good" icon={<CheckIcon aria-hidden />}>
      Nothing to decide
    </Badge>
  ),
}

/** What the rules make of the bench: the same code as for real edits. */
export function BenchOutcome({ bench, field, table }: BenchOutcomeProps) {
  const { question, answer } = useMemo(() => {
    const asked = questionOf(bench, field, table)
    return { question: asked, answer: whatIf(asked) }
  }, [bench, field, table])
  const say = (value: unknown) => valueWords(value, field, { currency: undefined })
  const fates = fatesOf(question, answer)
  const rule = ruleOf(answer)
  const stands = say(answer.value)
  return (
    <Section title="What happens" actions={marks[markOf(answer)]}>
      <div role="status" className="flex flex-col gap-4">
        <div>
          <p className="text-sm text-ink-2">{fieldName(bench.kind, bench.path)} afterwards</p>
          <p className="num text-xl font-semibold whitespace-pre-line wrap-anywhere">{stands}</p>
        </div>
        <ol className="flex flex-col gap-2">
          {question.edits.map((edit, index) => (
            <li key={index === 0 ? 'first' : 'second'} className="text-base">
              <span className="font-medium">{pretendPerson(edit.author.id).name}</span>{' '}
              <span className="num text-ink-3">{formatTime(edit.editedAt)}</span>:{' '}
              <span className="wrap-anywhere">{say(edit.value)}</span>{' '}
              <span className="text-ink-2">{fateSentence(fates[index === 0 ? 0 : 1])}.</span>
            </li>
          ))}
        </ol>
        <RuleNote rule={rule} told={explain(rule, field, answer.value === undefined ? undefined : stands)} />
      </div>
    </Section>
  )
}

function explain(rule: string | undefined, { label }: FieldSpec, stands: string | undefined): string {
  return rule === undefined
    ? 'Nothing: each of the two knew what the other had written.'
    : explainRule(rule, { label, stands })
}

function RuleNote({ rule, told }: { readonly rule: string | undefined; readonly told: string }) {
  const text = rule === undefined ? undefined : ruleText(spec, rule)
  return (
    <dl className="flex flex-col gap-2 border-t border-line pt-3 text-sm">
      <div>
        <dt className="text-xs text-ink-3">What the person is told whose value does not stand</dt>
        <dd className="text-ink">{told}</dd>
      </div>
      {rule !== undefined && (
        <div>
          <dt className="text-xs text-ink-3">Rule {rule}, as packages/rules/SPEC.md has it</dt>
          <dd className="max-w-[72ch] text-ink-2">{text ?? 'It is not listed there.'}</dd>
        </div>
      )}
    </dl>
  )
}
