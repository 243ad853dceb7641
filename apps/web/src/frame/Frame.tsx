import { Outlet, useLocation } from '@tanstack/react-router'
import { lazy, type RefObject, Suspense, useEffect, useRef } from 'react'
import { Announcer } from './Announcer.tsx'
import { Bars } from './Bars.tsx'
import { Logo } from './Logo.tsx'
import { BottomNav, SideNav } from './Nav.tsx'
import { SearchButton } from './SearchButton.tsx'
import { SyncStatus } from './SyncStatus.tsx'

// What can be opened from the header is no part of the first paint.
const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu.tsx')).AccountMenu }))
const SearchHub = lazy(() => import('../features/search/SearchHub.tsx'))

/** The place of the menu, until it is here. */
const accountPlace = <span aria-hidden className="m-0.5 size-7 rounded-full bg-sunken touch:m-2" />

/**
 * Going to another screen moves the focus to it, so that readers of the screen hear where they are and Tab starts there.
 * The first screen and changes of filters leave the focus where it is.
 */
function useFocusOnNavigation(main: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [main, pathname])
}

/** What stands around every screen: skip link, navigation, header with the sync chip, bars, the screen itself. */
export function Frame() {
  const main = useRef<HTMLElement>(null)
  useFocusOnNavigation(main)
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="skip-link rounded-md border border-line-strong bg-raised px-3 py-2 text-base font-medium focus:shadow-pop"
      >
        Skip to content
      </a>
      <SideNav />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="safe-top sticky top-0 z-30 border-b [@media(height<20rem)]:static border-line bg-canvas">
          <div className="flex h-12 items-center gap-2 px-4 sm:px-6">
            <span className="flex items-center gap-2 md:hidden">
              <Logo className="size-5" />
              {/* Enlarged to 400 % there is only room for what changes. */}
              <span className="text-base font-semibold max-[22rem]:hidden">FulQrun</span>
            </span>
            <div className="ms-auto flex min-w-0 items-center gap-2">
              <SearchButton />
              <SyncStatus />
              <Suspense fallback={accountPlace}>
                <AccountMenu />
              </Suspense>
            </div>
          </div>
          <Bars />
        </header>
        <main ref={main} id="main" tabIndex={-1} className="flex-1 pb-20 outline-none md:pb-8">
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <BottomNav />
      <Announcer />
      <Suspense fallback={null}>
        <SearchHub />
      </Suspense>
    </div>
  )
}
