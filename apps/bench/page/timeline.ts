/** Notes what a page does with its network and its disk, and when: what a catch-up waits for can be read off it. */

export interface TimelineStep {
  readonly what: string
  /** Ms since `recordTimeline` was called. */
  readonly from: number
  readonly to: number
}

const steps: { what: string; from: number; to: number }[] = []
let origin = 0

/** The steps since it was called last, in the order in which they began. */
export function takeTimeline(): readonly TimelineStep[] {
  const at = (time: number): number => time - origin
  return steps
    .splice(0)
    .toSorted((a, b) => a.from - b.from)
    .map(({ what, from, to }) => ({ what, from: at(from), to: at(to) }))
}

export function startTimeline(): void {
  steps.length = 0
  origin = performance.now()
}

/** A step that has begun; the result ends it. */
export function beginStep(what: string): (more?: string) => void {
  const step = { what, from: performance.now(), to: performance.now() }
  steps.push(step)
  return (more) => {
    step.to = performance.now()
    if (more !== undefined) step.what = `${step.what} ${more}`
  }
}

/** From here on the page's fetches, sockets, transactions and long tasks are steps. */
export function watchPlatform(): void {
  watchFetch()
  watchDatabases()
  watchSockets()
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      steps.push({ what: 'long task', from: startTime, to: startTime + duration })
  }).observe({ type: 'longtask' })
}

function watchFetch(): void {
  const original = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const path = typeof input === 'string' ? input : input instanceof URL ? input.pathname : input.url
    const end = beginStep(`fetch ${path}`)
    const answer = await original(input, init)
    end(`${answer.status}`)
    if (answer.body === null) return answer
    const endBody = beginStep(`body of ${path}`)
    let bytes = 0
    let chunks = 0
    const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength
        chunks += 1
        controller.enqueue(chunk)
      },
      flush: () => endBody(`${bytes} bytes in ${chunks}`),
    })
    return new Response(answer.body.pipeThrough(count), answer)
  }
}

function watchDatabases(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with the factory that it was called on
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = function watched(...parameters) {
    const request = open.apply(this, parameters)
    const end = beginStep(`open ${parameters[0]}`)
    request.addEventListener('success', () => end())
    return request
  }
  // oxlint-disable-next-line typescript/unbound-method -- called with the database that it was called on
  const { transaction } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function watched(stores, mode, options) {
    const opened = transaction.call(this, stores, mode, options)
    const end = beginStep(
      `${mode ?? 'readonly'} ${(typeof stores === 'string' ? [stores] : [...stores]).join(' ')}${options?.durability === 'strict' ? ' strict' : ''}`,
    )
    opened.addEventListener('complete', () => end())
    return opened
  }
}

function watchSockets(): void {
  const Original = globalThis.WebSocket
  globalThis.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      const end = beginStep('socket')
      this.addEventListener('open', () => end())
      this.addEventListener('message', ({ data }) => {
        const bytes = data instanceof ArrayBuffer ? data.byteLength : 0
        beginStep(`frame of ${bytes} bytes`)()
      })
    }
  }
}
