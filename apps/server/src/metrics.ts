import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics of this process; one registry per server so that tests can open several. */
export interface Metrics {
  readonly registry: Registry
  readonly httpSeconds: Histogram<'method' | 'area' | 'status'>
  readonly signIns: Counter<'outcome'>
  /** Reports `read()` whenever metrics are collected. */
  gauge(name: string, help: string, read: () => number): void
  close(): void
}

export type SignInOutcome = 'ok' | 'failed' | 'limited'

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const httpSeconds = new Histogram({
    name: 'fulqrun_http_request_seconds',
    help: 'Time from request to answer, by area of the API',
    labelNames: ['method', 'area', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const signIns = new Counter({
    name: 'fulqrun_sign_ins_total',
    help: 'Sign-in attempts by outcome',
    labelNames: ['outcome'],
    registers,
  })
  return {
    registry,
    httpSeconds,
    signIns,
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers,
        collect() {
          gauge.set(read())
        },
      })
    },
    close: () => registry.clear(),
  }
}
