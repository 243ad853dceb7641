/**
 * Filling an empty device with a territory, in a real browser: `node apps/bench/src/catch-up.ts`. See the README.
 *
 * Per round and side by side: our replica; the same opened again when nothing has changed; one Hocuspocus provider and
 * one y-indexeddb database per document; and the limit, the same bytes applied to Yjs documents from memory.
 */
import { type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import type { BenchPage, PageRun } from '../page/page.ts'
import { makeTerritory, seedOurs, seedPlain, type Territory } from './catch-up/territory.ts'
import { watchTraffic } from './catch-up/traffic.ts'
import { readCpuSeconds } from './cpu-time.ts'
import { formatTable, readMachineFacts } from './report.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { ratiosOf, spreadOf } from './statistics.ts'
import { type Subject, subjects } from './subject.ts'

const usage = `node apps/bench/src/catch-up.ts [options]

  --documents <list>  sizes of the territory (default 1000,10000)
  --rounds <n>        rounds of each size (default 3)
  --peer-up-to <n>    no providers for territories above this (default 10000)
  --timeline <dir>    one more round: prints what the device does and when, and writes CPU profiles of page and server
  --json              one JSON object per measurement
  --help              this text`

const ways = ['ours', 'again', 'providers', 'limit'] as const
type Way = (typeof ways)[number]

interface CatchUpRun {
  readonly type: 'catch-up'
  readonly way: Way
  readonly territory: number
  readonly round: number
  readonly milliseconds: number
  /** CPU of the server process in that time, ms; undefined off Linux and where no server is asked. */
  readonly serverCpu?: number | undefined
  readonly wireBytes?: number | undefined
}

declare global {
  /** What page.ts puts on its window. */
  var bench: BenchPage
}

const children = new Set<ChildProcess>()
const folders = new Set<string>()

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fulqrun-catch-up-'))
  folders.add(folder)
  return folder
}

function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

async function buildPage(): Promise<string> {
  const outDir = makeFolder()
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../page', import.meta.url)),
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  })
  return outDir
}

function start(
  subject: Subject,
  dataDir: string,
  environment: Record<string, string>,
): Promise<ServerProcess> {
  return startServer(
    { ...subject, environment: { ...subject.environment, ...environment } },
    { dataDir, track: (child) => children.add(child) },
  )
}

/** One territory and the servers that hold it. */
class Scene {
  readonly territory: Territory
  readonly #browser: Browser
  readonly #ours: ServerProcess
  readonly #plain: ServerProcess

  private constructor(
    territory: Territory,
    browser: Browser,
    servers: readonly [ServerProcess, ServerProcess],
  ) {
    this.territory = territory
    this.#browser = browser
    ;[this.#ours, this.#plain] = servers
  }

  static async set(size: number, browser: Browser, webRoot: string): Promise<Scene> {
    const territory = makeTerritory(size)
    const [ourData, plainData] = [makeFolder(), makeFolder()]
    await seedOurs(ourData, territory)
    seedPlain(plainData, territory)
    const ours = await start(subjects.fulqrun, ourData, { WEB_ROOT: webRoot })
    const plain = await start(subjects.hocuspocus, plainData, { RAISED_LIMITS: '1' })
    return new Scene(territory, browser, [ours, plain])
  }

  async close(): Promise<void> {
    await Promise.all([this.#ours.stop(), this.#plain.stop()])
  }

  /** Runs one round; every way gets an empty browser profile of its own. */
  async round(round: number, withPeer: boolean, report: (run: CatchUpRun) => void): Promise<void> {
    const { names } = this.territory
    const measure = async (
      page: Page,
      way: Way,
      run: () => Promise<PageRun>,
      server?: ServerProcess,
    ): Promise<void> => {
      const traffic = await watchTraffic(page)
      const before = server === undefined ? undefined : readCpuSeconds(server.pid)
      const { milliseconds } = await run()
      const after = server === undefined ? undefined : readCpuSeconds(server.pid)
      report({
        type: 'catch-up',
        way,
        territory: names.length,
        round,
        milliseconds,
        ...(before === undefined || after === undefined ? {} : { serverCpu: (after - before) * 1000 }),
        ...(server === undefined ? {} : { wireBytes: await traffic.take() }),
      })
    }
    await this.#withPage(async (page, me) => {
      const count = names.length
      await measure(
        page,
        'ours',
        () => page.evaluate((a) => bench.ours(a.me, a.count), { me, count }),
        this.#ours,
      )
      await measure(page, 'again', () => page.evaluate((a) => bench.oursAgain(a), me), this.#ours)
    })
    if (withPeer) {
      await this.#withPage(async (page) => {
        const url = `ws://127.0.0.1:${this.#plain.port}/`
        const run = () => page.evaluate((a) => bench.providers(a.url, a.names), { url, names })
        await measure(page, 'providers', run, this.#plain)
      })
    }
    await this.#withPage(async (page) => {
      await measure(page, 'limit', () => page.evaluate((a) => bench.limit(a), names))
    })
  }

  /** What an empty device does, and when; the noting takes time of its own. */
  async look(directory: string): Promise<string> {
    const count = this.territory.names.length
    mkdirSync(directory, { recursive: true })
    let text = ''
    await this.#withPage(async (page, me) => {
      await page.evaluate(() => bench.watch())
      const session = await page.context().newCDPSession(page)
      await session.send('Profiler.enable')
      await session.send('Profiler.setSamplingInterval', { interval: 200 })
      await session.send('Profiler.start')
      const stop = await this.#ours.profile()
      await page.evaluate((a) => bench.ours(a.me, a.count), { me, count })
      await stop(directory)
      const { profile } = await session.send('Profiler.stop')
      writeFileSync(join(directory, 'page.cpuprofile'), JSON.stringify(profile))
      const steps = await page.evaluate(() => bench.takeTimeline())
      text = steps
        .map(
          ({ what, from, to }) =>
            `${from.toFixed(0).padStart(6)} ${(to - from).toFixed(0).padStart(6)}  ${what}`,
        )
        .join('\n')
    })
    return text
  }

  async #withPage(use: (page: Page, me: Awaited<ReturnType<BenchPage['signIn']>>) => Promise<void>) {
    const context = await this.#browser.newContext({ bypassCSP: true })
    try {
      const page = await context.newPage()
      page.on('pageerror', (error) => console.error(error))
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(message.text())
      })
      page.setDefaultTimeout(0)
      await page.goto(`http://127.0.0.1:${this.#ours.port}/`)
      const me = await page.evaluate(() => bench.signIn('ana@meridian.example', 'demo-password-1'))
      await use(page, me)
    } finally {
      await context.close()
    }
  }
}

const titles: Readonly<Record<Way, string>> = {
  ours: 'FulQrun, empty device',
  again: 'FulQrun, nothing changed',
  providers: 'a provider and a database per document',
  limit: 'limit: applied from memory',
}

function formatRuns(size: number, runs: readonly CatchUpRun[]): string {
  const of = (way: Way): readonly CatchUpRun[] =>
    runs.filter((run) => run.territory === size && run.way === way)
  const times = (way: Way): number[] => of(way).map(({ milliseconds }) => milliseconds)
  const rows = ways.map((way) => {
    const mine = of(way)
    if (mine.length === 0) return [titles[way], '-', '-', '-', '-', '-']
    const time = spreadOf(times(way))
    const ratio = (other: Way): string => {
      const spread = ratiosOf(times(way), times(other))
      return spread === undefined || way === other ? '-' : `${spread.median.toFixed(2)}x`
    }
    return [
      titles[way],
      `${time.median.toFixed(0)} (${time.min.toFixed(0)}-${time.max.toFixed(0)})`,
      ratio('limit'),
      ratio('providers'),
      middle(mine.flatMap(({ serverCpu }) => serverCpu ?? [])),
      middle(mine.flatMap(({ wireBytes }) => (wireBytes === undefined ? [] : wireBytes / 1000))),
    ]
  })
  const head = ['', 'ms (range)', '/ limit', '/ providers', 'server CPU ms', 'wire kB']
  return formatTable(`Catch-up of ${size} documents, medians`, head, rows)
}

function middle(values: readonly number[]): string {
  return values.length === 0 ? '-' : spreadOf(values).median.toFixed(0)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '1000,10000' },
      rounds: { type: 'string', default: '3' },
      'peer-up-to': { type: 'string', default: '10000' },
      timeline: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const sizes = values.documents.split(',').map(Number)
  const rounds = Number(values.rounds)
  if ([...sizes, rounds].some((count) => !Number.isInteger(count) || count < 1))
    throw new RangeError(`whole numbers from 1, please\n\n${usage}`)
  const facts = readMachineFacts()
  console.log(values.json ? JSON.stringify(facts) : `${facts.cpu}, load before ${facts.loadBefore}`)
  const webRoot = await buildPage()
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
  const runs: CatchUpRun[] = []
  for (const size of sizes) {
    const scene = await Scene.set(size, browser, webRoot)
    for (let round = 1; round <= rounds; round++) {
      await scene.round(round, size <= Number(values['peer-up-to']), (run) => {
        runs.push(run)
        if (values.json) console.log(JSON.stringify(run))
        else console.error(`${size} documents, round ${round}, ${run.way}: ${run.milliseconds.toFixed(0)} ms`)
      })
    }
    if (values.timeline !== undefined) console.log(await scene.look(values.timeline))
    await scene.close()
    if (!values.json) console.log(`\n${formatRuns(size, runs)}`)
  }
  await browser.close()
}

process.once('exit', cleanUp)
process.once('SIGINT', () => process.exit(130))
await main()
