import { getText } from '@fulqrun/schema'
import * as Y from 'yjs'
import { type Client, openClient } from './client.ts'
import type { ServerProcess } from './server-process.ts'
import type { MemoryAnswer } from './servers/child-hooks.ts'
import type { Identity, Subject } from './subject.ts'
import { editedText, makeOpportunity } from './workload.ts'

/** Bytes per thing held open, from differences between server states with all clients idle. */
export interface MemoryResult {
  /** JavaScript memory in use after a full garbage collection (heap and buffers). */
  readonly usedPerDocument: number
  readonly usedPerConnection: number
  /** Growth of the resident set, which includes what the allocators keep for later. */
  readonly residentPerDocument: number
  readonly residentPerConnection: number
}

export interface MemoryJob {
  readonly subject: Subject
  readonly server: ServerProcess
  readonly identity: Identity
  readonly documents: number
}

/** Length of the text in each document, about one page. */
const textLength = 2000

/**
 * Opens documents with one connection each, then a second connection on each. The second step gives the cost of a
 * connection; the first step less that gives the cost of a document.
 */
export async function measureMemory(job: MemoryJob): Promise<MemoryResult> {
  const clients: Client[] = []
  try {
    // One of each first, so that what a server loads once is not counted.
    await openDocument(job, clients)
    const empty = await job.server.memory()
    const names: string[] = []
    for (let index = 0; index < job.documents; index++) names.push(await openDocument(job, clients))
    const single = await job.server.memory()
    for (const name of names) clients.push(await attach(job, name))
    const double = await job.server.memory()
    return compare({ empty, single, double }, job.documents)
  } finally {
    for (const client of clients) client.close()
  }
}

async function openDocument(job: MemoryJob, clients: Client[]): Promise<string> {
  const { doc, name } = makeOpportunity(job.identity)
  getText(doc, editedText).insert(0, 'a page of words '.repeat(textLength / 16))
  const client = await attach(job, name)
  clients.push(client)
  await client.deliver(Y.encodeStateAsUpdate(doc))
  doc.destroy()
  return name
}

function attach({ subject, server, identity }: MemoryJob, name: string): Promise<Client> {
  return openClient({
    wire: subject.wire,
    url: subject.socketUrl(server.port, name),
    name,
    token: identity.token,
  })
}

interface MemoryStates {
  readonly empty: MemoryAnswer
  readonly single: MemoryAnswer
  readonly double: MemoryAnswer
}

function compare({ empty, single, double }: MemoryStates, documents: number): MemoryResult {
  const growth = (measure: 'used' | 'resident'): { document: number; connection: number } => {
    const connection = (double[measure] - single[measure]) / documents
    return { connection, document: (single[measure] - empty[measure]) / documents - connection }
  }
  const used = growth('used')
  const resident = growth('resident')
  return {
    usedPerDocument: used.document,
    usedPerConnection: used.connection,
    residentPerDocument: resident.document,
    residentPerConnection: resident.connection,
  }
}
