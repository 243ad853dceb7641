import { afterEach, beforeEach, expect, it, vi } from 'vitest'

// y-protocols renews presence by the platform's timers, and by the clock that it finds when it is loaded.
vi.hoisted(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
})

import { makeDevice, type TestDevice, turns, until, untilLater } from './test-device.ts'
import { recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

/**
 * What devices say when nobody does anything (SYNC 18). A stock client renews presence in every document, or, without
 * presence, authenticates all of them again every half minute (SYNC E29).
 */

const minutes = 10
const devices = 2
/** That somebody looked at before they went for coffee. */
const records = 100

let device: TestDevice
let colleague: TestDevice

beforeEach(() => {
  device = makeDevice()
  colleague = makeDevice({ server: device.server, clock: device.clock })
})

afterEach(async () => {
  await device.closeAll()
  await colleague.closeAll()
  vi.useRealTimers()
})

/** Both clocks go on together, and the network keeps up with them. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    device.clock.advance(1_000)
    vi.advanceTimersByTime(1_000)
    await until(() => device.server.network.waiting === 0)
    await turns(1)
  }
}

async function openSynced(tab: Workspace, index: number) {
  const document = tab.open(recordName(index))
  await until(() => document.state.get().remote === 'synced')
  return document
}

it('[SES-19] after a hundred records, two people in the last of them: pings, presence in that one, and nothing else (SYNC 18)', async () => {
  seedTerritory(device, records)
  const tab = await device.openTab()
  await untilLater(device, () => tab.catchUp.get().phase === 'done')
  const looked = await Promise.all(Array.from({ length: records }, (_, index) => openSynced(tab, index + 1)))
  const last = looked.pop()
  const theirs = await openSynced(await colleague.openTab('user-2'), records)
  for (const open of [last, theirs]) open?.setPresence({ location: { section: 'notes' } })
  await until(() => theirs.awareness.getStates().size === 2)
  for (const open of looked) open.release()
  await pass(60)
  device.server.seen.length = 0

  await pass(minutes * 60)
  const said = Object.groupBy(device.server.seen, ({ type }) => type)
  // A ping per heartbeat of 10 s, and a token before the old one ends, of each device.
  expect(said.ping?.length).toBeLessThanOrEqual(devices * minutes * 6)
  expect(said.auth?.length).toBeLessThanOrEqual(devices * (minutes * 0.25 + 1))
  // y-protocols says every 15 s that somebody is still there; whoever is silent for 30 s is gone for the others.
  expect(said.awareness?.length).toBeLessThanOrEqual(devices * minutes * 4)
  expect(Object.keys(said).sort()).toEqual(['auth', 'awareness', 'ping'])
  expect(theirs.awareness.getStates().size).toBe(2)
}, 60_000)
