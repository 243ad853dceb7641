/**
 * Sends what waits with every tab closed: for the service worker, in answer to Background Sync. No page, no documents:
 * what is in the outboxes of this browser's people goes out in the name of whoever's session it is, and exactly what the
 * server took leaves. Whatever it does not take stays for the app, which keeps drafts and tells people; nothing is given
 * up here. Several drains at once, or a tab that sends the same, do no harm: an update is admitted once.
 */
import { deviceHeader, type DocumentName, type PushVerdict } from '@fulqrun/protocol'
import { drainUploads } from './attachments/drain-uploads.ts'
import { deviceDatabaseVersion, DeviceStore, type OutboxEntry } from './device-store.ts'
import { Exchange } from './exchange.ts'
import type { Ports } from './ports.ts'
import { batchesOf, judge } from './push-batches.ts'
import { defaultCatchUpSettings } from './replica-types.ts'
import { SyncError, type SyncErrorCode } from './sync-error.ts'

export { createBrowserPorts } from './browser-ports.ts'

export interface DrainOptions {
  readonly ports: Pick<Ports, 'fetch' | 'indexedDB' | 'startTimer' | 'now'>
  /** Called after something of a person was sent, so that open tabs can look anew. */
  onDrained?(databaseName: string): void
}

export interface DrainReport {
  /** Updates and files that the server has now. */
  readonly sent: number
  /** What waits on: not tried, not answered, or to be sent again. Ask for another sync when there is any. */
  readonly left: number
  /** Of those, updates that the server will not take as things are: the app tells the person. */
  readonly refused: number
  /** One per database with something to send. */
  readonly people: readonly PersonReport[]
}

export interface PersonReport {
  readonly database: string
  readonly sent: number
  readonly left: number
  readonly refused: number
  /** Why not everything was tried. */
  readonly problem?: SyncErrorCode | undefined
}

interface PersonRecord {
  readonly userId: string
  readonly baseUrl: string
}

const databasePrefix = 'fulqrun-'

/** Never rejects. */
export async function drainDevices(options: DrainOptions): Promise<DrainReport> {
  const people: PersonReport[] = []
  for (const database of await listDatabases(options.ports)) {
    const report = await drainOne(database, options)
    if (report !== undefined) people.push(report)
  }
  const sum = (count: (report: PersonReport) => number): number =>
    people.reduce((total, report) => total + count(report), 0)
  return {
    sent: sum(({ sent }) => sent),
    left: sum(({ left }) => left),
    refused: sum(({ refused }) => refused),
    people,
  }
}

/** Databases of people, not those of documents, which have a path; and only of this version, which a worker never raises. */
async function listDatabases({ indexedDB }: DrainOptions['ports']): Promise<readonly string[]> {
  try {
    const databases = (await indexedDB?.databases()) ?? []
    return databases.flatMap(({ name, version }) =>
      name?.startsWith(databasePrefix) === true && !name.includes('/') && version === deviceDatabaseVersion
        ? [name]
        : [],
    )
  } catch {
    // Old browsers have no list, and no Background Sync either.
    return []
  }
}

/** Undefined when there is nothing to send, or nobody whose it is. */
async function drainOne(database: string, options: DrainOptions): Promise<PersonReport | undefined> {
  const userId = database.slice(databasePrefix.length)
  const store = new DeviceStore({
    ports: options.ports,
    userId,
    onErased: () => undefined,
    mustExist: true,
  })
  try {
    const metadata = await store.readMetadata()
    const person = readPerson(metadata.get('person'))
    const entries = await store.readAll('outbox')
    if (person === undefined || person.userId !== userId) return undefined
    const deviceId = metadata.get('device-id')
    const updates = await sendAll(entries, { ...options, store, person, deviceId })
    // Behind the updates, because the records that files belong to may be among them.
    const files = await drainUploads({ ports: options.ports, store, ...person })
    const report = { ...updates, sent: updates.sent + files.sent, left: updates.left + files.left }
    if (report.sent + report.left === 0) return undefined
    if (report.sent > 0) options.onDrained?.(database)
    return { database, ...report }
  } catch {
    // The disk is not to be had now; what is on it waits.
    return undefined
  } finally {
    await store.close()
  }
}

interface Sending extends DrainOptions {
  readonly store: DeviceStore
  readonly person: PersonRecord
  readonly deviceId: unknown
}

async function sendAll(
  entries: readonly OutboxEntry[],
  { ports, store, person, deviceId }: Sending,
): Promise<Omit<PersonReport, 'database'>> {
  const { pushUpdates, pushBytes, silenceMs } = defaultCatchUpSettings
  const exchange = new Exchange({
    ports,
    ...person,
    silenceMs,
    headers: () => (typeof deviceId === 'string' ? { [deviceHeader]: deviceId } : {}),
  })
  const { batches } = batchesOf(entries, { updates: pushUpdates, bytes: pushBytes })
  let sent = 0
  const refused = new Set<string>()
  const stuck = new Set<string>()
  const report = (problem?: SyncErrorCode): Omit<PersonReport, 'database'> => ({
    sent,
    left: entries.length - sent,
    refused: entries.filter(({ document }) => refused.has(document)).length,
    ...(problem === undefined ? {} : { problem }),
  })
  for (const batch of batches) {
    // What a document has behind an update that was not taken builds on it.
    const next = batch.filter(({ document }) => !stuck.has(document))
    if (next.length === 0) continue
    try {
      const verdicts = await exchange.push(next.map(({ document, update }) => ({ name: document, update })))
      const outcome = judge(next, verdicts)
      await conclude(store, outcome.accepted, outcome.putBack, ports.now())
      sent += outcome.accepted.length
      for (const name of outcome.refused.keys()) refused.add(name)
      for (const name of [...outcome.refused.keys(), ...outcome.later.keys()]) stuck.add(name)
    } catch (error) {
      return report(error instanceof SyncError ? error.code : 'api/unexpected')
    }
  }
  return report()
}

/** The entries go together with what the person has to hear about them, so that a worker that is stopped loses neither. */
async function conclude(
  store: DeviceStore,
  accepted: readonly string[],
  putBack: readonly PushVerdict[],
  at: number,
): Promise<void> {
  if (accepted.length === 0) return
  await store.write(['outbox', 'metadata'], async (transaction) => {
    const metadata = transaction.objectStore('metadata')
    for (const { name, putBack: paths } of putBack) {
      const key = putBackKey(name as DocumentName)
      const earlier = (await metadata.get(key)) as { readonly paths?: PushVerdict['putBack'] } | undefined
      await metadata.put({ at, paths: [...(earlier?.paths ?? []), ...paths] }, key)
    }
    for (const id of accepted) await transaction.objectStore('outbox').delete(id)
  })
}

/** As the registry of documents reads it at the next start. */
function putBackKey(name: DocumentName): string {
  return `put-back:${name}`
}

function readPerson(value: unknown): PersonRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { userId, baseUrl } = value as Record<string, unknown>
  return typeof userId === 'string' && typeof baseUrl === 'string' ? { userId, baseUrl } : undefined
}
