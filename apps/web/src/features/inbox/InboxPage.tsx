import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { NotHereYet, useIsFirstSync } from '../../frame/NothingHere.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ArrowLeftIcon, ChevronDownIcon, ChevronUpIcon, CircleCheckIcon } from '../../ui/icons.ts'
import { Page } from '../../ui/Page.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { useNarrow } from '../../ui/use-media.ts'
import { changeLog, decidedLog } from '../conflicts/decided-log.ts'
import { undoDecided } from '../conflicts/use-deciding.ts'
import { emptyWords } from './inbox-words.ts'
import { firstTab, type InboxItem, ownCount, shownItem, tabsFor } from './inbox-items.ts'
import { step } from './inbox-keys.ts'
import type { InboxSearch } from './inbox-search.ts'
import { type InboxTab, tabLabel } from './inbox-tabs.ts'
import { useShortcutsOn } from '../search/use-shortcuts-on.ts'
import { InboxDetail } from './InboxDetail.tsx'
import { InboxList } from './InboxList.tsx'
import { useInbox } from './use-inbox.ts'
import { useInboxKeys } from './use-inbox-keys.ts'

const route = getRouteApi('/inbox')

/** What waits for this person: choices, approvals, what became of their values, what was not accepted. */
export function InboxPage() {
  const { role } = useMe()
  const items = useInbox()
  const search = route.useSearch()
  const isFirstSync = useIsFirstSync()
  const workspace = useWorkspace()
  const [areKeysOn] = useShortcutsOn()
  const [hasInboxKeys, setHasKeys] = useState(() => workspace.recall('inbox-keys') !== false)
  const hasKeys = areKeysOn && hasInboxKeys
  useEffect(() => {
    // Lists are asked for now and then; whoever opens the inbox wants to know now.
    void workspace.refreshCatalogue()
  }, [workspace])
  const tabs = tabsFor(role)
  const [start] = useState(() => firstTab(items, tabs, search.tab))
  const tab = search.tab !== undefined && tabs.includes(search.tab) ? search.tab : start
  const go = useGo()
  return (
    <Page
      title="Inbox"
      actions={
        areKeysOn && (
          <span className="finger:hidden">
            <ToggleChip
              isOn={hasKeys}
              onToggle={(isOn) => {
                setHasKeys(isOn)
                workspace.remember('inbox-keys', isOn)
              }}
            >
              Keys: J, K, 1 to 3, U
            </ToggleChip>
          </span>
        )
      }
    >
      {isFirstSync ? (
        <NotHereYet what="records" />
      ) : (
        <Tabs
          label="Inbox"
          selected={tab}
          onSelect={(id) => {
            go({ tab: tabs.find((known) => known === id) ?? 'conflicts' })
          }}
          tabs={tabs.map((id) => ({
            id,
            label: tabLabel(id),
            badge: <Count tab={id} items={items[id]} />,
            content: <TabContent key={id} tab={id} items={items[id]} hasKeys={hasKeys} />,
          }))}
        />
      )}
    </Page>
  )
}

function useGo(): (search: InboxSearch) => void {
  const navigate = route.useNavigate()
  return (search) => {
    // A rejected navigation is one that another one has overtaken.
    void navigate({ search, replace: true })
  }
}

/** Coloured: a part of the number at the inbox. Quiet: what is only listed, such as conflicts between others. */
function Count({ tab, items }: { readonly tab: InboxTab; readonly items: readonly InboxItem[] }) {
  if (items.length === 0 || tab === 'done') return null
  const own = ownCount(tab, items)
  return (
    <span
      className={cx(
        'num rounded-sm px-1 text-xs',
        own > 0 ? 'bg-accent-soft text-accent-ink' : 'bg-sunken text-ink-2',
      )}
    >
      {own > 0 ? own : items.length}
    </span>
  )
}

interface TabContentProps {
  readonly tab: InboxTab
  readonly items: readonly InboxItem[]
  readonly hasKeys: boolean
}

/** Where the chosen item was seen last: when it is settled and goes, the one that took its place is shown. */
function useShown(items: readonly InboxItem[]): InboxItem | undefined {
  const { item: chosen } = route.useSearch()
  const [seen, setSeen] = useState({ key: chosen, index: 0 })
  const index = items.findIndex(({ key }) => key === chosen)
  if (index >= 0 && (seen.key !== chosen || seen.index !== index)) setSeen({ key: chosen, index })
  return shownItem(items, chosen, seen.key === chosen ? seen.index : 0)
}

/**
 * The button that was pressed goes with the item that it settled: the focus goes on in what took its place, and not to
 * the top of the page.
 */
function useFocusKept(shownKey: string | undefined) {
  const place = useRef<HTMLElement>(null)
  const last = useRef(shownKey)
  useEffect(() => {
    const isNext = last.current !== shownKey
    last.current = shownKey
    if (isNext && document.activeElement === document.body) place.current?.focus({ preventScroll: true })
  }, [shownKey])
  return place
}

function TabContent({ tab, items, hasKeys }: TabContentProps) {
  const search = route.useSearch()
  const go = useGo()
  const isNarrow = useNarrow()
  const shown = useShown(items)
  const workspace = useWorkspace()
  const keys = items.map(({ key }) => key)
  const chosen = useFocusKept(shown?.key)
  const isListHidden = isNarrow && search.item !== undefined
  const move = (by: 1 | -1) => {
    const next = step(keys, shown?.key, by)
    if (next !== undefined) go({ tab, item: next })
  }
  useInboxKeys(hasKeys, (action) => {
    if (action.type === 'next' || action.type === 'previous') {
      move(action.type === 'next' ? 1 : -1)
      return true
    }
    if (action.type !== 'undo') return false
    const log = decidedLog(workspace).get()
    const chosen = tab === 'done' ? log.find(({ id }) => id === shown?.id) : undefined
    const last = chosen ?? log.find(({ type }) => type === 'conflict')
    if (last?.type !== 'conflict') return false
    undoDecided(workspace, last)
    return true
  })
  if (shown === undefined) return <Empty tab={tab} />
  const position = keys.indexOf(shown.key) + 1
  return (
    <div className="grid items-start gap-4 md:grid-cols-[minmax(15rem,20rem)_minmax(0,1fr)]">
      {!isListHidden && (
        <div className="min-w-0">
          <InboxList tab={tab} items={items} shown={isNarrow ? undefined : shown.key} />
          {tab === 'done' && <ClearDone />}
        </div>
      )}
      {(!isNarrow || isListHidden) && (
        <section ref={chosen} tabIndex={-1} aria-label="Chosen" className="min-w-0 outline-none">
          <div className="mb-2 flex min-h-8 items-center gap-2">
            {isListHidden && (
              <Button
                variant="quiet"
                icon={<ArrowLeftIcon aria-hidden className="size-4" />}
                onPress={() => {
                  go({ tab })
                }}
              >
                {tabLabel(tab)}
              </Button>
            )}
            <Position position={position} count={items.length} item={shown} />
            <span className="ms-auto flex gap-1">
              <IconButton
                label="Previous"
                isDisabled={position <= 1}
                onPress={() => {
                  move(-1)
                }}
              >
                <ChevronUpIcon aria-hidden className="size-4" />
              </IconButton>
              <IconButton
                label="Next"
                isDisabled={position >= items.length}
                onPress={() => {
                  move(1)
                }}
              >
                <ChevronDownIcon aria-hidden className="size-4" />
              </IconButton>
            </span>
          </div>
          <InboxDetail key={shown.key} item={shown} hasKeys={hasKeys} />
        </section>
      )}
    </div>
  )
}

/** Said to readers of the screen when a key or a decision leads to another item. */
function Position({
  position,
  count,
  item,
}: {
  readonly position: number
  readonly count: number
  readonly item: InboxItem
}) {
  return (
    <output className="num text-sm text-ink-3">
      {position} of {count}
      <span className="sr-only">: {item.title}</span>
    </output>
  )
}

function Empty({ tab }: { readonly tab: InboxTab }) {
  const { title, text } = emptyWords(tab)
  return (
    <EmptyState icon={<CircleCheckIcon aria-hidden />} title={title}>
      {text}
    </EmptyState>
  )
}

/** The list is a help, not a record: the history has every decision. */
function ClearDone() {
  const workspace = useWorkspace()
  return (
    <Button
      size="sm"
      variant="quiet"
      className="mt-2"
      onPress={() => {
        changeLog(workspace, () => [])
      }}
    >
      Clear this list
    </Button>
  )
}
