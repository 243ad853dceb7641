import { Counter, Gauge, Histogram } from 'prom-client'
import type { ErrorCode, PullStatus } from '@fulqrun/protocol'
import type { Metrics } from './metrics.ts'

/** What the server counts of the exchange with devices and integrations; docs/operations.md says what each means. */
export interface SyncCounters {
  catalogueRows(rows: number): void
  pulled(status: PullStatus, bytes: number): void
  pushed(verdict: string): void
  /** Feed messages sent to sockets. */
  told(messages: number): void
  eventStreams(open: number): void
  /** An attached file was announced for the first time, has come whole, or something of it was refused. */
  upload(outcome: 'started' | 'finished' | ErrorCode): void
  /** Bytes of attached files received. */
  uploadBytes(count: number): void
  /** How long the server took for one step of a device's catching up, ms. */
  caughtUp(step: 'catalogue' | 'pull' | 'push', milliseconds: number): void
}

export function createSyncCounters({ registry }: Pick<Metrics, 'registry'>): SyncCounters {
  const registers = [registry]
  const rows = new Counter({
    name: 'fulqrun_catalogue_rows_total',
    help: 'Rows of the catalogue sent',
    registers,
  })
  const documents = new Counter({
    name: 'fulqrun_pull_documents_total',
    help: 'Documents pulled, by what became of each',
    labelNames: ['status'],
    registers,
  })
  const bytes = new Counter({
    name: 'fulqrun_pull_bytes_total',
    help: 'Bytes of documents pulled, before compression',
    registers,
  })
  const pushes = new Counter({
    name: 'fulqrun_push_verdicts_total',
    help: 'Updates pushed by HTTP, by verdict',
    labelNames: ['verdict'],
    registers,
  })
  const messages = new Counter({
    name: 'fulqrun_feed_messages_total',
    help: 'Feed messages sent to sockets',
    registers,
  })
  const streams = new Gauge({ name: 'fulqrun_event_streams', help: 'Open streams of events', registers })
  const uploads = new Counter({
    name: 'fulqrun_uploads_total',
    help: 'Attached files started and finished, and requests of theirs that were refused, by code',
    labelNames: ['outcome'],
    registers,
  })
  const uploadBytes = new Counter({
    name: 'fulqrun_upload_bytes_total',
    help: 'Bytes of attached files received, those that came twice too',
    registers,
  })
  const seconds = new Histogram({
    name: 'fulqrun_catch_up_seconds',
    help: 'Time of one request of a device that catches up, to its last byte',
    labelNames: ['step'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  return {
    catalogueRows: (count) => rows.inc(count),
    pulled(status, count) {
      documents.inc({ status })
      bytes.inc(count)
    },
    pushed: (verdict) => pushes.inc({ verdict }),
    told: (count) => messages.inc(count),
    eventStreams: (open) => streams.set(open),
    upload: (outcome) => uploads.inc({ outcome }),
    uploadBytes: (count) => uploadBytes.inc(count),
    caughtUp: (step, milliseconds) => seconds.observe({ step }, milliseconds / 1000),
  }
}
