import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { parseRecordSearch } from './features/contacts/contact-sections.ts'
import { parseRulesSearch } from './features/admin/rules-search.ts'
import { parseContactSearch } from './features/contacts/contact-filter.ts'
import { parseInboxSearch } from './features/inbox/inbox-search.ts'
import { parseKpiSearch } from './features/kpis/kpi-search.ts'
import { parsePipelineSearch } from './features/pipeline/pipeline-filter.ts'
import { ErrorPage } from './frame/ErrorPage.tsx'
import { Frame } from './frame/Frame.tsx'
import { NotFoundPage } from './frame/NotFoundPage.tsx'

/** Every screen and its address. Screens are loaded when first needed and precached by the service worker. */

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage, errorComponent: ErrorPage })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- how TanStack Router redirects
    throw redirect({ to: '/pipeline', replace: true })
  },
})

const pipeline = createRoute({
  getParentRoute: () => root,
  path: '/pipeline',
  validateSearch: parsePipelineSearch,
  component: lazyRouteComponent(() => import('./features/pipeline/PipelinePage.tsx'), 'PipelinePage'),
})

const opportunity = createRoute({
  getParentRoute: () => root,
  path: '/opportunities/$id',
  validateSearch: parseRecordSearch,
  component: lazyRouteComponent(
    () => import('./features/opportunity-route/OpportunityRoute.tsx'),
    'OpportunityRoute',
  ),
})

const contacts = createRoute({
  getParentRoute: () => root,
  path: '/contacts',
  validateSearch: parseContactSearch,
  component: lazyRouteComponent(() => import('./features/contacts/ContactsPage.tsx'), 'ContactsPage'),
})

const contact = createRoute({
  getParentRoute: () => root,
  path: '/contacts/$id',
  validateSearch: parseRecordSearch,
  component: lazyRouteComponent(() => import('./features/contacts/ContactPage.tsx'), 'ContactPage'),
})

const kpis = createRoute({
  getParentRoute: () => root,
  path: '/kpis',
  validateSearch: parseKpiSearch,
  component: lazyRouteComponent(() => import('./features/kpis/KpiPage.tsx'), 'KpiPage'),
})

const rules = createRoute({
  getParentRoute: () => root,
  path: '/admin/rules',
  validateSearch: parseRulesSearch,
  component: lazyRouteComponent(() => import('./features/admin/RulesPage.tsx'), 'RulesPage'),
})

const importing = createRoute({
  getParentRoute: () => root,
  path: '/admin/import',
  component: lazyRouteComponent(() => import('./features/import/ImportPage.tsx'), 'ImportPage'),
})

const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  component: lazyRouteComponent(() => import('./features/devices/DevicesPage.tsx'), 'DevicesPage'),
})

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  validateSearch: parseInboxSearch,
  component: lazyRouteComponent(() => import('./features/inbox/InboxPage.tsx'), 'InboxPage'),
})

const sync = createRoute({
  getParentRoute: () => root,
  path: '/sync',
  component: lazyRouteComponent(() => import('./features/sync-centre/SyncCentrePage.tsx'), 'SyncCentrePage'),
})

const offline = createRoute({
  getParentRoute: () => root,
  path: '/offline',
  component: lazyRouteComponent(() => import('./features/offline/OfflinePage.tsx'), 'OfflinePage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/settings/SettingsPage.tsx'), 'SettingsPage'),
})

const routeTree = root.addChildren([
  home,
  pipeline,
  opportunity,
  contacts,
  contact,
  kpis,
  inbox,
  rules,
  importing,
  devices,
  settings,
  sync,
  offline,
])

export function makeRouter() {
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
    // Nothing is loaded from a network here: a pending screen would only flicker.
    defaultPendingMs: 1000,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
