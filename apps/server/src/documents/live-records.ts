import { type DocumentName } from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import type { AccessDirectory } from '../accounts/access-directory.ts'
import { FeedBus } from '../feed/feed-bus.ts'
import { type FeedSocket, SocketFeed } from '../feed/socket-feed.ts'
import type { GateCounters, GateServices } from '../gate/client-gate.ts'
import { documentRoutes } from '../http/documents.ts'
import { recordRoutes } from '../http/record-routes.ts'
import { syncRoutes } from '../http/sync-routes.ts'
import { GroupCommit } from '../log/group-commit.ts'
import type { LogIdentity } from '../log/log-identity.ts'
import type { Logger } from '../logger.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { DocumentHost } from './document-host.ts'
import { createHocuspocus } from './hocuspocus.ts'

/** The open sockets, as far as records concern them. */
export interface RecordSockets {
  documentPlaced(name: DocumentName): void
  listening(): Iterable<FeedSocket>
}

export interface LiveRecordsOptions<Sockets extends RecordSockets> {
  readonly store: DocumentStore
  /** Absent: of one that is never restored. */
  readonly log?: LogIdentity | undefined
  readonly directory: AccessDirectory
  readonly policyOf: (organizationId: string) => PolicyTable
  readonly isRelayTime: (at: number) => boolean
  readonly now: () => number
  readonly logger: Logger
  readonly counters: GateCounters
  readonly syncCounters: SyncCounters
  readonly openSockets: (services: GateServices) => Sockets
}

/**
 * What a process does with records between its disk and its sockets: the log, the documents, the feed, and their part
 * of HTTP. One assembly for the server and for the simulation, which has sockets and a disk of its own.
 */
export async function openLiveRecords<Sockets extends RecordSockets>(options: LiveRecordsOptions<Sockets>) {
  const { store, log, logger, now, policyOf, syncCounters } = options
  let host: DocumentHost | undefined
  const bus = new FeedBus({
    head: await store.head(),
    scopeOf: (document) => documents.scopeOf(document),
    onError: (error) => logger.error({ err: error }, 'a listener of the feed failed'),
  })
  const commit = new GroupCommit({
    store,
    describe: (document) => host?.describe(document),
    onCommitted: (heads) => host?.shelf.committed(heads),
    onEntries: (entries) => bus.publish(entries),
    onError: (error) => logger.error({ err: error }, 'something that waits for the log failed'),
    onFailure: (error, attempt) =>
      logger.error({ err: error, attempt }, 'the log could not be written; trying again'),
  })
  const documents = (host = await DocumentHost.open({
    store,
    commit,
    logger,
    now,
    isRelayTime: options.isRelayTime,
    onPlaced: (document) => sockets.documentPlaced(document),
    policyOf,
  }))
  const hocuspocus = createHocuspocus(documents, logger)
  documents.shelf.bind(hocuspocus)
  const { counters, directory } = options
  const sockets = options.openSockets({ hocuspocus, documents, directory, commit, logger, now, counters })
  const feed = new SocketFeed({
    bus,
    catalogue: (organizationId, query) => documents.catalogue(organizationId, query),
    sockets: () => sockets.listening(),
    log,
    onError: (error) => logger.error({ err: error }, 'the feed could not be told'),
    onTold: (messages) => syncCounters.told(messages),
  })
  const routes = {
    documents: documentRoutes({ documents, store, policyOf }),
    records: recordRoutes({ documents, store, bus, log, counters: syncCounters, now }),
    sync: syncRoutes({ documents, store, commit, counters: { ...syncCounters, ...counters } }),
  }
  return { bus, commit, documents, sockets, feed, routes }
}
