/**
 * Runs in the browser that is measured: each function fills an empty device with a territory in its own way and answers
 * how long it took. The times are the browser's, so starting it and talking to it is not part of them.
 */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { encodePullRequest, endpoints, type Me, PullDecoder } from '@fulqrun/protocol'
import { openWorkspace, type Workspace } from '@fulqrun/sync'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { beginStep, startTimeline, takeTimeline, type TimelineStep, watchPlatform } from './timeline.ts'

/** What a measured function answers. */
export interface PageRun {
  readonly milliseconds: number
  readonly documents: number
}

export interface BenchPage {
  signIn(email: string, password: string): Promise<Me>
  /** From here on, what the page does is noted. It takes time of its own. */
  watch(): void
  takeTimeline(): readonly TimelineStep[]
  /** Our replica: from opening the workspace until every document is on this device. */
  ours(me: Me, documents: number): Promise<PageRun>
  /** The same workspace opened again on what it has: from opening it until it knows that nothing changed. */
  oursAgain(me: Me): Promise<PageRun>
  /** One Hocuspocus provider and one y-indexeddb database per document, all on one socket. */
  providers(url: string, names: readonly string[]): Promise<PageRun>
  /** The limit: the same bytes, already in memory, read and applied to one Yjs document each. */
  limit(names: readonly string[]): Promise<PageRun>
}

let open: Workspace | undefined

/** Resolves when `holds` does, looking after each change that one of the stores tells. */
function when(holds: () => boolean, stores: readonly { subscribe(listener: () => void): () => void }[]) {
  return new Promise<void>((resolve) => {
    const look = (): void => {
      if (!holds()) return
      for (const stop of stops) stop()
      resolve()
    }
    const stops = stores.map((store) => store.subscribe(look))
    look()
  })
}

async function timed(documents: number, run: () => Promise<void>): Promise<PageRun> {
  startTimeline()
  const started = performance.now()
  await run()
  return { milliseconds: performance.now() - started, documents }
}

async function signIn(email: string, password: string): Promise<Me> {
  const answer = await fetch(`${endpoints.auth}/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`)
  return (await (await fetch(endpoints.me)).json()) as Me
}

async function ours(me: Me, documents: number): Promise<PageRun> {
  return timed(documents, async () => {
    const workspace = await openWorkspace({ me, baseUrl: '' })
    open = workspace
    const { catchUp, onDevice } = workspace
    notePhases(workspace)
    const isFilled = (): boolean => onDevice.get().size >= documents && catchUp.get().phase === 'done'
    await when(isFilled, [catchUp, onDevice])
  })
}

/** What the workspace says of itself, as steps of the timeline. */
function notePhases({ session, tabs, catchUp, onDevice, catalogue }: Workspace): void {
  beginStep('workspace opened')()
  session.subscribe(() => beginStep(`session ${session.get().phase}`)())
  tabs.subscribe(() => beginStep(`leader ${tabs.get().isLeader}`)())
  catchUp.subscribe(() => beginStep(`catch-up ${catchUp.get().phase} ${catchUp.get().done}`)())
  onDevice.subscribe(() => beginStep(`on device ${onDevice.get().size}`)())
  catalogue.subscribe(() => beginStep(`list ${catalogue.get().length}`)())
}

async function oursAgain(me: Me): Promise<PageRun> {
  await open?.close()
  return timed(0, async () => {
    const workspace = await openWorkspace({ me, baseUrl: '' })
    open = workspace
    await when(() => workspace.catchUp.get().phase === 'done', [workspace.catchUp])
  })
}

async function providers(url: string, names: readonly string[]): Promise<PageRun> {
  return timed(names.length, async () => {
    const socket = new HocuspocusProviderWebsocket({ url })
    await Promise.all(
      names.map(async (name) => {
        const document = new Y.Doc()
        const persistence = new IndexeddbPersistence(name, document)
        const provider = new HocuspocusProvider({
          name,
          document,
          websocketProvider: socket,
          token: 'bench',
        })
        const synced = new Promise<void>((resolve) => {
          provider.on('synced', () => resolve())
        })
        provider.attach()
        await Promise.all([persistence.whenSynced, synced])
        // What has arrived is stored when a read that was asked for after it comes back.
        await persistence.set('filled', 1)
      }),
    )
  })
}

async function limit(names: readonly string[]): Promise<PageRun> {
  const updates: Uint8Array[] = []
  for (let from = 0; from < names.length; from += 1000) {
    const wanted = names.slice(from, from + 1000).map((name) => ({ name, stateVector: new Uint8Array() }))
    const answer = await fetch(endpoints.pull, { method: 'POST', body: encodePullRequest(wanted) })
    const decoder = new PullDecoder()
    for (const { update } of decoder.push(new Uint8Array(await answer.arrayBuffer()))) {
      updates.push(update.slice())
    }
  }
  return timed(updates.length, () => {
    const documents = updates.map((update) => {
      const document = new Y.Doc()
      Y.applyUpdate(document, update)
      return document
    })
    if (documents.some((document) => document.store.clients.size === 0)) throw new Error('an empty document')
    return Promise.resolve()
  })
}

const bench: BenchPage = { signIn, watch: watchPlatform, takeTimeline, ours, oursAgain, providers, limit }
Object.assign(globalThis, { bench })
