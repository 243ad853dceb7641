/**
 * The built app with a large territory and no network: `node apps/bench/src/cold-start.ts` (after `npm run build`).
 *
 * One browser signs in and fills its device; then, with the network cut, the page is loaded anew: how long until the
 * list can be used, and how long from a key press in the search to what it has found.
 */
import { type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { makeTerritory, seedOurs } from './catch-up/territory.ts'
import { formatTable, readMachineFacts } from './report.ts'
import { startServer } from './server-process.ts'
import { quantile, spreadOf } from './statistics.ts'
import { subjects } from './subject.ts'

const usage = `node apps/bench/src/cold-start.ts [--documents 10000] [--rounds 5]`
const query = 'clinic 217 budget'
const fillDeadlineMs = 180_000

/** Resolves with the ms from the start of the navigation until a record of the list is on the screen. */
function timeToList(): Promise<number> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      if (document.querySelector('main a[href^="/opportunities/"]') === null) return false
      observer.disconnect()
      // The next frame is the first that shows it.
      requestAnimationFrame(() => resolve(performance.now()))
      return true
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true })
    look()
  })
}

/** Resolves with the ms from the next character typed into the search until its results have changed and are drawn. */
function timeOfNextKey(): Promise<number> {
  const dialog = document.querySelector('[role=dialog]')
  if (dialog === null) throw new Error('the search is not open')
  return new Promise((resolve) => {
    const onInput = (): void => {
      const started = performance.now()
      const observer = new MutationObserver(() => {
        observer.disconnect()
        requestAnimationFrame(() => resolve(performance.now() - started))
      })
      observer.observe(dialog, { subtree: true, childList: true, characterData: true, attributes: true })
    }
    dialog.addEventListener('input', onInput, { once: true, capture: true })
  })
}

async function typeQuery(page: Page): Promise<number[]> {
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByRole('dialog', { name: 'Search' }).locator('input').waitFor()
  await page
    .getByRole('dialog', { name: 'Search' })
    .getByText(/names and notes of all [\d,]+ records/)
    .waitFor({ timeout: fillDeadlineMs })
  const times: number[] = []
  for (const letter of query) {
    const timed = page.evaluate(timeOfNextKey)
    // Commands to the page are carried out in order: it listens before the key comes.
    await page.keyboard.press(letter === ' ' ? 'Space' : letter)
    times.push(await timed)
  }
  await page.keyboard.press('Escape')
  return times
}

async function run(count: number, rounds: number, url: string): Promise<string> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    await page.goto(url)
    await page.getByRole('button', { name: /Ana/ }).first().click()
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await page.goto(`${url}/sync`)
    await page
      .getByText(/Ready for offline/)
      .first()
      .waitFor({ timeout: fillDeadlineMs })
    await context.setOffline(true)
    const starts: number[] = []
    const keys: number[] = []
    for (let round = 0; round < rounds; round++) {
      await page.goto(`${url}/pipeline`, { waitUntil: 'commit' })
      starts.push(await page.evaluate(timeToList))
      keys.push(...(await typeQuery(page)))
    }
    const start = spreadOf(starts)
    const cells = (...values: number[]): string[] => values.map((value) => value.toFixed(0))
    return formatTable(
      `${count} records, no network, ${rounds} cold starts, ms`,
      ['', 'median', 'lowest', 'highest'],
      [
        ['start to the list', ...cells(start.median, start.min, start.max)],
        ['key to results', ...cells(quantile(keys, 0.5), Math.min(...keys), Math.max(...keys))],
        ['key to results, p95', ...cells(quantile(keys, 0.95)), '', ''],
      ],
    )
  } finally {
    await browser.close()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const [count, rounds] = [Number(values.documents), Number(values.rounds)]
  if (![count, rounds].every((number) => Number.isInteger(number) && number > 0))
    throw new RangeError(`whole numbers from 1, please: ${usage}`)
  const dataDir = mkdtempSync(join(tmpdir(), 'fulqrun-cold-start-'))
  const children = new Set<ChildProcess>()
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })
  console.log(`load before ${readMachineFacts().loadBefore}`)
  await seedOurs(dataDir, makeTerritory(count))
  const server = await startServer(subjects.fulqrun, { dataDir, track: (child) => children.add(child) })
  console.log(await run(count, rounds, `http://127.0.0.1:${server.port}`))
  await server.stop()
}

await main()
