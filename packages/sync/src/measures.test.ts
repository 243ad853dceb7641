import { createFakeClock, type FakeClock } from '@fulqrun/testkit'
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { DeviceStore } from './device-store.ts'
import { Measures, tellMs } from './measures.ts'

let clock: FakeClock
let store: DeviceStore
const minuteMs = 60_000
const start = 1_800_000_000_000

beforeEach(() => {
  clock = createFakeClock(start)
  const ports = { ...clock, indexedDB: new IDBFactory() }
  store = new DeviceStore({ ports, userId: 'user-1', onErased: () => undefined })
})

const told = (measures: Measures) => {
  clock.advance(tellMs)
  return measures.state.get()
}

describe('measures', () => {
  it('[MEA-1] counts by minute, and remembers an hour', () => {
    const measures = new Measures(clock)
    for (let minute = 0; minute < 90; minute++) {
      measures.sent(minute)
      measures.received(1_000)
      measures.failed()
      clock.advance(minuteMs)
    }
    const { minutes } = told(measures)
    expect(minutes).toHaveLength(60)
    expect(minutes[0]).toMatchObject({
      at: start + 30 * minuteMs,
      sentBytes: 30,
      receivedBytes: 1_000,
      frames: 2,
      errors: 1,
    })
    expect(minutes.at(-1)?.sentBytes).toBe(89)
  })

  it('[MEA-1] the first connection is none that was lost', () => {
    const measures = new Measures(clock)
    measures.connected()
    expect(told(measures)).toMatchObject({ connectedSince: start })
    measures.disconnected()
    expect(told(measures).connectedSince).toBeUndefined()
    measures.connected()
    expect(told(measures).minutes[0]?.reconnects).toBe(1)
  })

  it('[MEA-1] tabs of one device add up, whoever writes when, and a restart reads the sum', async () => {
    const [one, two] = [new Measures(clock), new Measures(clock)]
    one.sent(1)
    await one.save(store)
    two.sent(10)
    await two.save(store)
    one.sent(100)
    one.answered(40)
    await one.save(store)
    await one.save(store)
    two.answered(4_000)
    await two.save(store)
    const again = new Measures(clock)
    await again.load(store)
    expect(again.state.get().minutes).toMatchObject([{ sentBytes: 111, frames: 3, latencyMax: 4_000 }])
    // What was read is not added a second time.
    again.sent(1_000)
    await again.save(store)
    const last = new Measures(clock)
    await last.load(store)
    expect(last.state.get().minutes[0]?.sentBytes).toBe(1_111)
  })

  it('[MEA-1] a tab that goes on shows what others measured meanwhile, once, beside its own', async () => {
    const [one, two] = [new Measures(clock), new Measures(clock)]
    one.transferred(0, 700_000)
    await one.save(store)
    two.received(5)
    await two.load(store)
    await two.load(store)
    expect(told(two).minutes).toMatchObject([{ receivedBytes: 700_005 }])
    two.received(5)
    await two.save(store)
    one.received(1)
    // Both at once: the second look knows what the first has found.
    await Promise.all([one.save(store), one.load(store)])
    await two.load(store)
    for (const each of [one, two]) expect(told(each).minutes).toMatchObject([{ receivedBytes: 700_011 }])
    expect((await store.readAll('traffic'))[0]).toMatchObject({ at: Math.floor(start / minuteMs) })
  })

  it('[MEA-1] what is older than an hour goes from the disk', async () => {
    const measures = new Measures(clock)
    measures.sent(1)
    await measures.save(store)
    clock.advance(61 * minuteMs)
    measures.sent(2)
    await measures.save(store)
    expect(await store.readAll('traffic')).toHaveLength(1)
    const again = new Measures(clock)
    await again.load(store)
    expect(again.state.get().minutes.map(({ sentBytes }) => sentBytes)).toEqual([2])
  })

  it('[MEA-1] a record that is damaged or of another version is left out; a disk that fails is no error', async () => {
    await store.write(['traffic'], (transaction) =>
      transaction.objectStore('traffic').put({ at: start / minuteMs }, start / minuteMs),
    )
    const measures = new Measures(clock)
    await measures.load(store)
    expect(measures.state.get().minutes).toEqual([])
    measures.sent(5)
    await measures.save(store)
    expect((await store.readAll('traffic'))[0]).toMatchObject({ at: start / minuteMs })
    await store.close()
    measures.sent(5)
    await measures.save(store)
    expect(told(measures).minutes[0]?.sentBytes).toBe(10)
  })

  it('[MEA-2] latency: the median to its bucket, the longest exactly', () => {
    const measures = new Measures(clock)
    for (const ms of [20, 22, 24, 30, 1_234]) measures.answered(ms)
    const { minutes, latencyMs } = told(measures)
    expect(latencyMs).toBe(1_234)
    expect(minutes[0]?.latencyMax).toBe(1_234)
    expect(minutes[0]?.latencyP50).toBeGreaterThanOrEqual(24)
    expect(minutes[0]?.latencyP50).toBeLessThanOrEqual(24 * 1.6)
  })

  it('[MEA-3] a flood of frames tells screens once per 2 s, with one timer', () => {
    const measures = new Measures(clock)
    let tellings = 0
    measures.state.subscribe(() => {
      tellings += 1
    })
    for (let frame = 0; frame < 100_000; frame++) measures.received(100)
    expect(clock.waiting).toHaveLength(1)
    expect(tellings).toBe(0)
    expect(told(measures).minutes[0]).toMatchObject({ frames: 100_000, receivedBytes: 10_000_000 })
    expect(tellings).toBe(1)
    expect(clock.waiting).toHaveLength(0)
  })
})
