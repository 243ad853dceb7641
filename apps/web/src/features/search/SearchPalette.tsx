import { type DocumentKind, type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import type { ListedEntry } from '@fulqrun/sync'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { cx } from '../../ui/cx.ts'
import { optionClass } from '../../ui/control.ts'
import { CloudOffIcon, SearchIcon } from '../../ui/icons.ts'
import { commandsFor, matchingCommands } from './commands.ts'
import { MarkedText } from './MarkedText.tsx'
import { excerptOf, hasMatch } from './marks.ts'
import { recentRecords } from './recent.ts'
import { keyWords } from './shortcuts.ts'
import type { SearchHit } from './search-index.ts'
import { scopeWords } from './search-words.ts'
import { type Found, useFound, useSearchClient, wantedOf } from './use-search.ts'
import { useCommands } from './use-commands.ts'

/** Hits on the screen; whoever needs more of them goes to the list. */
const limit = 24

const kindTitles: readonly { readonly kind: DocumentKind; readonly title: string }[] = [
  { kind: 'opportunity', title: 'Opportunities' },
  { kind: 'contact', title: 'Contacts' },
  { kind: 'kpi', title: 'KPIs' },
]

interface RowProps {
  readonly id: string
  readonly textValue: string
  readonly onAction: () => void
  readonly children: ReactNode
  readonly end?: ReactNode | undefined
}

function Row({ id, textValue, onAction, children, end }: RowProps) {
  return (
    <MenuItem id={id} textValue={textValue} onAction={onAction} className={optionClass}>
      <span className="flex min-w-0 flex-1 flex-col">{children}</span>
      {end}
    </MenuItem>
  )
}

function Title({ children }: { readonly children: string }) {
  return <Header className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">{children}</Header>
}

/** A record of which this device has the name only. */
function NotHereMark() {
  return (
    <span className="flex shrink-0 items-center gap-1 text-xs font-normal text-ink-3">
      <CloudOffIcon aria-hidden className="size-3.5" />
      Not on this device
    </span>
  )
}

/** Opens a record, or the KPI screen at its quarter. */
function useOpenRecord(): (name: DocumentName) => void {
  const navigate = useNavigate()
  const { catalogue } = useWorkspace()
  return (name) => {
    const parsed = parseDocumentName(name)
    if (parsed === undefined) return
    const { kind, id } = parsed
    // Overtaken navigations are no failure.
    if (kind === 'opportunity') void navigate({ to: '/opportunities/$id', params: { id } })
    else if (kind === 'contact') void navigate({ to: '/contacts/$id', params: { id } })
    else {
      const entry = catalogue.get().find((listed) => listed.name === name)
      const quarter = entry?.summary['period']
      void navigate({
        to: '/kpis',
        search: {
          ...(entry === undefined ? {} : { territory: entry.territoryId }),
          ...(typeof quarter === 'string' ? { quarter } : {}),
        },
      })
    }
  }
}

interface HitsProps {
  readonly found: Found
  readonly onOpen: (name: DocumentName) => void
}

function hitRow(hit: SearchHit, { found, onOpen }: HitsProps, isHere: boolean) {
  const wanted = wantedOf(found.query, hit)
  const isSeen = hasMatch(`${hit.title} ${hit.account}`, wanted)
  const excerpt =
    found.excerpts.get(hit.name) ??
    (isSeen || hit.isInText ? undefined : (excerptOf(hit.more, wanted) ?? hit.more))
  return (
    <Row
      key={hit.name}
      id={hit.name}
      textValue={hit.title}
      onAction={() => {
        onOpen(hit.name)
      }}
      end={isHere ? undefined : <NotHereMark />}
    >
      <span className="truncate">
        <MarkedText text={hit.title} wanted={wanted} />
        {hit.account !== '' && (
          <span className="text-sm text-ink-3">
            {'  '}
            <MarkedText text={hit.account} wanted={wanted} />
          </span>
        )}
      </span>
      {excerpt !== undefined && (
        <span className="truncate text-sm text-ink-2">
          <MarkedText text={excerpt} wanted={wanted} />
        </span>
      )}
    </Row>
  )
}

function useRecent(): readonly ListedEntry[] {
  const workspace = useWorkspace()
  const entries = useStore(workspace.catalogue)
  return useMemo(() => {
    const byName = new Map(entries.map((entry) => [entry.name, entry]))
    return recentRecords(workspace).flatMap((name) => byName.get(name) ?? [])
  }, [workspace, entries])
}

function PaletteBody({ onClose }: { readonly onClose: () => void }) {
  const workspace = useWorkspace()
  const me = useMe()
  const [query, setQuery] = useState('')
  const found = useFound(query, limit)
  const onDevice = useStore(workspace.onDevice)
  const recent = useRecent()
  const openRecord = useOpenRecord()
  const run = useCommands()
  const commands = useMemo(() => matchingCommands(commandsFor(me), query), [me, query])
  const onOpen = (name: DocumentName) => {
    onClose()
    openRecord(name)
  }
  const isEmpty = query.trim() === ''
  return (
    <Autocomplete inputValue={query} onInputChange={setQuery}>
      <div className="flex items-center border-b border-line">
        <SearchField aria-label="Search records and commands" className="relative min-w-0 flex-1">
          <SearchIcon
            aria-hidden
            className="pointer-events-none absolute start-4 top-3.5 size-4 text-ink-3"
          />
          <Input
            // The palette was opened to type here.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            placeholder="Search records and commands"
            className="h-11 w-full bg-transparent ps-11 pe-4 text-lg text-ink outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
          />
        </SearchField>
        <button type="button" onClick={onClose} className="h-11 px-4 text-base text-ink-2 sm:hidden">
          Cancel
        </button>
      </div>
      {/* Who uses the keyboard without the arrow keys scrolls it as well. */}
      <div
        role="group"
        aria-label="Results"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="thin-scroll min-h-0 flex-1 overflow-auto"
      >
        <Menu
          aria-label="Results"
          className="p-1 outline-none"
          renderEmptyState={() => (
            <p className="px-4 py-8 text-center text-base text-ink-2">
              {found.query === query ? `Nothing on this device matches "${query}".` : 'Looking ...'}
            </p>
          )}
        >
          {isEmpty && recent.length > 0 && (
            <MenuSection>
              <Title>Recent</Title>
              {recent.map(({ name, title }) => (
                <Row
                  key={name}
                  id={name}
                  textValue={title}
                  onAction={() => {
                    onOpen(name)
                  }}
                  end={onDevice.has(name) ? undefined : <NotHereMark />}
                >
                  <span className="truncate">{title}</span>
                </Row>
              ))}
            </MenuSection>
          )}
          {kindTitles.map(({ kind, title }) => {
            const hits = found.hits.filter((hit) => hit.kind === kind)
            return (
              hits.length > 0 && (
                <MenuSection key={kind}>
                  <Title>{title}</Title>
                  {hits.map((hit) => hitRow(hit, { found, onOpen }, onDevice.has(hit.name)))}
                </MenuSection>
              )
            )
          })}
          {commands.length > 0 && (
            <MenuSection>
              <Title>Commands</Title>
              {commands.map(({ id, label, keys }) => (
                <Row
                  key={id}
                  id={id}
                  textValue={label}
                  onAction={() => {
                    onClose()
                    run(id)
                  }}
                  end={
                    keys !== undefined && (
                      <kbd className="num shrink-0 font-sans text-xs font-normal text-ink-3 touch:hidden">
                        {keyWords(keys)}
                      </kbd>
                    )
                  }
                >
                  <span className="truncate">{label}</span>
                </Row>
              ))}
            </MenuSection>
          )}
        </Menu>
      </div>
      <Scope />
    </Autocomplete>
  )
}

/** What was searched, and what was not. */
function Scope() {
  const workspace = useWorkspace()
  const entries = useStore(workspace.catalogue)
  const onDevice = useStore(workspace.onDevice)
  const { texts } = useStore(useSearchClient().status)
  const here = useMemo(() => entries.filter(({ name }) => onDevice.has(name)).length, [entries, onDevice])
  return (
    <p className="num border-t border-line px-4 py-2 text-xs text-ink-3">
      {scopeWords({ listed: entries.length, here, read: texts })}
    </p>
  )
}

/** Search and commands, above every screen. */
export function SearchPalette({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      className="fixed inset-0 z-50 flex h-(--visual-viewport-height) items-start justify-center bg-scrim entering:animate-fade sm:p-4 sm:pt-[10vh]"
    >
      <Modal
        className={cx(
          'safe-top flex h-full w-full flex-col overflow-hidden bg-raised',
          'sm:h-auto sm:max-h-[70vh] sm:max-w-150 sm:rounded-lg sm:border sm:border-line-strong sm:shadow-pop sm:entering:animate-pop',
        )}
      >
        <Dialog aria-label="Search" className="flex max-h-[inherit] min-h-0 flex-1 flex-col outline-none">
          <PaletteBody onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
