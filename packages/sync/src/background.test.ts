import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drainDevices, type DrainReport } from './background.ts'
import { deviceDatabaseVersion } from './device-store.ts'
import { makeDevice, type TestDevice, until, untilLater } from './test-device.ts'
import { recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

let device: TestDevice

beforeEach(() => {
  device = makeDevice()
})

afterEach(() => device.closeAll())

const serverName = (index: number): unknown =>
  device.server.doc(recordName(index)).getMap('fields').get('name')

async function goOffline(): Promise<void> {
  device.api.tokenStatus = 0
  device.server.behaviour.accepts = false
  device.server.closeAll()
  await until(() => device.server.network.waiting === 0)
}

/** Edits made offline; every tab is closed again, and then there is a network. */
async function leaveUnsent(...edits: readonly (readonly [index: number, value: string])[]): Promise<void> {
  seedTerritory(device, 3)
  const tab = await device.openTab()
  await untilLater(device, () => tab.catchUp.get().phase === 'done')
  await goOffline()
  await edit(tab, edits)
  await tab.close()
  device.api.tokenStatus = 200
  device.server.behaviour.accepts = true
}

async function edit(
  tab: Workspace,
  edits: readonly (readonly [index: number, value: string])[],
): Promise<void> {
  for (const [index, value] of edits) {
    const open = tab.open(recordName(index))
    await open.ready
    setField(open.doc, 'fields.name', value, { now: 3 })
    await until(() => open.state.get().local === 'saved')
  }
}

/** What waits on the disk after a restart without a network. */
async function waitingOnDisk(): Promise<number> {
  await goOffline()
  return (await device.openTab()).sync.get().pending
}

const drain = (): Promise<DrainReport> => drainDevices({ ports: device.ports })

describe('background drain', () => {
  it('[BKG-1] sends what closed tabs left; exactly what was accepted leaves', async () => {
    await leaveUnsent([1, 'one'], [2, 'two'])
    device.api.exchange.refusing.set(recordName(2), 'update/malformed')
    const drained: string[] = []
    const report = await drainDevices({
      ports: device.ports,
      onDrained: (database) => void drained.push(database),
    })
    expect(report).toMatchObject({ sent: 1, left: 1, refused: 1 })
    expect(report.people).toMatchObject([{ database: 'fulqrun-user-1' }])
    expect(drained).toEqual(['fulqrun-user-1'])
    expect([serverName(1), serverName(2)]).toEqual(['one', 'Record 2'])
    expect(await waitingOnDisk()).toBe(1)
  })

  it('[BKG-2] what the server refuses is left for the app, which keeps its draft', async () => {
    await leaveUnsent([1, 'refused'])
    device.server.behaviour.refusing.set(recordName(1), 'update/too-large')
    expect(await drain()).toMatchObject({ sent: 0, left: 1, refused: 1 })
    const tab = await device.openTab()
    await untilLater(device, () => tab.refused.get().length === 1)
    expect(tab.refused.get()).toMatchObject([
      { values: [{ path: 'fields.name', draft: 'refused', server: 'Record 1' }] },
    ])
  })

  it('[BKG-3] from a session of somebody else, or of nobody, nothing goes out and nothing is lost', async () => {
    await leaveUnsent([1, 'mine'])
    device.api.exchange.otherPerson = 'user-9'
    expect(await drain()).toMatchObject({ sent: 0, left: 1, people: [{ problem: 'api/signed-out' }] })
    device.api.exchange.otherPerson = undefined
    device.api.exchange.status = 401
    expect(await drain()).toMatchObject({ sent: 0, left: 1, people: [{ problem: 'api/signed-out' }] })
    device.api.exchange.status = undefined
    expect(serverName(1)).toBe('Record 1')
    expect(await waitingOnDisk()).toBe(1)
  })

  it('[BKG-3] without a network, or with a server in trouble, everything stays', async () => {
    await leaveUnsent([1, 'kept'])
    for (const status of [0, 503, 404]) {
      device.api.exchange.status = status
      expect(await drain()).toMatchObject({ sent: 0, left: 1, refused: 0 })
    }
    expect(await waitingOnDisk()).toBe(1)
  })

  it('[BKG-4] two drains at once, and a tab that sends the same, do no harm', async () => {
    await leaveUnsent([1, 'once'], [2, 'twice'])
    const tab = await device.openTab()
    const reports = await Promise.all([drain(), drain()])
    expect(reports.every(({ refused }) => refused === 0)).toBe(true)
    await tab.refreshOutbox()
    await untilLater(device, () => tab.sync.get().pending === 0)
    expect([serverName(1), serverName(2)]).toEqual(['once', 'twice'])
    await tab.close()
    expect(await waitingOnDisk()).toBe(0)
  })

  it('[BKG-5] what is written while a drain is going on stays and is sent the next time', async () => {
    await leaveUnsent([1, 'before'])
    await goOffline()
    const tab = await device.openTab()
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    device.api.exchange.onPush = async () => {
      device.api.exchange.onPush = () => Promise.resolve()
      await edit(tab, [[2, 'meanwhile']])
    }
    // The tab has no connection of its own yet: only the drain sends.
    device.server.behaviour.accepts = true
    expect(await drain()).toMatchObject({ sent: 1 })
    expect(serverName(1)).toBe('before')
    await tab.close()
    await drain()
    expect(serverName(2)).toBe('meanwhile')
    expect(await waitingOnDisk()).toBe(0)
  })

  it('[BKG-6] what rules put back of it is told when the record is opened', async () => {
    await leaveUnsent([1, 'put back'])
    const paths = [{ path: 'fields.name', rule: 'STR-1' }]
    device.api.exchange.putBack.set(recordName(1), paths)
    expect(await drain()).toMatchObject({ sent: 1, left: 0 })
    const tab = await device.openTab()
    expect(tab.open(recordName(1)).state.get().putBack?.paths).toEqual(paths)
  })

  it('[BKG-6] a person who signs out while others are sent for stays gone', async () => {
    await leaveUnsent([1, 'sent'])
    const { indexedDB } = device.ports
    if (indexedDB === undefined) throw new Error('the test device has a disk')
    const names = async () => (await indexedDB.databases()).flatMap(({ name }) => name ?? [])
    const signedOut = 'fulqrun-aaa'
    // Listed a moment ago, and erased since.
    const listed = [{ name: signedOut, version: deviceDatabaseVersion }, ...(await indexedDB.databases())]
    const ports = { ...device.ports, indexedDB: Object.create(indexedDB) as IDBFactory }
    ports.indexedDB.databases = () => Promise.resolve(listed)
    ports.indexedDB.open = (name, version) => indexedDB.open(name, version)
    expect(await drainDevices({ ports })).toMatchObject({ sent: 1, left: 0 })
    expect(await names()).not.toContain(signedOut)
    expect(await names()).toContain('fulqrun-user-1')
  })

  it('[BKG-6] a device with nothing to send is left alone', async () => {
    await leaveUnsent()
    device.api.exchange.pushes = 0
    expect(await drain()).toEqual({ sent: 0, left: 0, refused: 0, people: [] })
    expect(device.api.exchange.pushes).toBe(0)
  })
})
