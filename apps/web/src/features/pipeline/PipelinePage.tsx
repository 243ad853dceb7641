import type { StageId } from '@fulqrun/schema'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useListQuery } from '../../data/use-list-query.ts'
import { useCatalogue, useMe, usePersonName } from '../../data/workspace.tsx'
import { useNow } from '../../data/clock.ts'
import { isoDay } from '../../fields/format.ts'
import { NotHereYet, useIsFirstSync } from '../../frame/NothingHere.tsx'
import { Button } from '../../ui/Button.tsx'
import { LayoutListIcon, PlusIcon } from '../../ui/icons.ts'
import { Page } from '../../ui/Page.tsx'
import { useNarrow } from '../../ui/use-media.ts'
import { ReadinessLine } from '../../frame/ReadinessLine.tsx'
import { EmptyReason } from '../../frame/EmptyReason.tsx'
import { useFoundNames } from '../search/use-search.ts'
import { CreateOpportunityDialog } from './CreateOpportunityDialog.tsx'
import { isOpenStage, opportunityRow, type OpportunityRow } from './opportunity-row.ts'
import {
  countFilters,
  filterRows,
  formatStages,
  noFilters,
  parseStages,
  type PipelineSearch,
  type SortKey,
  sortRows,
} from './pipeline-filter.ts'
import { computeTotals, groupByStage, type PipelineTotals, type StageGroup } from './pipeline-totals.ts'
import { PipelineCards } from './PipelineCards.tsx'
import { PipelineFilters } from './PipelineFilters.tsx'
import { PipelineTable } from './PipelineTable.tsx'
import { StageStrip, sumWords } from './StageStrip.tsx'

const route = getRouteApi('/pipeline')

interface PipelineData {
  readonly all: readonly OpportunityRow[]
  readonly rows: readonly OpportunityRow[]
  readonly groups: readonly StageGroup[] | undefined
  /** All stages under the other filters, so that the strip always shows the whole pipeline. */
  readonly strip: readonly StageGroup[]
  readonly totals: PipelineTotals
}

function usePipeline(search: PipelineSearch, today: string, ownerName: (id: string) => string): PipelineData {
  const entries = useCatalogue('opportunity')
  const me = useMe()
  const all = useMemo(() => entries.map(opportunityRow), [entries])
  const { sort, desc } = search
  // All of them, once: narrowing keeps the order, and is done at every key.
  const sorted = useMemo(
    () => sortRows(all, { key: sort ?? 'closeDate', isDescending: desc === true }, ownerName),
    [all, sort, desc, ownerName],
  )
  const found = useFoundNames(search.q, 'opportunity')
  return useMemo(() => {
    const context = { myId: me.user.id, today, ownerName, found }
    const open = filterRows(sorted, { ...search, stage: undefined }, context)
    const rows = search.stage === undefined ? open : filterRows(sorted, search, context)
    return {
      all,
      rows,
      totals: computeTotals(rows),
      groups: search.sort === undefined ? groupByStage(rows, () => false) : undefined,
      strip: groupByStage(open, isOpenStage),
    }
  }, [all, sorted, search, today, ownerName, found, me.user.id])
}

/** A heading that sorts: ascending, descending, then back to groups. */
function nextSort(search: PipelineSearch, key: SortKey): Pick<PipelineSearch, 'sort' | 'desc'> {
  if (search.sort !== key) return { sort: key, desc: undefined }
  return search.desc === true ? { sort: undefined, desc: undefined } : { sort: key, desc: true }
}

function toggleStage(search: PipelineSearch, stage: StageId): string | undefined {
  const chosen = parseStages(search.stage)
  return formatStages(chosen.includes(stage) ? chosen.filter((other) => other !== stage) : [...chosen, stage])
}

/** All opportunities of the person's territories, from this device. */
export function PipelinePage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const me = useMe()
  const ownerName = usePersonName()
  const today = isoDay(useNow(60_000))
  const change = useCallback(
    (part: Partial<PipelineSearch>) => {
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true }) // Overtaken navigations are no failure.
    },
    [navigate],
  )
  const [query, setQuery] = useListQuery(search.q, change)
  const wanted = useMemo(() => ({ ...search, q: query.trim() === '' ? undefined : query }), [search, query])
  const { all, rows, groups, strip, totals } = usePipeline(wanted, today, ownerName)
  const isFirstSync = useIsFirstSync()
  const isNarrow = useNarrow()
  const setCreating = (isOpen: boolean) => {
    change({ create: isOpen ? true : undefined })
  }
  const clear = () => {
    setQuery('')
    change(noFilters)
  }
  const list = { groups, rows, today, ownerName }
  return (
    <Page
      title="Pipeline"
      meta={
        !isFirstSync && (
          <span className="num text-sm text-ink-2">
            {totals.count} {totals.count === 1 ? 'opportunity' : 'opportunities'}
            {totals.sums.length > 0 &&
              `, ${sumWords(totals, 'total')}, ${sumWords(totals, 'weighted')} weighted`}
          </span>
        )
      }
      actions={
        me.canWrite && (
          <Button
            variant="primary"
            className="max-sm:hidden"
            icon={<PlusIcon aria-hidden className="size-4" />}
            onPress={() => {
              setCreating(true)
            }}
          >
            New opportunity
          </Button>
        )
      }
    >
      {isFirstSync ? (
        <NotHereYet what="opportunities" />
      ) : (
        <>
          {isNarrow && <ReadinessLine className="mb-3 text-sm" />}
          <StageStrip
            groups={strip}
            selected={parseStages(search.stage)}
            onToggle={(stage) => {
              change({ stage: toggleStage(search, stage) })
            }}
          />
          <PipelineFilters search={wanted} rows={all} onChange={change} onSearch={setQuery} onClear={clear} />
          {rows.length === 0 ? (
            <EmptyReason
              kind="opportunity"
              icon={<LayoutListIcon aria-hidden />}
              all={all.length}
              onClear={countFilters(search) > 0 || wanted.q !== undefined ? clear : undefined}
              none="Create the first one; it works without a network too."
            />
          ) : isNarrow ? (
            <PipelineCards {...list} />
          ) : (
            <PipelineTable
              {...list}
              sort={
                search.sort === undefined
                  ? undefined
                  : { key: search.sort, isDescending: search.desc === true }
              }
              onSort={(key) => {
                change(nextSort(search, key))
              }}
            />
          )}
        </>
      )}
      <CreateOpportunityDialog isOpen={search.create === true && me.canWrite} onOpenChange={setCreating} />
    </Page>
  )
}
