import { stages } from '@fulqrun/schema'
import type { ReactNode } from 'react'
import { useMe, usePeople } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { ChevronDownIcon, XIcon } from '../../ui/icons.ts'
import { Menu, MenuItem, MenuSection } from '../../ui/Menu.tsx'
import { SearchField } from '../../ui/TextField.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { formatStages, parseStages, type PipelineSearch } from './pipeline-filter.ts'
import { isStage } from './opportunity-row.ts'
import { stageLabel } from './StageMark.tsx'

export interface PipelineFiltersProps {
  readonly search: PipelineSearch
  /** Sets some of the filters; undefined takes one away. */
  readonly onChange: (change: Partial<PipelineSearch>) => void
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

/** Search and filter chips; all of it stands in the address of the page. */
export function PipelineFilters({ search, onChange }: PipelineFiltersProps) {
  const isFiltered = [search.q, search.stage, search.owner, search.territory, search.overdue].some(
    (value) => value !== undefined,
  )
  return (
    <div
      role="search"
      aria-label="Filter the pipeline"
      className="thin-scroll mb-3 flex items-center gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:pb-1 sm:flex-wrap"
    >
      <SearchField
        label="Search opportunities"
        className="w-56 shrink-0 sm:w-60"
        value={search.q ?? ''}
        onChange={(q) => {
          onChange({ q: q === '' ? undefined : q })
        }}
      />
      <StageFilter search={search} onChange={onChange} />
      <OwnerFilter search={search} onChange={onChange} />
      <TerritoryFilter search={search} onChange={onChange} />
      <ToggleChip
        isOn={search.overdue === true}
        onToggle={(isOn) => {
          onChange({ overdue: isOn ? true : undefined })
        }}
      >
        Overdue
      </ToggleChip>
      {isFiltered && (
        <Button
          size="sm"
          variant="quiet"
          icon={<XIcon aria-hidden className="size-3.5" />}
          onPress={() => {
            onChange({
              q: undefined,
              stage: undefined,
              owner: undefined,
              territory: undefined,
              overdue: undefined,
            })
          }}
        >
          Clear
        </Button>
      )}
    </div>
  )
}
