import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { CatalogueEntry, CataloguePage } from '@fulqrun/protocol'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { demoPeople } from '../../../server/src/accounts/seed-accounts.ts'
import { type Person, type PersonId, signIn } from '../../../server/src/testing/people.ts'
import { isBrowserRequired, launchChromium, missingBrowser } from './chromium.ts'
import { type DemoServer, openDemoServer } from './demo-server.ts'
import { type Problems, watchProblems } from './problems.ts'

export const screenshotFolder = path.resolve(import.meta.dirname, '../screenshots')

/** Somebody at a browser of their own. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  readonly problems: Problems
  /** Opens an address of the app, such as `/pipeline`. */
  goTo(address: string): Promise<void>
  /** One click on a person, then until the device has everything and the app is kept for the next start. */
  signIn(person: PersonId): Promise<void>
}

/** An opportunity of the demo data. */
export interface DemoRecord {
  readonly id: string
  readonly name: CatalogueEntry['name']
  readonly title: string
  readonly address: string
}

/** One server with demo data and one browser, for the tests of one file. */
export interface Stage {
  readonly server: DemoServer
  /** A fresh browser context with the app open at the sign-in page. */
  arrive(options?: BrowserContextOptions): Promise<Visitor>
  /** The same, signed in by one click on a person and up to date. */
  enter(person: PersonId, options?: BrowserContextOptions): Promise<Visitor>
  /** The same person over HTTP, without a browser. */
  api(person: PersonId): Promise<Person>
  /** An open opportunity of the territory North that no other test of the file has taken. */
  takeOpportunity(): Promise<DemoRecord>
}

const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-US' }

export function nameOf(person: PersonId): string {
  const found = demoPeople.find(({ id }) => id === person)
  if (found === undefined) throw new Error(`nobody is called ${person}`)
  return found.name
}

const missing = missingBrowser()

interface Props {
  server: DemoServer
  browser: Browser
}

/**
 * Declares the tests of one file around a server and a browser. Without a Chromium they are skipped, or fail where one
 * is required. A test fails when a page reports an error that the test did not allow.
 */
export function journeys(title: string, declare: (stage: Stage) => void): void {
  const reason = missing === undefined || isBrowserRequired ? '' : ` (skipped: ${missing})`
  describe.skipIf(reason !== '')(`${title}${reason}`, () => {
    declare(setStage())
  })
}

function setStage(): Stage {
  let props: Props | undefined
  let visitors: Visitor[] = []
  let taken = 0
  const get = (): Props => {
    if (props === undefined) throw new Error('the stage is set before the first test')
    return props
  }

  beforeAll(async () => {
    if (missing !== undefined) return
    const [server, browser] = await Promise.all([openDemoServer(), launchChromium()])
    props = { server, browser }
  })
  // Each test fails, not only the file: the tally counts tests.
  beforeEach(() => {
    if (missing !== undefined) throw new Error(missing)
  })
  afterAll(async () => {
    await props?.browser.close()
    await props?.server[Symbol.asyncDispose]()
  })
  afterEach(async ({ task }) => {
    const leaving = visitors
    visitors = []
    if (task.result?.state === 'fail') await photograph(task.name, leaving)
    await Promise.all(leaving.map(({ context }) => context.close()))
    expect(leaving.flatMap(({ problems }) => problems.found)).toEqual([])
  })

  const arrive = async (options: BrowserContextOptions = {}): Promise<Visitor> => {
    const { server, browser } = get()
    const context = await browser.newContext({ ...desktop, ...options })
    const visitor = await receive(context, server)
    visitors.push(visitor)
    return visitor
  }
  const stage: Stage = {
    get server() {
      return get().server
    },
    arrive,
    async enter(person, options) {
      const visitor = await arrive(options)
      await visitor.signIn(person)
      return visitor
    },
    api: (person) => signIn(() => get().server.url, person),
    async takeOpportunity() {
      const { entries } = await (await stage.api('ana')).get<CataloguePage>('/api/catalogue')
      const free = entries.filter(isOpenInNorth).toSorted((a, b) => a.name.localeCompare(b.name))
      const entry = free[taken++]
      if (entry === undefined) throw new Error('the demo data has no more open opportunities')
      return recordOf(entry)
    },
  }
  return stage
}

/** The first page of a context, with the app on it. */
export async function receive(
  context: BrowserContext,
  server: Pick<DemoServer, 'url'>,
  options: { readonly allow?: RegExp | undefined } = {},
): Promise<Visitor> {
  const problems = watchProblems(context)
  if (options.allow !== undefined) problems.allow(options.allow)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(server.url)
  return {
    context,
    page,
    problems,
    async goTo(address) {
      await page.goto(server.url + address)
    },
    signIn: (person) => signInByClick(page, person),
  }
}

async function signInByClick(page: Page, person: PersonId): Promise<void> {
  await page.getByRole('button', { name: nameOf(person) }).click()
  await page.getByRole('button', { name: /^Sync: Up to date/ }).waitFor()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
}

function isOpenInNorth({ kind, territoryId, summary }: CatalogueEntry): boolean {
  const isOpen = summary['stage'] === 'engaging' || summary['stage'] === 'advancing'
  return kind === 'opportunity' && territoryId === 'meridian-north' && isOpen
}

export function recordOf({ name, title }: CatalogueEntry): DemoRecord {
  const id = name.slice(name.lastIndexOf('/') + 1)
  return { id, name, title, address: `/opportunities/${id}` }
}

async function photograph(testName: string, visitors: readonly Visitor[]): Promise<void> {
  const folder = path.join(screenshotFolder, 'failed')
  await mkdir(folder, { recursive: true })
  const slug = testName.replaceAll(/[^a-z0-9]+/giu, '-').slice(0, 80)
  const pages = visitors.flatMap(({ context }) => context.pages())
  await Promise.all(
    // A page that hangs or is gone has no picture; the test has failed already.
    pages.map((page, index) =>
      page
        .screenshot({ path: path.join(folder, `${slug}-${index}.png`), timeout: 5_000 })
        .catch(() => undefined),
    ),
  )
}
