import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { DocumentName } from '@fulqrun/protocol'
import { createDocument, newDocumentId } from '@fulqrun/schema'
import { WireClient, type WireChannel } from '@fulqrun/testkit'
import { openAccounts } from '../accounts/accounts.ts'
import { type Config, loadConfig } from '../config.ts'
import { createLogger, type Logger } from '../logger.ts'
import { type ServerParts, startServer } from '../server.ts'
import { type Person, type PersonId, signIn } from './people.ts'

/** One line of the server's log. */
export interface LogLine {
  readonly level: number
  readonly msg?: string
  readonly [key: string]: unknown
}

export interface QuarantineRow {
  readonly document: string
  readonly code: string
  readonly author_id: string
  readonly data: Uint8Array
}

function readQuarantine(dataDir: string): readonly QuarantineRow[] {
  const database = new DatabaseSync(path.join(dataDir, 'fulqrun.sqlite'), { readOnly: true })
  try {
    const rows = database
      .prepare('select document, code, author_id, data from quarantine order by rowid')
      .all()
    return rows as unknown as QuarantineRow[]
  } finally {
    database.close()
  }
}

/** pino's number for `error`. */
export const errorLevel = 50

/** A whole server in this process, on a port of its own, with the demo people and no documents. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly syncUrl: string
  readonly dataDir: string
  readonly logs: readonly LogLine[]
  /** Lines at level error and above. */
  errors(): readonly LogLine[]
  /** Signs somebody in, once. */
  person(id: PersonId): Promise<Person>
  /** A socket of this person's. */
  connect(id: PersonId): Promise<WireClient>
  /** A new opportunity in territory North, durable, and its creator's socket. */
  newOpportunity(id: PersonId, fields?: Readonly<Record<string, unknown>>): Promise<WireChannel>
  /** Value of a gauge or counter. */
  metric(name: string): Promise<number>
  /** What is in quarantine, oldest first. */
  quarantine(): readonly QuarantineRow[]
  /** Stops the server and starts another one on the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

interface TestServerOptions extends Pick<ServerParts, 'openStore'> {
  readonly env?: Readonly<Record<string, string>> | undefined
}

export async function openTestServer({ env = {}, openStore }: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = await prepareDataDir()
  const config = testConfig(dataDir, env)
  const logs: LogLine[] = []
  const logger = capturingLogger(logs)
  let running = await startServer(config, { logger, openStore })
  const people = new Map<PersonId, Promise<Person>>()
  const clients: WireClient[] = []
  const person = (id: PersonId): Promise<Person> => {
    const known = people.get(id) ?? signIn(() => running.url, id)
    people.set(id, known)
    return known
  }
  const connect = async (id: PersonId): Promise<WireClient> => {
    const token = await (await person(id)).token()
    const client = await WireClient.connect({ url: syncUrlOf(running.url), token })
    clients.push(client)
    return client
  }
  return {
    get url() {
      return running.url
    },
    get syncUrl() {
      return syncUrlOf(running.url)
    },
    dataDir,
    logs,
    errors: () => logs.filter(({ level }) => level >= errorLevel),
    person,
    connect,
    async newOpportunity(id, fields) {
      const channel = await (await connect(id)).open(newOpportunityName())
      createOpportunity(channel, id, fields)
      await channel.answered()
      return channel
    },
    metric: (name) => readMetric(running.url, name),
    quarantine: () => readQuarantine(dataDir),
    async restart() {
      // A close that failed has been seen by whoever asked for it.
      await running.close().catch(() => undefined)
      running = await startServer(config, { logger, openStore })
    },
    close: () => running.close(),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
      await running.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

let template: Promise<ReadonlyMap<string, Buffer>> | undefined

/** An empty data folder in which the demo people have accounts, and nothing else. */
export async function prepareDataDir(): Promise<string> {
  // Hashing passwords and creating tables takes longer than most tests: it is done once per test file.
  template ??= makeDataDir()
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fulqrun-server-'))
  for (const [name, bytes] of await template) await writeFile(path.join(dataDir, name), bytes)
  return dataDir
}

async function makeDataDir(): Promise<ReadonlyMap<string, Buffer>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fulqrun-server-'))
  const config = testConfig(dataDir)
  const accounts = await openAccounts({ config, logger: createLogger({ level: 'silent', readable: false }) })
  await accounts.seedDemo()
  await accounts.close()
  const files = new Map<string, Buffer>()
  for (const name of await readdir(dataDir)) files.set(name, await readFile(path.join(dataDir, name)))
  await rm(dataDir, { recursive: true, force: true })
  return files
}

/** Production settings; not the demo's, which would fill an empty log with documents. */
export const testEnvironment = {
  PORT: '0',
  LOG_LEVEL: 'info',
  AUTH_SECRET: 'a secret of the tests, at least 32 characters long',
} as const

export function testConfig(dataDir: string, env: Readonly<Record<string, string>> = {}): Config {
  return loadConfig({ ...testEnvironment, DATA_DIR: dataDir, ...env })
}

export function syncUrlOf(url: string): string {
  return `${url.replace('http', 'ws')}/sync`
}

export function newOpportunityName(organization = 'meridian'): DocumentName {
  return `${organization}/opportunity/${newDocumentId()}` as DocumentName
}

export const north = 'meridian-north'
export const south = 'meridian-south'

export function createOpportunity(
  { doc }: Pick<WireChannel, 'doc'>,
  createdBy: string,
  fields: Readonly<Record<string, unknown>> = { name: 'Formulary, St. Vincent' },
): void {
  createDocument(doc, { kind: 'opportunity', territoryId: north, createdBy, createdAt: Date.now(), fields })
}

export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

function capturingLogger(lines: LogLine[]): Logger {
  return createLogger({
    level: 'info',
    readable: false,
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
  })
}
