import type { CatalogueEntry, CataloguePage } from '@fulqrun/protocol'
import type { AttentionItem } from '@fulqrun/schema'
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
  /** An opportunity whose close date waits for a choice. */
  readonly disputed: string
  /** A contact of which a value of the visitor was replaced. */
  readonly replaced: string
  /** An opportunity for whose amount two people have proposals. */
  readonly wanted: string
}

function waitingAt(
  entries: readonly CatalogueEntry[],
  {
    kind,
    count = 1,
    ...item
  }: Pick<CatalogueEntry, 'kind'> & {
    readonly type: AttentionItem['type']
    readonly path: string
    readonly count?: number
  },
): string {
  const found = entries.find((entry) => {
    const items = (entry.summary['attention'] ?? []) as readonly AttentionItem[]
    const those = items.filter(({ type, path }) => type === item.type && path === item.path)
    return entry.kind === kind && those.length === count
  })
  if (found === undefined) throw new Error(`the demo data has no ${item.type} at ${item.path}`)
  return recordOf(found).address
}

/** The first opportunity and the first contact of a list, so that pictures of two runs show the same. */
export function placesOf(entries: readonly CatalogueEntry[]): Places {
  const opportunity = entries.find(isUnderWay)
  const contact = entries.find(({ kind }) => kind === 'contact')
  if (opportunity === undefined || contact === undefined) throw new Error('there is no demo data')
  return {
    opportunity: recordOf(opportunity).address,
    contact: recordOf(contact).address,
    disputed: waitingAt(entries, { kind: 'opportunity', type: 'conflict', path: 'fields.closeDate' }),
    replaced: waitingAt(entries, { kind: 'contact', type: 'replaced', path: 'fields.phone' }),
    wanted: waitingAt(entries, {
      kind: 'opportunity',
      type: 'proposal',
      path: 'financials.amount',
      count: 2,
    }),
  }
}

async function dialogShown(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('dialog', { name }).waitFor()
  // It is there, transparent, before it is placed and comes in.
  await page.waitForFunction(() =>
    document.querySelector('[role=dialog]')?.checkVisibility({ opacityProperty: true }),
  )
}

/** Every screen behind the sign-in. */
export function screens({ opportunity, contact, disputed, replaced, wanted }: Places): readonly Screen[] {
  const heading = (name: string) => (page: Page) => page.getByRole('heading', { name }).first().waitFor()
  const opens = (dialog: string | RegExp, button: string | RegExp) => async (page: Page) => {
    await page.getByRole('button', { name: button }).first().click()
    await dialogShown(page, dialog)
  }
  const link = (href: string) => (page: Page) =>
    page.locator(`a[href^="${href}"]`).filter({ visible: true }).first().waitFor()
  /** The first line of a tab of the inbox, with its card. */
  const opensFirst = (tab: string) => async (page: Page) => {
    await page.locator(`a[href^="/inbox?tab=${tab}"]`).first().click()
    await page.getByRole('region', { name: 'Chosen' }).getByRole('article').first().waitFor()
  }
  return [
    { name: 'pipeline', address: '/pipeline', ready: link('/opportunities/') },
    {
      name: 'create-opportunity',
      address: '/pipeline?create=true',
      ready: (page) => dialogShown(page, 'New opportunity'),
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
    { name: 'consent', address: `${contact}?tab=consent`, ready: heading('Consent') },
    {
      name: 'record-consent',
      address: `${contact}?tab=consent`,
      ready: opens('Record consent', 'Record consent'),
    },
    { name: 'samples', address: `${contact}?tab=samples`, ready: heading('Samples') },
    {
      name: 'record-samples',
      address: `${contact}?tab=samples`,
      ready: opens('Record samples', 'Record samples'),
    },
    {
      name: 'sign-samples',
      address: `${contact}?tab=samples`,
      ready: opens(/^Sign for /, /^(?:Sign|Add signature) for /),
    },
    {
      name: 'conflict',
      address: disputed,
      ready: (page) => page.getByRole('button', { name: /^Close date: / }).waitFor(),
    },
    { name: 'decision-card', address: disputed, ready: opens('Changed apart from each other', 'Review') },
    {
      name: 'replaced-value',
      address: replaced,
      // Not scrolled to: axe takes fields that the header covers in part for ones that are too small.
      ready: (page) => page.getByRole('button', { name: 'Use mine for Phone' }).waitFor(),
    },
    {
      name: 'proposals',
      address: `${wanted}?tab=financials`,
      ready: async (page) => {
        const words = page.getByText('2 people want another value here')
        await words.waitFor()
        await words.evaluate((element) => {
          element.scrollIntoView()
        })
      },
    },
    { name: 'kpis', address: '/kpis', ready: (page) => page.getByRole('article').first().waitFor() },
    { name: 'sync-centre', address: '/sync', ready: heading('On this device') },
    { name: 'offline', address: '/offline', ready: heading('What works offline') },
    {
      name: 'search',
      address: '/pipeline',
      ready: async (page) => {
        await page.getByRole('button', { name: 'Search', exact: true }).click()
        await dialogShown(page, 'Search')
        await page.getByRole('combobox', { name: 'Search records and commands' }).fill('card')
        await page.getByRole('option', { name: /Card/ }).first().waitFor()
      },
    },
    { name: 'inbox', address: '/inbox', ready: link('/inbox?') },
    { name: 'inbox-card', address: '/inbox?tab=conflicts', ready: opensFirst('conflicts') },
    { name: 'inbox-replaced', address: '/inbox?tab=outcomes', ready: opensFirst('outcomes') },
    { name: 'inbox-sent', address: '/inbox?tab=sent', ready: opensFirst('sent') },
    {
      name: 'devices',
      address: '/devices',
      ready: (page) => page.getByText('This device').filter({ visible: true }).first().waitFor(),
    },
    {
      name: 'inbox-refused',
      address: '/inbox?tab=refused',
      ready: (page) => page.getByText('Everything was accepted').waitFor(),
    },
    {
      name: 'settings',
      address: '/settings',
      ready: (page) => page.getByRole('switch', { name: 'Quiet hours' }).waitFor(),
    },
  ]
}

/** A file with a row of every sort, chosen and checked. */
async function fileChecked(page: Page): Promise<void> {
  const [npi] = await page.evaluate(async () => {
    const { entries } = (await (await fetch('/api/catalogue')).json()) as CataloguePage
    return entries.flatMap(({ summary }) => (typeof summary['npi'] === 'string' ? [summary['npi']] : []))
  })
  const lines = ['Last name,NPI,Phone,Joined', 'New,,555 0100,', `Known,${npi},555 0100,`, 'Wrong,12,,']
  const buffer = Buffer.from(lines.join('\n'))
  await page.getByLabel('CSV file').setInputFiles({ name: 'hcps.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: 'Check 3 rows' }).click()
  await page.getByRole('button', { name: /^Create 1 / }).waitFor()
}

/** Screens that only an administrator sees. */
export function adminScreens(): readonly Screen[] {
  const words = (text: string) => (page: Page) =>
    page.getByText(text).filter({ visible: true }).first().waitFor()
  const rules = (view: string) => `/admin/rules?view=${view}`
  return [
    { name: 'rules', address: rules('table'), ready: words('Everybody with access') },
    { name: 'rules-approvals', address: rules('approvals'), ready: words('Who approves proposals') },
    { name: 'rules-try', address: rules('try'), ready: words('What happens') },
    { name: 'devices-of-all', address: '/devices', ready: words('This device') },
    { name: 'import', address: '/admin/import', ready: words('Choose a CSV file') },
    { name: 'import-checked', address: '/admin/import', ready: fileChecked },
    { name: 'rules-changes', address: rules('changes'), ready: words('No rule has been changed') },
  ]
}
