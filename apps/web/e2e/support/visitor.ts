import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { demoPeople } from '../../../server/src/accounts/seed-accounts.ts'
import type { PersonId } from '../../../server/src/testing/people.ts'
import type { DemoServer } from './demo-server.ts'
import { lookOften } from './look-often.ts'
import { type Problems, watchProblems } from './problems.ts'
import { upToDate, waitForChip } from './screens.ts'

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

/** What the app is looked at with, unless a test says otherwise. */
export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-US' }

/** A phone of a usual size, with a finger in place of a mouse. */
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  locale: 'en-US',
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
  lookOften(page)
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
  await waitForChip(page, upToDate)
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
}

function nameOf(person: PersonId): string {
  const found = demoPeople.find(({ id }) => id === person)
  if (found === undefined) throw new Error(`nobody is called ${person}`)
  return found.name
}
