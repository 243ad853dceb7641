import { getRouteApi, Link } from '@tanstack/react-router'
import { memo, useCallback, useMemo, useRef } from 'react'
import { useNow } from '../../data/clock.ts'
import { useListQuery } from '../../data/use-list-query.ts'
import { useWindowRange } from '../../data/use-window-range.ts'
import { useCatalogue, useMe } from '../../data/workspace.tsx'
import { formatDateShort, isoDay } from '../../fields/format.ts'
import { EmptyReason } from '../../frame/EmptyReason.tsx'
import { ListSearch } from '../../frame/ListSearch.tsx'
import { KeepButton, NotHereMark, useNear, WaitingMark } from '../../frame/OfflineMarks.tsx'
import { NotHereYet, useIsFirstSync } from '../../frame/NothingHere.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { PlusIcon, UsersIcon, XIcon } from '../../ui/icons.ts'
import { MenuItem, MenuSection } from '../../ui/Menu.tsx'
import { Page } from '../../ui/Page.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { useNarrow } from '../../ui/use-media.ts'
import { FilterMenu } from '../pipeline/PipelineFilters.tsx'
import { ConsentMarks } from './ConsentMarks.tsx'
import { useFoundNames } from '../search/use-search.ts'
import {
  type Contacted,
  contactedFilters,
  type ContactSearch,
  filterContacts,
  isFiltered,
  noContactFilters,
  sortContacts,
  specialtiesOf,
} from './contact-filter.ts'
import { channelLabel } from './consent-words.ts'
import { consentChannels, contactRow, type ContactRow, segmentLetter, segments } from './contact-row.ts'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { CreateContactDialog } from './CreateContactDialog.tsx'

const route = getRouteApi('/contacts')

const anyone = 'any'

/** Heights of a row and of a card, as their classes say, for those that are out of sight. */
const rowHeight = 36
const cardHeight = 55
const heightOfRow = () => rowHeight
const heightOfCard = () => cardHeight

const contactedLabels: Readonly<Record<Contacted, string>> = {
  '30': 'In the last 30 days',
  '90': 'In the last 90 days',
  longer: 'Longer ago',
  never: 'Never',
}

interface ChoiceFilterProps {
  readonly label: string
  readonly allLabel: string
  readonly value: string | undefined
  readonly choices: readonly { readonly id: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}

function ChoiceFilter({ label, allLabel, value, choices, onChange }: ChoiceFilterProps) {
  return (
    <FilterMenu label={label} value={choices.find(({ id }) => id === value)?.label}>
      <MenuSection
        title={label}
        selection={{
          mode: 'single',
          ids: [value ?? anyone],
          onChange: ([id]) => {
            onChange(id === anyone ? undefined : id)
          },
        }}
      >
        <MenuItem id={anyone} label={allLabel} />
        {choices.map((choice) => (
          <MenuItem key={choice.id} id={choice.id} label={choice.label} />
        ))}
      </MenuSection>
    </FilterMenu>
  )
}

interface FiltersProps {
  readonly search: ContactSearch
  readonly specialties: readonly string[]
  readonly onChange: (change: Partial<ContactSearch>) => void
  readonly onSearch: (query: string) => void
  /** Takes the words and every filter away. */
  readonly onClear: () => void
}

function Filters({ search, specialties, onChange, onSearch, onClear }: FiltersProps) {
  const { territories } = useMe()
  return (
    <div
      role="search"
      aria-label="Filter contacts"
      className="thin-scroll mb-3 flex items-center gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:pb-1 sm:flex-wrap"
    >
      <ListSearch label="Search contacts" value={search.q ?? ''} onChange={onSearch} />
      <ChoiceFilter
        label="Specialty"
        allLabel="All specialties"
        value={search.specialty}
        choices={specialties.map((specialty) => ({ id: specialty, label: specialty }))}
        onChange={(specialty) => {
          onChange({ specialty })
        }}
      />
      <ChoiceFilter
        label="Segment"
        allLabel="All segments"
        value={search.segment}
        choices={segments.map(({ value, label }) => ({ id: value, label }))}
        onChange={(segment) => {
          onChange({ segment })
        }}
      />
      {territories.length > 1 && (
        <ChoiceFilter
          label="Territory"
          allLabel="All territories"
          value={search.territory}
          choices={territories.map(({ id, name }) => ({ id, label: name }))}
          onChange={(territory) => {
            onChange({ territory })
          }}
        />
      )}
      <ChoiceFilter
        label="May use"
        allLabel="Any consent"
        value={search.consent}
        choices={consentChannels.map((channel) => ({ id: channel, label: channelLabel(channel) }))}
        onChange={(id) => {
          onChange({ consent: consentChannels.find((channel) => channel === id) })
        }}
      />
      <ChoiceFilter
        label="Last contact"
        allLabel="Any time"
        value={search.contacted}
        choices={contactedFilters.map((id) => ({ id, label: contactedLabels[id] }))}
        onChange={(id) => {
          onChange({ contacted: contactedFilters.find((known) => known === id) })
        }}
      />
      {isFiltered(search) && (
        <Button size="sm" variant="quiet" icon={<XIcon aria-hidden className="size-3.5" />} onPress={onClear}>
          Clear
        </Button>
      )}
    </div>
  )
}

function Segment({ segment }: { readonly segment: string | undefined }) {
  if (segment === undefined) return <span className="text-ink-3">-</span>
  return (
    <Badge className="w-5 justify-center">
      <span className="sr-only">Segment </span>
      {segmentLetter(segment)}
    </Badge>
  )
}

const none = <span className="text-ink-3">-</span>

/** The room of rows that are out of sight. */
function Room({ height }: { readonly height: number }) {
  if (height === 0) return null
  return (
    <tr aria-hidden>
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- holds room, nothing else */}
      <td style={{ height }} />
    </tr>
  )
}

interface ContactListProps {
  readonly rows: readonly ContactRow[]
  /** ISO date. */
  readonly today: string
}

interface ContactLineProps {
  /** Its place among all. */
  readonly index: number
  readonly row: ContactRow
  readonly today: string
}

function ContactLine({ index, row, today }: ContactLineProps) {
  const { isNear, near } = useNear()
  return (
    <tr
      aria-rowindex={index + 2}
      className="group relative hover:bg-hover has-focus-visible:bg-hover"
      {...near}
    >
      <ContactCells row={row} today={today} isNear={isNear} />
    </tr>
  )
}

/** Scrolling and narrowing move rows; what stands in them is drawn again only when it changes. */
const ContactCells = memo(function ContactCells({
  row,
  today,
  isNear,
}: Omit<ContactLineProps, 'index'> & { readonly isNear: boolean }) {
  return (
    <>
      <Td className="h-9 ps-4">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to="/contacts/$id"
            params={{ id: row.id }}
            className="truncate font-medium text-ink after:absolute after:inset-0"
          >
            {row.title}
          </Link>
          <NotHereMark name={row.name} />
          <WaitingMark name={row.name} />
          <ChoiceMark isWaiting={row.waitsForChoice} />
          <KeepButton
            name={row.name}
            title={row.title}
            isNear={isNear}
            className="ms-auto hidden group-focus-within:inline-flex group-hover:inline-flex"
          />
        </span>
      </Td>
      <Td>
        <Segment segment={row.segment} />
      </Td>
      <Td className="truncate text-ink-2">{row.specialty ?? none}</Td>
      <Td className="truncate text-ink-2">{row.organization ?? none}</Td>
      <Td className="num truncate text-ink-2 max-2xl:hidden">{row.phone ?? none}</Td>
      <Td className="num truncate text-ink-2 max-lg:hidden">
        {row.lastContact === undefined ? none : formatDateShort(row.lastContact, today)}
      </Td>
      <Td className="pe-4">
        <ConsentMarks {...row} />
      </Td>
    </>
  )
})

function ContactTable({ rows, today }: ContactListProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const drawn = useWindowRange({ count: rows.length, heightOf: heightOfRow, list: body })
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Table className="table-fixed" aria-rowcount={rows.length + 1}>
        <caption className="sr-only">Contacts</caption>
        <thead>
          <tr>
            <Th className="w-[26%] ps-4">Name</Th>
            <Th className="w-18">Segment</Th>
            <Th>Specialty</Th>
            <Th className="w-[22%]">Workplace</Th>
            <Th className="w-36 max-2xl:hidden">Phone</Th>
            <Th className="w-24 max-lg:hidden">Last contact</Th>
            <Th className="w-56 pe-4">Consent</Th>
          </tr>
        </thead>
        <tbody ref={body}>
          <Room height={drawn.before} />
          {rows.slice(drawn.from, drawn.to).map((row, index) => (
            <ContactLine key={row.name} index={drawn.from + index} row={row} today={today} />
          ))}
          <Room height={drawn.after} />
        </tbody>
      </Table>
    </div>
  )
}

const ContactCard = memo(function ContactCard({ row }: { readonly row: ContactRow }) {
  return (
    <li>
      <Link to="/contacts/$id" params={{ id: row.id }} className="flex min-h-12 items-center gap-3 px-3 py-2">
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-1.5 text-base font-medium">
            <span className="truncate">{row.title}</span>
            <NotHereMark name={row.name} isPlain />
            <WaitingMark name={row.name} />
            <ChoiceMark isWaiting={row.waitsForChoice} />
          </span>
          <span className="block truncate text-sm text-ink-2">
            {[row.specialty, row.organization ?? row.city].filter(Boolean).join(', ') || 'No workplace'}
          </span>
        </span>
        <Segment segment={row.segment} />
      </Link>
    </li>
  )
})

function ContactCards({ rows }: Pick<ContactListProps, 'rows'>) {
  const list = useRef<HTMLUListElement>(null)
  const drawn = useWindowRange({ count: rows.length, heightOf: heightOfCard, list })
  return (
    <ul
      ref={list}
      style={{ paddingBlock: `${drawn.before}px ${drawn.after}px` }}
      className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface"
    >
      {rows.slice(drawn.from, drawn.to).map((row) => (
        <ContactCard key={row.name} row={row} />
      ))}
    </ul>
  )
}

/** All contacts of the person's territories, from this device. */
export function ContactsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const me = useMe()
  const entries = useCatalogue('contact')
  const all = useMemo(() => sortContacts(entries.map(contactRow)), [entries])
  const specialties = useMemo(() => specialtiesOf(all), [all])
  const change = useCallback(
    (part: Partial<ContactSearch>) => {
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true }) // Overtaken navigations are no failure.
    },
    [navigate],
  )
  const [query, setQuery] = useListQuery(search.q, change)
  const wanted = useMemo(() => ({ ...search, q: query.trim() === '' ? undefined : query }), [search, query])
  const found = useFoundNames(wanted.q, 'contact')
  const today = isoDay(useNow(60_000))
  const rows = useMemo(() => filterContacts(all, wanted, { today, found }), [all, wanted, today, found])
  const isNarrow = useNarrow()
  const isFirstSync = useIsFirstSync()
  const clear = () => {
    setQuery('')
    change(noContactFilters)
  }
  const setCreating = (isOpen: boolean) => {
    change({ create: isOpen ? true : undefined })
  }
  return (
    <Page
      title="Contacts"
      meta={
        !isFirstSync && (
          <span className="num text-sm text-ink-2">
            {rows.length === 1 ? '1 contact' : `${rows.length} contacts`}
          </span>
        )
      }
      actions={
        me.canWrite && (
          <Button
            icon={<PlusIcon aria-hidden className="size-4" />}
            onPress={() => {
              setCreating(true)
            }}
          >
            New contact
          </Button>
        )
      }
    >
      {isFirstSync ? (
        <NotHereYet what="contacts" />
      ) : (
        <>
          <Filters
            search={wanted}
            specialties={specialties}
            onChange={change}
            onSearch={setQuery}
            onClear={clear}
          />
          {rows.length > 0 ? (
            isNarrow ? (
              <ContactCards rows={rows} />
            ) : (
              <ContactTable rows={rows} today={today} />
            )
          ) : (
            <EmptyReason
              kind="contact"
              icon={<UsersIcon aria-hidden />}
              all={all.length}
              onClear={isFiltered(wanted) ? clear : undefined}
              none="Create the first one; it works without a network too."
            />
          )}
        </>
      )}
      <CreateContactDialog isOpen={search.create === true && me.canWrite} onOpenChange={setCreating} />
    </Page>
  )
}
