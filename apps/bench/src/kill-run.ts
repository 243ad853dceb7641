import * as Y from 'yjs'
import { defineRoots, getText } from '@fulqrun/schema'
import { Client, type Door, openClient } from './client.ts'
import type { ServerProcess } from './server-process.ts'
import type { Identity, Subject } from './subject.ts'
import { encodeUpdate } from './wire.ts'
import { editedText, makeOpportunity } from './workload.ts'

/** What one SIGKILL in the middle of writing cost. */
export interface KillResult {
  /** Edits that the server had confirmed when it was killed. */
  readonly confirmed: number
  /** Confirmed edits that a fresh client does not find after the restart. */
  readonly lost: number
  /** By acknowledgement, or for a server without any by a colleague having received the edit. */
  readonly confirmedBy: 'acknowledgement' | 'colleague'
}

export interface KillJob {
  readonly subject: Subject
  /** Starts the server on the data directory of this round; called again after the kill. */
  readonly start: () => Promise<ServerProcess>
  readonly signIn: (server: ServerProcess) => Promise<Identity>
  /** The kill comes when this many edits are confirmed, with more on their way. */
  readonly killAfter: number
}

const inFlight = 32
const settleTimeoutMs = 30_000

/** Writes until enough edits are confirmed, kills the server in the middle of it, restarts it and reads as a new client. */
export async function measureKill(job: KillJob): Promise<KillResult> {
  const server = await job.start()
  const identity = await job.signIn(server)
  const { name, confirmed } = await writeAndKill(job, server, identity)
  const restarted = await job.start()
  try {
    const again = await job.signIn(restarted)
    const found = await readEdits(doorTo(job.subject, restarted, { name, identity: again }))
    return {
      confirmed,
      lost: countMissing(found, confirmed),
      confirmedBy: job.subject.wire === 'hocuspocus' ? 'acknowledgement' : 'colleague',
    }
  } finally {
    await restarted.stop()
  }
}

function doorTo(
  { wire, socketUrl }: Subject,
  server: ServerProcess,
  { name, identity }: { readonly name: string; readonly identity: Identity },
): Door {
  return { wire, url: socketUrl(server.port, name), name, token: identity.token }
}

async function writeAndKill(
  job: KillJob,
  server: ServerProcess,
  identity: Identity,
): Promise<{ readonly name: string; readonly confirmed: number }> {
  const { doc, name } = makeOpportunity(identity)
  const door = doorTo(job.subject, server, { name, identity })
  const writer = await openClient(door)
  await writer.deliver(Y.encodeStateAsUpdate(doc))
  const reader = await openClient(door)
  try {
    const confirmed = await writeUntilKilled(job, server, { doc, door, writer, reader })
    return { name, confirmed }
  } finally {
    writer.close()
    reader.close()
    doc.destroy()
  }
}

interface Writing {
  readonly doc: Y.Doc
  readonly door: Door
  readonly writer: Client
  readonly reader: Client
}

async function writeUntilKilled(
  job: KillJob,
  server: ServerProcess,
  { doc, door, writer, reader }: Writing,
): Promise<number> {
  const text = getText(doc, editedText)
  let sent = 0
  let confirmed = 0
  let killed: Promise<void> | undefined
  const done = Promise.withResolvers<void>()
  doc.on('update', (update: Uint8Array) => writer.send(encodeUpdate(door.wire, door.name, update)))
  const fill = (): void => {
    while (sent - confirmed < inFlight) text.insert(text.length, `${sent++} `)
  }
  const confirm = (count: number): void => {
    // Frames that were in the socket's buffer when the server died still arrive and count as confirmed.
    confirmed += count
    if (confirmed >= job.killAfter && killed === undefined) {
      killed = server.kill()
      killed.then(done.resolve, done.reject)
    }
    if (killed === undefined) fill()
  }
  if (door.wire === 'hocuspocus') writer.onAcknowledged = () => confirm(1)
  else reader.onUpdate = () => confirm(1)
  fill()
  const timer = setTimeout(
    () => done.reject(new Error(`${confirmed} of ${job.killAfter} edits confirmed in ${settleTimeoutMs} ms`)),
    settleTimeoutMs,
  )
  const failure = Promise.race([writer.failed, reader.failed]).catch((error: unknown) => {
    // After the kill the connections fail as they must; before it that is an error.
    if (killed === undefined) throw error
  })
  try {
    await Promise.race([done.promise, failure.then(() => done.promise)])
  } finally {
    clearTimeout(timer)
  }
  await settled(writer)
  return confirmed
}

/** Resolves once the dead server's last frames have been read: the socket reports its end after them. */
async function settled(client: Client): Promise<void> {
  await client.failed.catch(() => undefined)
}

/** Reads the document as a client that has never seen it; the edits found, by number. */
async function readEdits(door: Door): Promise<ReadonlySet<number>> {
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  const client = new Client(door)
  try {
    Y.applyUpdate(doc, await client.attached())
  } finally {
    client.close()
  }
  const words = getText(doc, editedText).toJSON().split(' ')
  doc.destroy()
  return new Set(words.filter((word) => word !== '').map(Number))
}

/** Edits are confirmed in the order in which they are sent, so the confirmed ones are those with the lowest numbers. */
function countMissing(found: ReadonlySet<number>, confirmed: number): number {
  let missing = 0
  for (let edit = 0; edit < confirmed; edit++) if (!found.has(edit)) missing++
  return missing
}
