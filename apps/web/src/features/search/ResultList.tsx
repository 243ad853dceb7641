import type { DocumentName } from '@fulqrun/protocol'
import { memo, type PointerEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { cx } from '../../ui/cx.ts'
import { CloudOffIcon } from '../../ui/icons.ts'
import { MarkedText } from './MarkedText.tsx'
import { excerptOf, hasMatch } from './marks.ts'
import type { PaletteOption, PaletteSection } from './palette-options.ts'
import type { SearchHit } from './search-index.ts'
import { keyWords } from './shortcuts.ts'
import { type Found, wantedOf } from './use-search.ts'

/**
 * A list box of plain elements. What is found changes with every key: a collection that is built anew each time cost more
 * than looking for it.
 */

export interface ResultListProps {
  readonly id: string
  readonly sections: readonly PaletteSection[]
  readonly active: string | undefined
  readonly found: Found
  readonly onDevice: ReadonlySet<DocumentName>
  /** The mouse was moved to an option. */
  readonly onPoint: (id: string) => void
  readonly onChoose: (option: PaletteOption) => void
}

/** The element of an option, for `aria-activedescendant`. */
export function optionElementId(listId: string, option: string): string {
  return `${listId}-${option}`
}

/** True once the mouse was moved: a list that comes up under a resting mouse is no choice of anybody. */
function useMovedMouse(): (event: PointerEvent) => boolean {
  const last = useRef<{ readonly x: number; readonly y: number }>(undefined)
  return ({ pointerType, clientX, clientY }) => {
    if (pointerType !== 'mouse') return false
    const before = last.current
    last.current = { x: clientX, y: clientY }
    return before !== undefined && (before.x !== clientX || before.y !== clientY)
  }
}

export const ResultList = memo(function ResultList({
  id,
  sections,
  active,
  found,
  onDevice,
  onPoint,
  onChoose,
}: ResultListProps) {
  const list = useRef<HTMLDivElement>(null)
  const hasMoved = useMovedMouse()
  useLayoutEffect(() => {
    if (active === undefined) return
    const element = document.getElementById(optionElementId(id, active))
    // With the first one also the heading above it.
    if (element === list.current?.querySelector('[role=option]')) list.current?.scrollTo({ top: 0 })
    else element?.scrollIntoView({ block: 'nearest' })
  }, [id, active])
  return (
    <div
      ref={list}
      role="listbox"
      id={id}
      aria-label="Results"
      className="thin-scroll min-h-0 flex-1 overflow-auto p-1 empty:p-0"
    >
      {sections.map(({ title, options }) => (
        <SectionOf key={title} title={title}>
          {options.map((option) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are heard where people type
            <div
              key={option.id}
              role="option"
              id={optionElementId(id, option.id)}
              aria-selected={option.id === active}
              // The focus stays where people type.
              tabIndex={-1}
              onMouseDown={(event) => {
                event.preventDefault()
              }}
              onPointerMove={(event) => {
                if (hasMoved(event)) onPoint(option.id)
              }}
              onClick={() => {
                onChoose(option)
              }}
              className={cx(
                'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-base text-ink select-none touch:min-h-11',
                option.id === active && 'bg-hover forced-colors:outline-2',
              )}
            >
              <OptionWords option={option} found={found} isHere={isHere(option, onDevice)} />
            </div>
          ))}
        </SectionOf>
      ))}
    </div>
  )
})

function isHere({ type, id }: PaletteOption, onDevice: ReadonlySet<DocumentName>): boolean {
  return type === 'command' || onDevice.has(id)
}

function SectionOf({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId()
  return (
    <div role="group" aria-labelledby={id}>
      <div id={id} className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">
        {title}
      </div>
      {children}
    </div>
  )
}

interface OptionWordsProps {
  readonly option: PaletteOption
  readonly found: Found
  readonly isHere: boolean
}

/** Drawn again only when it says something else: going up and down changes nothing in it. */
const OptionWords = memo(function OptionWords({ option, found, isHere: isOnDevice }: OptionWordsProps) {
  return (
    <>
      <span className="flex min-w-0 flex-1 flex-col">
        {option.type === 'recent' && <span className="truncate">{option.title}</span>}
        {option.type === 'hit' && <HitWords hit={option.hit} found={found} />}
        {option.type === 'command' && <span className="truncate">{option.command.label}</span>}
      </span>
      {!isOnDevice && <NotHereMark />}
      {option.type === 'command' && option.command.keys !== undefined && (
        <kbd className="num shrink-0 font-sans text-xs font-normal text-ink-3 finger:hidden">
          {keyWords(option.command.keys)}
        </kbd>
      )}
    </>
  )
})

/** A record of which this device has the name only. */
function NotHereMark() {
  return (
    <span className="flex shrink-0 items-center gap-1 text-xs font-normal text-ink-3">
      <CloudOffIcon aria-hidden className="size-3.5" />
      Not on this device
    </span>
  )
}

function HitWords({ hit, found }: { readonly hit: SearchHit; readonly found: Found }) {
  const wanted = wantedOf(found.query, hit)
  const isSeen = hasMatch(`${hit.title} ${hit.account}`, wanted)
  const excerpt =
    found.excerpts.get(hit.name) ??
    (isSeen || hit.isInText ? undefined : (excerptOf(hit.more, wanted) ?? hit.more))
  return (
    <>
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
    </>
  )
}
