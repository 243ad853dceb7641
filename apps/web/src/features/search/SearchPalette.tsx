import type { ListedEntry } from '@fulqrun/sync'
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { cx } from '../../ui/cx.ts'
import { SearchIcon } from '../../ui/icons.ts'
import { useFinger } from '../../ui/use-media.ts'
import { commandsFor, matchingCommands } from './commands.ts'
import { type PaletteOption, paletteSections, stepOption } from './palette-options.ts'
import { recentRecords } from './recent.ts'
import { optionElementId, ResultList } from './ResultList.tsx'
import { resultWords, scopeWords } from './search-words.ts'
import { useCommands } from './use-commands.ts'
import { useOpenRecord } from './use-open-record.ts'
import { useFound, useSearchClient } from './use-search.ts'

/** Hits on the screen; whoever needs more of them goes to the list. */
const limit = 24

function useRecent(): readonly ListedEntry[] {
  const workspace = useWorkspace()
  const entries = useStore(workspace.catalogue)
  return useMemo(() => {
    const byName = new Map(entries.map((entry) => [entry.name, entry]))
    return recentRecords(workspace).flatMap((name) => byName.get(name) ?? [])
  }, [workspace, entries])
}

/** The option that Enter takes: the one somebody went to, or else the best one as soon as they type. */
function useActive(
  query: string,
  options: readonly PaletteOption[],
): readonly [string | undefined, (id: string | undefined) => void] {
  const [chosen, choose] = useState<{ readonly query: string; readonly id: string | undefined }>()
  const own = chosen?.query === query ? options.find(({ id }) => id === chosen.id)?.id : undefined
  const active = own ?? (query.trim() === '' ? undefined : options[0]?.id)
  const setActive = useCallback(
    (id: string | undefined) => {
      choose({ query, id })
    },
    [query],
  )
  return [active, setActive]
}

function PaletteBody({ onClose }: { readonly onClose: () => void }) {
  const workspace = useWorkspace()
  const me = useMe()
  const listId = useId()
  const isFinger = useFinger()
  const [query, setQuery] = useState('')
  const found = useFound(query, limit)
  const onDevice = useStore(workspace.onDevice)
  const recent = useRecent()
  const openRecord = useOpenRecord()
  const run = useCommands()
  const isEmpty = query.trim() === ''
  const isAnswered = isEmpty || found.query === query
  // With the records that were found for the same letters: the list is drawn once for a key.
  const shown = isEmpty ? '' : found.query
  const sections = useMemo(
    () =>
      paletteSections({
        recent: shown === '' ? recent : [],
        hits: found.hits,
        commands: matchingCommands(commandsFor(me), shown).filter(({ id }) => !isFinger || id !== 'keys'),
      }),
    [shown, found.hits, recent, me, isFinger],
  )
  const options = useMemo(() => sections.flatMap((section) => section.options), [sections])
  const [active, setActive] = useActive(shown, options)
  const take = (option: PaletteOption) => {
    onClose()
    if (option.type === 'command') run(option.id)
    else openRecord(option.id)
  }
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  const onChoose = useCallback((option: PaletteOption) => {
    latest.current(option)
  }, [])
  // Enter before the answer means what is being looked for, not what was found for fewer letters.
  const isTaking = useRef(false)
  useEffect(() => {
    if (!isTaking.current || !isAnswered) return
    isTaking.current = false
    const option = options.find(({ id }) => id === active)
    if (option !== undefined) latest.current(option)
  }, [isAnswered, options, active])
  const takeActive = (typed: string) => {
    const option = options.find(({ id }) => id === active)
    // The field may be ahead of what was drawn.
    isTaking.current = !isAnswered || typed !== query
    if (!isTaking.current && option !== undefined) take(option)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // Keys that choose among the words of an input method are not for the list.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setActive(stepOption(options, active, event.key === 'ArrowDown' ? 1 : -1))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      takeActive(event.currentTarget.value)
    }
  }
  return (
    <>
      <div className="flex items-center border-b border-line">
        <div className="relative min-w-0 flex-1">
          <SearchIcon
            aria-hidden
            className="pointer-events-none absolute start-4 top-3.5 size-4 text-ink-3"
          />
          <input
            role="combobox"
            aria-label="Search records and commands"
            aria-autocomplete="list"
            aria-expanded={options.length > 0}
            aria-controls={listId}
            aria-activedescendant={active === undefined ? undefined : optionElementId(listId, active)}
            // The palette was opened to type here.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="go"
            placeholder="Search records and commands"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              isTaking.current = false
            }}
            onKeyDown={onKeyDown}
            className="h-11 w-full bg-transparent ps-11 pe-4 text-lg text-ink outline-none placeholder:text-ink-3"
          />
        </div>
        <button type="button" onClick={onClose} className="h-11 px-4 text-base text-ink-2 sm:hidden">
          Cancel
        </button>
      </div>
      {options.length === 0 && (
        <p className="flex-1 px-4 py-8 text-center text-base text-ink-2">
          {isAnswered ? `Nothing on this device matches "${query}".` : 'Looking ...'}
        </p>
      )}
      <ResultList
        id={listId}
        sections={sections}
        active={active}
        found={found}
        onDevice={onDevice}
        onPoint={setActive}
        onChoose={onChoose}
      />
      <Told words={isEmpty || !isAnswered ? '' : resultWords(options.length)} />
      <Scope />
    </>
  )
}

/** Not at every key: readers of the screen would hear nothing else. */
const restMs = 500

/** How many there are, for readers of the screen, once somebody rests. */
function Told({ words }: { readonly words: string }) {
  const [told, tell] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => {
      tell(words)
    }, restMs)
    return () => {
      clearTimeout(timer)
    }
  }, [words])
  return (
    <p role="status" className="sr-only">
      {told}
    </p>
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
