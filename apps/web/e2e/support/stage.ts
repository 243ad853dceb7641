import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { CatalogueEntry } from '@fulqrun/protocol'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type Person, type PersonId, signIn } from '../../../server/src/testing/people.ts'
import { isBrowserRequired, launchChromium, missingBrowser } from './chromium.ts'
import { type DemoRecord, isUnderWay, listRecords, recordOf } from './demo-record.ts'
import { type DemoServer, openDemoServer } from './demo-server.ts'
import { openNetwork } from './network.ts'
import { upToDate, waitForChip } from './screens.ts'
import { desktop, receive, type Visitor } from './visitor.ts'

export const screenshotFolder = path.resolve(import.meta.dirname, '../screenshots')

/** One server with demo data and one browser, for the tests of one file. */
export interface Stage {
  readonly server: DemoServer
  /** A fresh browser context with the app open at the sign-in page. */
  arrive(options?: BrowserContextOptions): Promise<Visitor>
  /** The same, signed in by one click on a person and up to date. */
  enter(person: PersonId, options?: BrowserContextOptions): Promise<Visitor>
  /**
   * The same at a desk where an earlier test of the file may have left this person signed in, with everything on the
   * device: for tests that are about records and not about the device. What a failed test leaves is not used.
   */
  meet(person: PersonId): Promise<Visitor>
  /** The same person over HTTP, without a browser. */
  api(person: PersonId): Promise<Person>
  /** An open opportunity of the territory North that no other test of the file, or attempt of it, has taken. */
  takeOpportunity(): Promise<DemoRecord>
  /** The same for other records; `what` names them in the error when none is left. */
  take(what: string, isWanted: (entry: CatalogueEntry) => boolean): Promise<DemoRecord>
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
  /** Who is at the visitors' desks of this test, for the next one. */
  const seated = new Map<Visitor, PersonId>()
  const free = new Map<PersonId, BrowserContext>()
  const taken = new Set<string>()
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
  beforeEach(async () => {
    if (missing !== undefined) throw new Error(missing)
    // A test that failed while the server was dead is no reason for the next one to fail.
    await props?.server.revive()
  })
  afterAll(async () => {
    await props?.browser.close()
    await props?.server[Symbol.asyncDispose]()
  })
  afterEach(async ({ task }) => {
    const leaving = visitors
    visitors = []
    const isWell =
      task.result?.state !== 'fail' && leaving.every(({ problems }) => problems.found.length === 0)
    if (task.result?.state === 'fail') await photograph(task.name, leaving)
    await Promise.all(
      leaving.map(async (visitor) => {
        const person = seated.get(visitor)
        if (!isWell || person === undefined || free.has(person)) return visitor.context.close()
        await standUp(visitor)
        free.set(person, visitor.context)
      }),
    )
    seated.clear()
    expect(leaving.flatMap(({ problems }) => problems.found)).toEqual([])
  })

  const arrive = async (options: BrowserContextOptions = {}): Promise<Visitor> => {
    const { server, browser } = get()
    const network = await openNetwork()
    const context = await browser.newContext({ ...desktop, proxy: network.proxy, ...options })
    network.serve(context)
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
    async meet(person) {
      const context = free.get(person)
      free.delete(person)
      if (context === undefined) {
        const visitor = await stage.enter(person)
        seated.set(visitor, person)
        return visitor
      }
      const visitor = await receive(context, get().server)
      visitors.push(visitor)
      seated.set(visitor, person)
      await waitForChip(visitor.page, upToDate)
      return visitor
    },
    api: (person) => signIn(() => get().server.url, person),
    takeOpportunity: () => stage.take('open opportunity', isUnderWay),
    async take(what, isWanted) {
      const records = await listRecords(await stage.api('ana'))
      const entry = records.find((one) => isWanted(one) && !taken.has(one.name))
      if (entry === undefined) throw new Error(`the demo data has no ${what} that is not taken`)
      taken.add(entry.name)
      return recordOf(entry)
    },
  }
  return stage
}

/** Leaves the device with its network, and with no page of the app open: nobody sees the person there any more. */
async function standUp({ context, page }: Visitor): Promise<void> {
  const others = context.pages().filter((one) => one !== page)
  await Promise.all(others.map((one) => one.close()))
  await context.setOffline(false)
  await page.goto('about:blank')
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
