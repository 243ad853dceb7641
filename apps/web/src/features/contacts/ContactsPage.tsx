import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useCatalogue, useMe } from '../../data/workspace.tsx'
import { NotHereYet, useIsFirstSync } from '../../frame/NothingHere.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { PlusIcon, UsersIcon, XIcon } from '../../ui/icons.ts'
import { MenuItem, MenuSection } from '../../ui/Menu.tsx'
import { Page } from '../../ui/Page.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { SearchField } from '../../ui/TextField.tsx'
import { FilterMenu } from '../pipeline/PipelineFilters.tsx'
import { ConsentMarks } from './ConsentMarks.tsx'
import { type ContactSearch, filterContacts, sortContacts, specialtiesOf } from './contact-filter.ts'
import { contactRow, type ContactRow, segmentLetter, segments } from './contact-row.ts'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { CreateContactDialog } from './CreateContactDialog.tsx'

const route = getRouteApi('/contacts')

const anyone = 'any'

/** More rows than this are drawn on demand. */
const firstRows = 200

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
}

function Filters({ search, specialties, onChange }: FiltersProps) {
  const { territories } = useMe()
  const isFiltered = [search.q, search.specialty, search.segment, search.territory].some(
    (value) => value !== undefined,
  )
  return (
    <div
      role="search"
      aria-label="Filter contacts"
      className="thin-scroll mb-3 flex items-center gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:pb-1 sm:flex-wrap"
    >
      <SearchField
        label="Search contacts"
        className="w-56 shrink-0 sm:w-60"
        value={search.q ?? ''}
        onChange={(q) => {
          onChange({ q: q === '' ? undefined : q })
        }}
      />
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
      {isFiltered && (
        <Button
          size="sm"
          variant="quiet"
          icon={<XIcon aria-hidden className="size-3.5" />}
          onPress={() => {
            onChange({ q: undefined, specialty: undefined, segment: undefined, territory: undefined })
          }}
        >
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

function ContactTable({ rows }: { readonly rows: readonly ContactRow[] }) {
  return (
    <div className="rounded-lg border border-line bg-surface max-md:hidden">
      <Table className="table-fixed">
        <caption className="sr-only">Contacts</caption>
        <thead>
          <tr>
            <Th className="w-[22%] ps-4">Name</Th>
            <Th className="w-18">Segment</Th>
            <Th>Specialty</Th>
            <Th className="w-[22%]">Workplace</Th>
            <Th className="w-32 max-2xl:hidden">City</Th>
            <Th className="w-36 max-lg:hidden">Phone</Th>
            <Th className="w-56 pe-4">Consent</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className="relative hover:bg-hover has-focus-visible:bg-hover">
              <Td className="h-9 truncate ps-4">
                <Link
                  to="/contacts/$id"
                  params={{ id: row.id }}
                  className="font-medium text-ink after:absolute after:inset-0"
                >
                  {row.title}
                </Link>{' '}
                <ChoiceMark isWaiting={row.waitsForChoice} />
              </Td>
              <Td>
                <Segment segment={row.segment} />
              </Td>
              <Td className="truncate text-ink-2">{row.specialty ?? none}</Td>
              <Td className="truncate text-ink-2">{row.organization ?? none}</Td>
              <Td className="truncate text-ink-2 max-2xl:hidden">{row.city ?? none}</Td>
              <Td className="num truncate text-ink-2 max-lg:hidden">{row.phone ?? none}</Td>
              <Td className="pe-4">
                <ConsentMarks {...row} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

function ContactCards({ rows }: { readonly rows: readonly ContactRow[] }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface md:hidden">
      {rows.map((row) => (
        <li key={row.name}>
          <Link
            to="/contacts/$id"
            params={{ id: row.id }}
            className="flex min-h-12 items-center gap-3 px-3 py-2"
          >
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-1.5 text-base font-medium">
                <span className="truncate">{row.title}</span>
                <ChoiceMark isWaiting={row.waitsForChoice} />
              </span>
              <span className="block truncate text-sm text-ink-2">
                {[row.specialty, row.organization ?? row.city].filter(Boolean).join(', ') || 'No workplace'}
              </span>
            </span>
            <Segment segment={row.segment} />
          </Link>
        </li>
      ))}
    </ul>
  )
}

function ContactList({ rows }: { readonly rows: readonly ContactRow[] }) {
  const [limit, setLimit] = useState(firstRows)
  const shown = rows.slice(0, limit)
  return (
    <>
      <ContactTable rows={shown} />
      <ContactCards rows={shown} />
      {rows.length > limit && (
        <div className="p-2 text-center">
          <Button
            size="sm"
            variant="quiet"
            onPress={() => {
              setLimit(Infinity)
            }}
          >
            Show all {rows.length}
          </Button>
        </div>
      )}
    </>
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
  const rows = useMemo(() => filterContacts(all, search), [all, search])
  const isFirstSync = useIsFirstSync()
  const change = (part: Partial<ContactSearch>) => {
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true }) // Overtaken navigations are no failure.
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
          <Filters search={search} specialties={specialties} onChange={change} />
          {rows.length > 0 ? (
            <ContactList rows={rows} />
          ) : (
            <EmptyState
              icon={<UsersIcon aria-hidden />}
              title={all.length === 0 ? 'No contacts' : 'No contacts match'}
            >
              {all.length === 0
                ? 'There are none in your territories.'
                : 'Your search and filters hide all contacts on this device.'}
            </EmptyState>
          )}
        </>
      )}
      <CreateContactDialog isOpen={search.create === true && me.canWrite} onOpenChange={setCreating} />
    </Page>
  )
}
