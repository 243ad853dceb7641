import { Link, useLocation } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { useMe } from '../data/workspace.tsx'
import { useInboxCount } from '../features/inbox/use-inbox-count.ts'
import { BarChart3Icon, InboxIcon, LayoutListIcon, PlusIcon, ScaleIcon, UsersIcon } from '../ui/icons.ts'
import { Logo } from './Logo.tsx'

interface Place {
  readonly to: '/pipeline' | '/contacts' | '/kpis' | '/inbox' | '/admin/rules'
  /** Beginnings of the addresses that belong here. */
  readonly paths: readonly string[]
  readonly label: string
  readonly Icon: ComponentType<{ readonly className?: string; readonly 'aria-hidden'?: boolean }>
}

const pipeline: Place = {
  to: '/pipeline',
  paths: ['/pipeline', '/opportunities'],
  label: 'Pipeline',
  Icon: LayoutListIcon,
}
const contacts: Place = { to: '/contacts', paths: ['/contacts'], label: 'Contacts', Icon: UsersIcon }
const kpis: Place = { to: '/kpis', paths: ['/kpis'], label: 'KPIs', Icon: BarChart3Icon }
/** For administrators; on phones it is in the menu of the account. */
const rules: Place = { to: '/admin/rules', paths: ['/admin/rules'], label: 'Rules', Icon: ScaleIcon }

const inbox: Place = { to: '/inbox', paths: ['/inbox'], label: 'Inbox', Icon: InboxIcon }

/** More than this is said as "many": the number is a call, not a statistic. */
const maxShown = 99

/** How much waits in the inbox. */
function InboxBadge({ className }: { readonly className: string }) {
  const count = useInboxCount()
  if (count === 0) return null
  return (
    <span className={`num rounded-full bg-accent text-xs font-medium text-on-accent ${className}`}>
      {count > maxShown ? `${maxShown}+` : count}
      <span className="sr-only"> waiting</span>
    </span>
  )
}

/** Whether the page that is shown belongs to a place; a record belongs to its list. */
function useIsHere(): (place: Place) => boolean {
  const { pathname } = useLocation()
  return ({ paths }) => paths.some((path) => pathname.startsWith(path))
}

/** Left of the page on desktops. */
export function SideNav() {
  const me = useMe()
  const isHere = useIsHere()
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col border-e border-line md:flex"
    >
      <div className="flex h-12 items-center gap-2 px-4">
        <Logo className="size-5" />
        <span className="text-base font-semibold">FulQrun</span>
      </div>
      <ul className="flex flex-col gap-0.5 px-2 pt-2">
        {[pipeline, contacts, kpis, inbox, ...(me.role === 'admin' ? [rules] : [])].map((place) => (
          <li key={place.to}>
            <Link
              to={place.to}
              data-here={isHere(place) || undefined}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-base text-ink-2 hover:bg-hover hover:text-ink data-here:bg-hover data-here:font-medium data-here:text-ink forced-colors:data-here:underline touch:h-11"
            >
              <place.Icon aria-hidden className="size-4 text-ink-3" />
              {place.label}
              {place === inbox && <InboxBadge className="ms-auto px-1.5" />}
            </Link>
          </li>
        ))}
      </ul>
      <div className="mt-auto border-t border-line px-4 py-3">
        <p className="truncate text-sm font-medium">{me.organization.name}</p>
        <p className="truncate text-xs text-ink-3">
          {me.territories.map((territory) => territory.name).join(', ') || 'No territory'}
        </p>
      </div>
    </nav>
  )
}

function BottomLink(place: Place) {
  const { to, label, Icon } = place
  const isHere = useIsHere()
  return (
    <li className="flex-1">
      <Link
        to={to}
        data-here={isHere(place) || undefined}
        className="flex h-14 flex-col items-center justify-center gap-0.5 text-xs text-ink-2 data-here:font-medium data-here:text-accent-ink forced-colors:data-here:underline"
      >
        <span className="relative">
          <Icon aria-hidden className="size-5" />
          {to === inbox.to && <InboxBadge className="absolute -top-1.5 start-3.5 px-1 leading-4" />}
        </span>
        {label}
      </Link>
    </li>
  )
}

/** Under the thumb on phones. */
export function BottomNav() {
  const me = useMe()
  return (
    <nav
      aria-label="Main"
      className="safe-bottom fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface md:hidden"
    >
      <ul className="flex items-stretch">
        <BottomLink {...pipeline} />
        <BottomLink {...contacts} />
        {me.canWrite && (
          <li className="flex-1">
            <Link
              to="/pipeline"
              search={{ create: true }}
              className="flex h-14 flex-col items-center justify-center gap-0.5 text-xs text-ink-2"
            >
              <PlusIcon aria-hidden className="size-5" />
              New
            </Link>
          </li>
        )}
        <BottomLink {...kpis} />
        <BottomLink {...inbox} />
      </ul>
    </nav>
  )
}
