import {
  litmusQuestions,
  type MeddpiccPillarId,
  meddpiccPillars,
  type MeddpiccScore,
  type OpportunityView,
  type PillarScore,
  scoreMeddpicc,
} from '@fulqrun/schema'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import { LabelledField } from '../../fields/InlineField.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { ArrowRightIcon, CheckIcon, ChevronRightIcon } from '../../ui/icons.ts'
import { Meter, scoreTone } from '../../ui/Meter.tsx'
import { Section } from '../../ui/Section.tsx'
import { gapWords, levelLabel, type MeddpiccGap, meddpiccGaps } from './meddpicc-gaps.ts'
import { focusStep, PillarQuestions } from './PillarQuestions.tsx'
import { useNarrow } from '../../ui/use-media.ts'
import { meddpiccLevel } from '@fulqrun/schema'

/** Where the deal is understood and where it is hoped for: nine pillars, their questions, and what to ask next. */
export function MeddpiccTab({ view }: { readonly view: OpportunityView }) {
  const score = scoreMeddpicc(view)
  const gaps = meddpiccGaps(score, view)
  const [chosen, setChosen] = useState<Choice>({ id: gaps[0]?.pillarId ?? 'metrics' })
  const isNarrow = useNarrow()
  const choose = (id: MeddpiccPillarId) => {
    setChosen({ id })
  }
  const goTo = (gap: MeddpiccGap) => {
    choose(gap.pillarId)
    focusStep(gap)
  }
  useWantedPillar((id) => {
    choose(id)
    const gap = gaps.find(({ pillarId }) => pillarId === id)
    if (gap !== undefined) focusStep(gap)
  })
  const parts = { view, score, chosen: chosen.id, onChoose: choose }
  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Overall view={view} score={score} />
        <Gaps gaps={gaps} onGo={goTo} />
      </div>
      {isNarrow ? <PillarAccordion {...parts} choice={chosen} /> : <PillarPanes {...parts} />}
    </div>
  )
}

/** A pillar that somebody asked for; a new object each time, so that asking again for the same one counts. */
interface Choice {
  readonly id: MeddpiccPillarId
}

/** Follows addresses that name a pillar behind the `#`, as the list of what a stage needs does. */
function useWantedPillar(onWanted: (id: MeddpiccPillarId) => void): void {
  const location = useLocation()
  const follow = useEffectEvent((hash: string) => {
    const wanted = meddpiccPillars.find(({ id }) => id === hash)
    if (wanted !== undefined) onWanted(wanted.id)
  })
  useEffect(() => {
    follow(location.hash)
  }, [location])
}

function Overall({ view, score }: { readonly view: OpportunityView; readonly score: MeddpiccScore }) {
  return (
    <Section title="Score" meta={`Questions version ${score.version}`}>
      <div className="flex items-baseline gap-2">
        <span className="num text-2xl font-semibold">{score.overall}</span>
        <span className="text-sm text-ink-3">of 100</span>
        <Badge tone={scoreTone(score.overall)}>{levelLabel(score.level)}</Badge>
      </div>
      <Meter className="mt-1 mb-3 w-full" value={score.overall} label="MEDDPICC score" showValue={false} />
      <h3 className="flex items-center gap-2 text-sm font-semibold">
        Litmus test
        <span className="num font-normal text-ink-3">{score.litmus} of 100</span>
      </h3>
      <div className="mt-1 flex flex-col gap-0.5">
        {litmusQuestions.map(({ id }) => (
          <LabelledField
            key={id}
            layout="stack"
            path={`fields.litmus.${id}`}
            value={view.fields[`litmus.${id}`]}
            placeholder="Not answered"
          />
        ))}
      </div>
    </Section>
  )
}

/** So many gaps are a plan; all nine would be a list of everything. */
const shownGaps = 4

function Gaps({
  gaps,
  onGo,
}: {
  readonly gaps: readonly MeddpiccGap[]
  readonly onGo: (gap: MeddpiccGap) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? gaps : gaps.slice(0, shownGaps)
  return (
    <Section title="Ask next" meta={gaps.length === 0 ? undefined : 'what adds most comes first'}>
      {gaps.length === 0 ? (
        <p className="flex items-center gap-1.5 text-sm text-good">
          <CheckIcon aria-hidden className="size-4" />
          Every question is answered, evidenced and dated.
        </p>
      ) : (
        <ol className="-mx-2 flex flex-col">
          {shown.map((gap) => (
            <li key={gap.pillarId}>
              <AriaButton
                onPress={() => {
                  onGo(gap)
                }}
                className="flex min-h-11 w-full items-center gap-3 rounded-md px-2 py-1 text-start hover:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <span className="block text-xs text-ink-3">{gap.label}</span>
                  <span className="block text-base text-ink">{gapWords(gap)}</span>
                </span>
                <span className="num shrink-0 text-sm text-good">up to +{gap.gain}</span>
                <ArrowRightIcon aria-hidden className="size-4 shrink-0 text-ink-3" />
              </AriaButton>
            </li>
          ))}
        </ol>
      )}
      {gaps.length > shownGaps && (
        <Button
          variant="quiet"
          size="sm"
          aria-expanded={isOpen}
          onPress={() => {
            setOpen(!isOpen)
          }}
        >
          {isOpen ? 'Show fewer' : `Show all ${gaps.length}`}
        </Button>
      )}
    </Section>
  )
}

interface PillarsProps {
  readonly view: OpportunityView
  readonly score: MeddpiccScore
  readonly chosen: MeddpiccPillarId
  readonly onChoose: (pillar: MeddpiccPillarId) => void
}

function answeredWords(pillar: PillarScore): string {
  return `${pillar.answered} of ${pillar.questions.length} answered`
}

function PillarLine({ pillar }: { readonly pillar: PillarScore }) {
  return (
    <span className="min-w-0 flex-1">
      <span className="flex items-baseline justify-between gap-2">
        <span className="truncate text-base font-medium text-ink">{pillar.label}</span>
        <span className="num shrink-0 text-xs text-ink-3">weight {pillar.weight}</span>
      </span>
      <span className="flex items-center gap-2">
        <Meter className="flex-1" value={pillar.score} label={`${pillar.label} score`} />
        <span className="w-15 shrink-0 text-xs text-ink-2">{levelLabel(meddpiccLevel(pillar.score))}</span>
      </span>
    </span>
  )
}

function PillarPanes({ view, score, chosen, onChoose }: PillarsProps) {
  const current = score.pillars.find(({ id }) => id === chosen)
  return (
    <div className="grid items-start gap-4 md:grid-cols-[15rem_minmax(0,1fr)] lg:grid-cols-[18rem_minmax(0,1fr)]">
      <nav aria-label="Pillars" className="overflow-hidden rounded-lg border border-line bg-surface">
        <ul>
          {score.pillars.map((pillar) => (
            <li key={pillar.id} className="border-b border-line last:border-b-0">
              <AriaButton
                {...(pillar.id === chosen ? { 'aria-current': 'true' as const } : {})}
                onPress={() => {
                  onChoose(pillar.id)
                }}
                className={cx(
                  'flex w-full gap-2 border-s-2 border-transparent px-3 py-2 text-start hover:bg-hover',
                  pillar.id === chosen && 'border-accent bg-accent-soft hover:bg-accent-soft',
                )}
              >
                <PillarLine pillar={pillar} />
              </AriaButton>
            </li>
          ))}
        </ul>
      </nav>
      {current !== undefined && (
        <Section title={current.label} meta={answeredWords(current)}>
          <p className="mb-3 text-sm text-ink-2">{helpOf(current.id)}</p>
          <PillarQuestions key={current.id} pillarId={current.id} view={view} />
        </Section>
      )}
    </div>
  )
}

function helpOf(id: MeddpiccPillarId): string {
  return meddpiccPillars.find((pillar) => pillar.id === id)?.help ?? ''
}

function PillarAccordion({
  view,
  score,
  chosen,
  choice,
  onChoose,
}: PillarsProps & { readonly choice: Choice }) {
  // One open at a time, as a sheet of paper per pillar; the open one can be closed too.
  const [isClosed, setClosed] = useState(true)
  const [shown, setShown] = useState(choice)
  if (shown !== choice) {
    setShown(choice)
    setClosed(false)
  }
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      {score.pillars.map((pillar) => (
        <Disclosure
          key={pillar.id}
          isExpanded={pillar.id === chosen && !isClosed}
          onExpandedChange={(isExpanded) => {
            if (isExpanded) onChoose(pillar.id)
            else setClosed(true)
          }}
          className="group border-b border-line last:border-b-0"
        >
          <Heading level={3} className="font-normal">
            <AriaButton
              slot="trigger"
              className="flex min-h-14 w-full items-center gap-2 px-3 py-2 text-start"
            >
              <ChevronRightIcon
                aria-hidden
                className="size-4 shrink-0 text-ink-3 transition-transform duration-120 group-data-expanded:rotate-90"
              />
              <PillarLine pillar={pillar} />
            </AriaButton>
          </Heading>
          <DisclosurePanel className="overflow-hidden">
            <div className="px-3 pt-1 pb-4">
              <p className="mb-3 text-sm text-ink-2">
                {helpOf(pillar.id)} {answeredWords(pillar)}.
              </p>
              <PillarQuestions pillarId={pillar.id} view={view} />
            </div>
          </DisclosurePanel>
        </Disclosure>
      ))}
    </div>
  )
}
