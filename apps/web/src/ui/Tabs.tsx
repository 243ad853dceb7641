import { type ReactNode, useEffect, useRef } from 'react'
import { Tab, TabList, TabPanel, Tabs as AriaTabs, type Key } from 'react-aria-components'
import { cx } from './cx.ts'

export interface TabSpec {
  readonly id: string
  readonly label: string
  /** A count or mark after the label. */
  readonly badge?: ReactNode | undefined
  readonly content: ReactNode
}

export interface TabsProps {
  readonly label: string
  readonly tabs: readonly TabSpec[]
  readonly selected?: string | undefined
  readonly onSelect?: ((id: string) => void) | undefined
  readonly className?: string | undefined
}

/** The strip can be wider than a phone: brings the open tab into it. */
function useTabInView(selected: string | undefined) {
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (selected === undefined) return undefined
    // The tabs are drawn from a collection, one commit after this component.
    const frame = requestAnimationFrame(() => {
      const tab = strip.current?.querySelector(`[data-key="${CSS.escape(selected)}"]`)
      if (strip.current !== null && tab !== null && tab !== undefined) centre(strip.current, tab)
    })
    return () => {
      cancelAnimationFrame(frame)
    }
  }, [selected])
  return strip
}

/** Sideways only: where little of a page fits on the screen, it begins at its beginning all the same. */
function centre(strip: Element, tab: Element): void {
  const [around, own] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()]
  strip.scrollLeft += own.left - around.left - (around.width - own.width) / 2
}

/** Tabs under a line; the strip scrolls sideways on a phone. Only the open tab is mounted. */
export function Tabs({ label, tabs, selected, onSelect, className }: TabsProps) {
  const strip = useTabInView(selected)
  const control =
    selected === undefined
      ? {}
      : {
          selectedKey: selected,
          onSelectionChange: (key: Key) => {
            onSelect?.(String(key))
          },
        }
  return (
    <AriaTabs {...control} className={cx('flex min-w-0 flex-col', className)}>
      <TabList
        ref={strip}
        aria-label={label}
        className="thin-scroll flex gap-4 overflow-x-auto overflow-y-hidden border-b border-line px-1"
      >
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px flex h-9 shrink-0 cursor-default items-center gap-1.5 border-b-2 border-transparent forced-colors:border-[Canvas] forced-colors:selected:border-[Highlight] text-base whitespace-nowrap text-ink-2 hover:text-ink selected:border-accent selected:font-medium selected:text-ink touch:h-11"
          >
            {tab.label}
            {tab.badge}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="min-w-0 pt-4">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
