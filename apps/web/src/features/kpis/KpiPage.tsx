import { type KpiDefinition, kpiDefinitions, type KpiView, readKpi } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type * as Y from 'yjs'
import { useView } from '../../data/view.ts'
import { useCatalogue, useDocument, useDocumentState, useMe } from '../../data/workspace.tsx'
import { isoDay } from '../../fields/format.ts'
import { RecordScope, useRecordScope } from '../../fields/record-scope.tsx'
import { NotHereYet, useIsFirstSync } from '../../frame/NothingHere.tsx'
import { RecordGate } from '../../frame/RecordGate.tsx'
import { Facepile } from '../../ui/Avatar.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { BarChart3Icon } from '../../ui/icons.ts'
import { Page, Skeleton } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { useNow } from '../history/use-now.ts'
import { RecordNotices } from '../opportunity/RecordNotices.tsx'
import { PlainTextField } from '../notes/PlainTextField.tsx'
import {
  chooseKpiSet,
  type KpiChoice,
  type KpiSearch,
  kpiSets,
  quarterLabel,
  quartersOf,
} from './kpi-search.ts'
import { families } from './kpi-words.ts'
import { KpiCard } from './KpiCard.tsx'
import { useArrivals } from './use-arrivals.ts'

const route = getRouteApi('/kpis')

const readView = (doc: Y.Doc): KpiView => readKpi(doc).view

/** Money in KPI sets is in one currency for the whole company. */
const currency = 'USD'

interface LiveCardProps {
  readonly definition: KpiDefinition
  readonly view: KpiView
  readonly now: number
}

function LiveCard({ definition, view, now }: LiveCardProps) {
  const value = view.values[definition.id]
  const arrivals = useArrivals(value?.value)
  return (
    <KpiCard
      definition={definition}
      value={value}
      target={view.targets[definition.id]}
      currency={currency}
      now={now}
      arrivals={arrivals}
    />
  )
}

function Presence() {
  const { peers } = useRecordScope()
  return (
    <Facepile
      label="Also here"
      people={peers.map((peer) => ({ id: peer.userId, name: peer.name, color: peer.color }))}
    />
  )
}

function hasAnything(view: KpiView, definition: KpiDefinition): boolean {
  return view.values[definition.id] !== undefined || view.targets[definition.id] !== undefined
}

function KpiBoard({ open }: { readonly open: OpenDocument }) {
  const view = useView(open, readView)
  const now = useNow()
  return (
    <RecordScope open={open} section="kpis">
      <RecordNotices view={view} />
      <div className="flex flex-col gap-6">
        {families.map((family) => {
          const own = kpiDefinitions.filter((kpi) => kpi.family === family.id && hasAnything(view, kpi))
          if (own.length === 0) return null
          return (
            <Section key={family.id} title={family.label} plain>
              <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
                {own.map((definition) => (
                  <LiveCard key={definition.id} definition={definition} view={view} now={now} />
                ))}
              </div>
            </Section>
          )
        })}
        <Section title="Commentary" actions={<Presence />}>
          <PlainTextField
            name="commentary"
            label="Commentary"
            hideLabel
            minRows={4}
            placeholder="What is behind the numbers? Everybody can write here at once."
          />
        </Section>
      </div>
    </RecordScope>
  )
}

function BoardOfGeneration({ open }: { readonly open: OpenDocument }) {
  const { generation } = useDocumentState(open)
  // After a refused edit the document is another one: everything that is bound to it is made anew.
  return <KpiBoard key={generation} open={open} />
}

function OpenKpiSet({ name }: { readonly name: Parameters<typeof useDocument>[0] }) {
  const open = useDocument(name)
  if (open === undefined) return <Skeleton label="Opening the KPI set" />
  return (
    <RecordGate open={open} hasHeading>
      <BoardOfGeneration open={open} />
    </RecordGate>
  )
}

interface PickersProps {
  readonly choice: KpiChoice
  readonly quarters: readonly string[]
  readonly onChange: (search: KpiSearch) => void
}

function Pickers({ choice, quarters, onChange }: PickersProps) {
  const { territories } = useMe()
  return (
    <>
      <Select
        label="Territory"
        hideLabel
        className="w-36"
        choices={territories.map(({ id, name }) => ({ id, label: name }))}
        value={choice.territoryId}
        onChange={(territory) => {
          onChange({ territory, quarter: choice.quarter })
        }}
      />
      <Select
        label="Quarter"
        hideLabel
        className="w-32"
        choices={quarters.map((quarter) => ({ id: quarter, label: quarterLabel(quarter) }))}
        value={choice.quarter}
        onChange={(quarter) => {
          onChange({ territory: choice.territoryId, quarter })
        }}
      />
    </>
  )
}

/** The numbers of one territory and quarter, live, with what the team writes about them. */
export function KpiPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { territories } = useMe()
  const entries = useCatalogue('kpi')
  const isFirstSync = useIsFirstSync()
  const today = isoDay(useNow())
  const sets = useMemo(() => kpiSets(entries), [entries])
  const choice = chooseKpiSet(sets, search, { territoryId: territories[0]?.id, today })
  return (
    <Page
      title="KPIs"
      actions={
        sets.length > 0 && (
          <Pickers
            choice={choice}
            quarters={quartersOf(sets)}
            onChange={(next) => {
              void navigate({ search: next, replace: true }) // Overtaken navigations are no failure.
            }}
          />
        )
      }
    >
      {isFirstSync ? (
        <NotHereYet what="KPIs" />
      ) : choice.set === undefined ? (
        <EmptyState icon={<BarChart3Icon aria-hidden />} title="No numbers for this territory and quarter">
          Numbers are computed by the server. Choose another territory or quarter.
        </EmptyState>
      ) : (
        <OpenKpiSet key={choice.set.entry.name} name={choice.set.entry.name} />
      )}
    </Page>
  )
}
