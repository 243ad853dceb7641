import type { CatalogueEntry } from '@fulqrun/protocol'
import type { Page } from 'playwright-core'
import { isUnderWay, recordOf } from './demo-record.ts'
import { notes } from './screens.ts'

/** A screen of the app, for tests and pictures of all of them. */
export interface Screen {
  readonly name: string
  readonly address: string
  /** Resolves when what the screen is about stands on it. */
  readonly ready: (page: Page) => Promise<void>
}

/** Addresses of the records that the screens show. */
export interface Places {
  readonly opportunity: string
  readonly contact: string
}

/** The first opportunity and the first contact of a list, so that pictures of two runs show the same. */
export function placesOf(entries: readonly CatalogueEntry[]): Places {
  const opportunity = entries.find(isUnderWay)
  const contact = entries.find(({ kind }) => kind === 'contact')
  if (opportunity === undefined || contact === undefined) throw new Error('there is no demo data')
  return { opportunity: recordOf(opportunity).address, contact: recordOf(contact).address }
}

/** Every screen behind the sign-in. */
export function screens({ opportunity, contact }: Places): readonly Screen[] {
  const heading = (name: string) => (page: Page) => page.getByRole('heading', { name }).first().waitFor()
  const link = (href: string) => (page: Page) =>
    page.locator(`a[href^="${href}"]`).filter({ visible: true }).first().waitFor()
  return [
    { name: 'pipeline', address: '/pipeline', ready: link('/opportunities/') },
    {
      name: 'create-opportunity',
      address: '/pipeline?create=true',
      ready: async (page) => {
        await page.getByRole('dialog', { name: 'New opportunity' }).waitFor()
        // It is there, transparent, before it is placed and comes in.
        await page.waitForFunction(() =>
          document.querySelector('[role=dialog]')?.checkVisibility({ opacityProperty: true }),
        )
      },
    },
    { name: 'overview', address: opportunity, ready: heading('Key facts') },
    {
      name: 'meddpicc',
      address: `${opportunity}?tab=meddpicc`,
      ready: (page) => page.getByText('Identify pain').first().waitFor(),
    },
    { name: 'notes', address: `${opportunity}?tab=notes`, ready: (page) => notes(page).waitFor() },
    { name: 'financials', address: `${opportunity}?tab=financials`, ready: heading('Official values') },
    {
      name: 'activities',
      address: `${opportunity}?tab=activities`,
      ready: (page) => page.getByRole('tabpanel').getByRole('button').first().waitFor(),
    },
    {
      name: 'history',
      address: `${opportunity}?tab=history`,
      ready: (page) => page.getByRole('article').first().waitFor(),
    },
    { name: 'contacts', address: '/contacts', ready: link('/contacts/') },
    {
      name: 'contact',
      address: contact,
      ready: (page) => page.getByRole('tab', { name: 'Overview' }).waitFor(),
    },
    { name: 'kpis', address: '/kpis', ready: (page) => page.getByRole('article').first().waitFor() },
  ]
}
