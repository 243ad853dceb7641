import { stages } from '@fulqrun/schema'
import { memo, type ReactNode, useMemo } from 'react'
import { useMe, usePeople } from '../../data/workspace.tsx'
import { formatMonth } from '../../fields/format.ts'
import { ListSearch } from '../../frame/ListSearch.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { ChevronDownIcon, XIcon } from '../../ui/icons.ts'
import { Menu, MenuItem, MenuSection } from '../../ui/Menu.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import {
  closeMonths,
  countFilters,
  formatStages,
  largestAccounts,
  type Need,
  needs,
  parseStages,
  type PipelineSearch,
} from './pipeline-filter.ts'
import { isStage, type OpportunityRow } from './opportunity-row.ts'
import { stageLabel } from './StageMark.tsx'

interface PipelineFiltersProps {
  readonly search: PipelineSearch
  /** All that there is to filter. */
  readonly rows: readonly OpportunityRow[]
  /** Sets some of the filters; undefined takes one away. */
  readonly onChange: (change: Partial<PipelineSearch>) => void
}

interface AllFiltersProps extends PipelineFiltersProps {
  readonly onSearch: (query: string) => void
  /** Takes the words and every filter away. */
  readonly onClear: () => void
}

/** A filter that opens a list; filled when it is set, and says to what. */
export function FilterMenu({
  label,
  value,
  children,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly children: ReactNode
}) {
  return (
    <Menu
      label={label}
      placement="bottom start"
      trigger={
        <Button
          size="sm"
          className={cx('max-w-56', value !== undefined && 'border-accent/60 bg-accent-soft text-accent-ink')}
        >
          <span className="truncate">{value === undefined ? label : `${label}: ${value}`}</span>
          <ChevronDownIcon aria-hidden className="size-3.5 shrink-0" />
        </Button>
      }
    >
      {children}
    </Menu>
  )
}

const anyone = 'any'

function OwnerFilter({ search, onChange }: PipelineFiltersProps) {
  const people = usePeople()
  const me = useMe()
  const owners = people.filter((person) => person.role !== 'compliance' && person.id !== me.user.id)
  const current = search.owner === 'me' ? 'Me' : people.find((person) => person.id === search.owner)?.name
  return (
    <FilterMenu label="Owner" value={current}>
      <MenuSection
        title="Owner"
        selection={{
          mode: 'single',
          ids: [search.owner ?? anyone],
          onChange: ([id]) => {
            onChange({ owner: id === anyone ? undefined : id })
          },
        }}
      >
        <MenuItem id={anyone} label="Anyone" />
        <MenuItem id="me" label="Me" />
        {owners.map((person) => (
          <MenuItem key={person.id} id={person.id} label={person.name} />
        ))}
      </MenuSection>
    </FilterMenu>
  )
}

function StageFilter({ search, onChange }: PipelineFiltersProps) {
  const chosen = parseStages(search.stage)
  const words = chosen.length > 2 ? `${chosen.length} stages` : chosen.map(stageLabel).join(', ')
  return (
    <FilterMenu label="Stage" value={chosen.length === 0 ? undefined : words}>
      <MenuSection
        title="Show (none chosen: all open stages)"
        selection={{
          mode: 'multiple',
          ids: chosen,
          onChange: (ids) => {
            onChange({
              stage: formatStages(
                stages.map(({ value }) => value).filter((stage) => ids.includes(stage) && isStage(stage)),
              ),
            })
          },
        }}
      >
        {stages.map(({ value, label }) => (
          <MenuItem key={value} id={value} label={label} />
        ))}
      </MenuSection>
    </FilterMenu>
  )
}

function TerritoryFilter({ search, onChange }: PipelineFiltersProps) {
  const { territories } = useMe()
  if (territories.length < 2) return null
  return (
    <FilterMenu label="Territory" value={territories.find(({ id }) => id === search.territory)?.name}>
      <MenuSection
        title="Territory"
        selection={{
          mode: 'single',
          ids: [search.territory ?? anyone],
          onChange: ([id]) => {
            onChange({ territory: id === anyone ? undefined : id })
          },
        }}
      >
        <MenuItem id={anyone} label="All territories" />
        {territories.map(({ id, name }) => (
          <MenuItem key={id} id={id} label={name} />
        ))}
      </MenuSection>
    </FilterMenu>
  )
}

/** One of several values, or none of them. */
function OneOf({
  label,
  none,
  title = label,
  value,
  choices,
  onChoose,
}: {
  readonly label: string
  readonly none: string
  readonly title?: string | undefined
  readonly value: string | undefined
  readonly choices: readonly { readonly id: string; readonly label: string }[]
  readonly onChoose: (id: string | undefined) => void
}) {
  return (
    <FilterMenu label={label} value={choices.find(({ id }) => id === value)?.label ?? value}>
      <MenuSection
        title={title}
        selection={{
          mode: 'single',
          ids: [value ?? anyone],
          onChange: ([id]) => {
            onChoose(id === anyone ? undefined : id)
          },
        }}
      >
        <MenuItem id={anyone} label={none} />
        {choices.map((choice) => (
          <MenuItem key={choice.id} id={choice.id} label={choice.label} />
        ))}
      </MenuSection>
    </FilterMenu>
  )
}

/** More accounts than this are no list to choose from; search finds the others. */
const maxAccounts = 50

const needLabels: Readonly<Record<Need, string>> = {
  decision: 'Your decision',
  proposal: 'A proposal to be decided',
  plan: 'A next activity',
  qualification: 'More MEDDPICC answers',
}

function RecordFilters({ search, rows, onChange }: PipelineFiltersProps) {
  const months = useMemo(() => closeMonths(rows), [rows])
  const accounts = useMemo(() => largestAccounts(rows, maxAccounts), [rows])
  return (
    <>
      <OneOf
        label="Closes"
        none="Any month"
        value={search.close}
        choices={months.map((month) => ({ id: month, label: formatMonth(month) }))}
        onChoose={(close) => {
          onChange({ close })
        }}
      />
      <OneOf
        label="Account"
        title={accounts.length === maxAccounts ? 'Largest accounts' : 'Account'}
        none="All accounts"
        value={search.account}
        choices={accounts.map((account) => ({ id: account, label: account }))}
        onChoose={(account) => {
          onChange({ account })
        }}
      />
      <OneOf
        label="Needs"
        none="Anything"
        value={search.need}
        choices={needs.map((need) => ({ id: need, label: needLabels[need] }))}
        onChoose={(id) => {
          onChange({ need: needs.find((need) => need === id) })
        }}
      />
    </>
  )
}

/** The filters without the words: they stay the same while somebody types. */
function useSettled({
  stage,
  owner,
  territory,
  overdue,
  close,
  account,
  need,
}: PipelineSearch): PipelineSearch {
  return useMemo(
    () => ({ stage, owner, territory, overdue, close, account, need }),
    [stage, owner, territory, overdue, close, account, need],
  )
}

/** Eight menus, which are not drawn again at every key. */
const Chips = memo(function Chips({ search, rows, onChange }: PipelineFiltersProps) {
  return (
    <>
      <StageFilter search={search} rows={rows} onChange={onChange} />
      <OwnerFilter search={search} rows={rows} onChange={onChange} />
      <TerritoryFilter search={search} rows={rows} onChange={onChange} />
      <RecordFilters search={search} rows={rows} onChange={onChange} />
      <ToggleChip
        isOn={search.overdue === true}
        onToggle={(isOn) => {
          onChange({ overdue: isOn ? true : undefined })
        }}
      >
        Overdue
      </ToggleChip>
    </>
  )
})

/** Search and filter chips; all of it stands in the address of the page. */
export function PipelineFilters({ search, rows, onChange, onSearch, onClear }: AllFiltersProps) {
  const settled = useSettled(search)
  const isFiltered = search.q !== undefined || countFilters(search) > 0
  return (
    <div
      role="search"
      aria-label="Filter the pipeline"
      className="thin-scroll mb-3 flex items-center gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:pb-1 sm:flex-wrap"
    >
      <ListSearch label="Search opportunities" value={search.q ?? ''} onChange={onSearch} />
      <Chips search={settled} rows={rows} onChange={onChange} />
      {isFiltered && (
        <Button size="sm" variant="quiet" icon={<XIcon aria-hidden className="size-3.5" />} onPress={onClear}>
          Clear
        </Button>
      )}
    </div>
  )
}
