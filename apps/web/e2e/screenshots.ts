/**
 * `npm run screenshots`: pictures of every screen with demo data, for people who judge how it looks, into
 * apps/web/e2e/screenshots/<look>/. With `--docs` only the picture of the README is made: docs/pipeline.png.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ensureWebBuild, repositoryRoot } from '../../server/src/http/web-build.ts'
import { type PersonId, signIn } from '../../server/src/testing/people.ts'
import { launchChromium } from './support/chromium.ts'
import { listRecords } from './support/demo-record.ts'
import { type DemoServer, openDemoServer } from './support/demo-server.ts'
import { adminScreens, type Places, placesOf, type Screen, screens } from './support/screen-list.ts'
import { notes, settle } from './support/screens.ts'
import { desktop, phone, receive, type Visitor } from './support/visitor.ts'

const folder = path.join(import.meta.dirname, 'screenshots')

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { ...desktop, colorScheme: 'light' },
  dark: { ...desktop, colorScheme: 'dark' },
  phone: { ...phone, colorScheme: 'light', deviceScaleFactor: 2 },
}

const log = (line: string) => process.stdout.write(`${line}\n`)

interface Studio {
  readonly browser: Browser
  readonly server: DemoServer
  readonly places: Places
}

async function enter(studio: Studio, person: PersonId, look: BrowserContextOptions): Promise<Visitor> {
  const visitor = await receive(await studio.browser.newContext(look), studio.server)
  await visitor.signIn(person)
  return visitor
}

async function photograph(page: Page, file: string): Promise<void> {
  await settle(page)
  await page.screenshot({ path: file })
  log(path.relative(repositoryRoot, file))
}

async function photographAll(studio: Studio, look: string): Promise<void> {
  const into = path.join(folder, look)
  await mkdir(into, { recursive: true })
  const ana = await receive(await studio.browser.newContext(looks[look]), studio.server)
  await ana.page.getByRole('button', { name: 'Ana Castillo' }).waitFor()
  await photograph(ana.page, path.join(into, 'sign-in.png'))
  await ana.signIn('ana')
  await photographScreens(ana, screens(studio.places), into)
  await photographTogether(studio, ana, into)
  await photographOffline(ana, into)
  await ana.context.close()
  const adam = await enter(studio, 'adam', looks[look] ?? desktop)
  await photographScreens(adam, adminScreens(), into)
  await adam.context.close()
}

async function photographScreens(visitor: Visitor, list: readonly Screen[], into: string): Promise<void> {
  for (const screen of list) {
    await visitor.goTo(screen.address)
    await screen.ready(visitor.page)
    await visitor.page.getByRole('button', { name: /^Sync: Up to date/ }).waitFor({ state: 'attached' })
    await photograph(visitor.page, path.join(into, `${screen.name}.png`))
  }
}

/** A colleague writes in the same notes. */
async function photographTogether(studio: Studio, ana: Visitor, into: string): Promise<void> {
  const ben = await enter(studio, 'ben', desktop)
  const address = `${studio.places.opportunity}?tab=notes`
  await Promise.all([ana.goTo(address), ben.goTo(address)])
  await notes(ben.page).focus()
  await ben.page.keyboard.press('Control+Home')
  await ben.page.keyboard.type('Pricing committee moved. ')
  await notes(ana.page).getByText('Pricing committee moved.').first().waitFor()
  // Not settled: the name at the caret is there for two seconds only.
  await ana.page.screenshot({ path: path.join(into, 'notes-together.png') })
  await ben.context.close()
}

async function photographOffline({ context, page }: Visitor, into: string): Promise<void> {
  await context.setOffline(true)
  await notes(page).focus()
  await page.keyboard.type('Written without a network. ')
  await page.getByRole('button', { name: /^Sync: \d+ changes? waiting/ }).waitFor()
  await photograph(page, path.join(into, 'notes-offline.png'))
  await page.getByRole('button', { name: /^Sync: / }).click()
  await page.getByRole('dialog').waitFor()
  await photograph(page, path.join(into, 'sync-panel.png'))
}

/** The README's picture: the list in which most work begins. */
async function photographForDocs(studio: Studio): Promise<void> {
  const ana = await enter(studio, 'ana', { ...desktop, colorScheme: 'light' })
  await ana.goTo('/pipeline')
  await ana.page.getByRole('table', { name: 'Opportunities' }).getByRole('link').first().waitFor()
  await ana.page.getByRole('button', { name: /^Sync: Up to date/ }).waitFor()
  await photograph(ana.page, path.join(repositoryRoot, 'docs/pipeline.png'))
}

await ensureWebBuild({ log })
await using server = await openDemoServer()
const browser = await launchChromium()
try {
  const entries = await listRecords(await signIn(() => server.url, 'ana'))
  const studio = { browser, server, places: placesOf(entries) }
  if (process.argv.includes('--docs')) await photographForDocs(studio)
  else for (const look of Object.keys(looks)) await photographAll(studio, look)
} finally {
  await browser.close()
}
