import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeedMessage } from '@fulqrun/protocol'
import type { DeviceEvent } from './replica-types.ts'
import { makeDevice, type TestDevice, turns, until, untilLater } from './test-device.ts'
import { changeAtServer, listed, makeRecordDoc, nameIn, recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

let device: TestDevice

beforeEach(() => {
  device = makeDevice()
})

afterEach(() => device.closeAll())

const author = { id: 'user-2', name: 'Ben' }

/** A tab that has caught up, and whose list stands at the head of its cursor. */
async function open(count: number): Promise<{ readonly tab: Workspace; readonly head: number }> {
  seedTerritory(device, count)
  const tab = await device.openTab()
  await untilLater(device, () => tab.catchUp.get().phase === 'done' && tab.replica.get().onDevice === count)
  return { tab, head: device.api.catalogueCalls }
}

function tell(message: Omit<FeedMessage, 'type'>): void {
  device.server.sendStateless(recordName(1), { type: 'feed', ...message })
}

describe('feed', () => {
  it('[EVT-1] news of the feed are in the list at once, without a question, and fetched', async () => {
    const { tab, head } = await open(2)
    const asked = device.api.catalogueCalls
    changeAtServer(device, recordName(1), 'Renamed')
    makeRecordDoc('Record 3', device.server.doc(recordName(3)))
    // What the server would list from now on, too.
    device.api.catalogue = [{ ...listed(1, 2), title: 'Renamed' }, listed(3)]
    tell({
      from: head,
      cursor: `${head + 5}.m`,
      entries: device.api.catalogue,
      removed: [recordName(2)],
      events: [],
    })
    await until(() => tab.catalogue.get().some(({ title }) => title === 'Renamed'))
    expect(tab.catalogue.get().map(({ name }) => name)).toEqual([recordName(3), recordName(1)])
    expect(device.api.catalogueCalls).toBe(asked)
    await untilLater(device, () => !tab.onDevice.get().has(recordName(2)))
    await untilLater(
      device,
      () => tab.catchUp.get().phase === 'done' && tab.onDevice.get().has(recordName(3)),
    )
    expect(nameIn((await tab.readSnapshot(recordName(1)))?.update)).toBe('Renamed')
  })

  it('[EVT-2] a feed that does not follow on what is known, or of other access, asks for the list', async () => {
    const { tab, head } = await open(1)
    for (const message of [
      { from: head + 3, cursor: `${head + 4}.m`, entries: [listed(7)], removed: [], events: [] },
      { from: head, cursor: `${head + 4}.other`, entries: [listed(7)], removed: [], events: [] },
      { from: head, cursor: `${head + 4}.m`, events: [] },
    ]) {
      const asked = device.api.catalogueCalls
      tell(message)
      await until(() => device.api.catalogueCalls > asked)
      await turns()
    }
    expect(tab.catalogue.get().map(({ name }) => name)).toEqual([recordName(1)])
  })

  it('[EVT-2] unsent work stays listed although the feed says that the record is gone', async () => {
    const { tab, head } = await open(1)
    const record = tab.open(recordName(1))
    await until(() => record.state.get().remote === 'synced')
    device.server.behaviour.holdsStatuses = true
    setField(record.doc, 'fields.name', 'Unsent', { now: 3 })
    tell({ from: head, cursor: `${head + 1}.m`, entries: [], removed: [recordName(1)], events: [] })
    await turns()
    expect(tab.catalogue.get()).toHaveLength(1)
    device.server.releaseStatuses()
  })

  it('[EVT-3] everything that happens is told in one stream, in order', async () => {
    const { tab, head } = await open(1)
    const told: DeviceEvent[] = []
    const stop = tab.events.subscribe((event) => told.push(event))
    const changed = {
      type: 'record.changed',
      seq: 8,
      name: recordName(1),
      head: 8,
      at: 1,
      author,
      paths: [],
    } as const
    const opened = {
      type: 'conflict.opened',
      seq: 9,
      name: recordName(1),
      conflictId: 'c',
      path: 'fields.stage',
      people: ['user-1'],
    } as const
    tell({ from: head, cursor: `${head + 1}.m`, entries: [], removed: [], events: [changed, opened] })
    await until(() => told.length >= 2)
    expect(told.filter(({ type }) => type !== 'sync' && type !== 'catch-up')).toEqual([changed, opened])
    device.api.tokenStatus = 0
    device.server.behaviour.accepts = false
    device.server.closeAll()
    await untilLater(device, () =>
      told.some((event) => event.type === 'sync' && event.summary.state === 'offline'),
    )
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    device.signal('online')
    await tab.catchUpNow()
    expect(told.some((event) => event.type === 'catch-up' && event.progress.phase === 'done')).toBe(true)
    stop()
    const count = told.length
    tell({ from: head, cursor: `${head + 9}.m`, entries: [], removed: [], events: [changed] })
    await turns()
    expect(told).toHaveLength(count)
  })
})
