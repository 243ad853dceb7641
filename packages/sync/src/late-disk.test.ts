import { IDBFactory as FakeIndexedDb } from 'fake-indexeddb'
import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './open-database.ts'
import { makeDevice, type TestDevice, until, untilLater } from './test-device.ts'
import { bytesOf, openTabWithFiles, TestFileServer, withFiles } from './test-files.ts'
import { nameIn, recordName, seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

/** A disk that is slow for a moment as the app starts: the device is busy, or another tab lets go late. */

let disk: SlowDisk
let device: TestDevice

beforeEach(() => {
  disk = new SlowDisk()
  device = makeDevice({ indexedDB: disk as unknown as IDBFactory })
})

afterEach(() => device.closeAll())

class SlowDisk {
  readonly #real = new FakeIndexedDb()
  readonly #waiting: (() => void)[] = []
  isSlow = false

  open(...args: Parameters<IDBFactory['open']>): IDBOpenDBRequest {
    if (!this.isSlow) return this.#real.open(...args)
    const late: Record<string, unknown> = {}
    this.#waiting.push(() => {
      const request = this.#real.open(...args)
      const tell = (handler: string) => (event: unknown) => {
        late['result'] = request.readyState === 'done' ? request.result : undefined
        ;(late[handler] as ((event: unknown) => void) | undefined)?.(event)
      }
      request.onsuccess = tell('onsuccess')
    })
    return late as unknown as IDBOpenDBRequest
  }

  deleteDatabase(name: string): IDBOpenDBRequest {
    return this.#real.deleteDatabase(name)
  }

  databases(): ReturnType<IDBFactory['databases']> {
    return this.#real.databases()
  }

  /** What has waited is answered now. */
  answer(): void {
    this.isSlow = false
    for (const go of this.#waiting.splice(0)) go()
  }
}

async function caughtUp(count: number): Promise<Workspace> {
  const tab = await device.openTab()
  await untilLater(device, () => tab.replica.get().onDevice === count && tab.catchUp.get().phase === 'done')
  return tab
}

/** Opens a tab while the disk does not answer. */
async function openLate(open: () => Promise<Workspace> = () => device.openTab()): Promise<Workspace> {
  disk.isSlow = true
  const opening = open()
  const state = { isOpen: false }
  void opening.then(() => {
    state.isOpen = true
  })
  await untilLater(device, () => state.isOpen)
  return await opening
}

describe('a disk that is slow for a moment', () => {
  it('[PER-9] a page that was held up itself does not take the disk for one that never answers', async () => {
    disk.isSlow = true
    const opening = openDatabase({
      ports: device.ports,
      name: 'busy',
      upgrade: () => undefined,
      onLost: () => undefined,
    })
    // The page could not hear anything meanwhile: an answer may well have come.
    device.clock.sleep(5_000)
    disk.answer()
    const database = await opening
    expect(database.name).toBe('busy')
    database.close()
  })

  it('[PER-9] the device is used as soon as it answers, with what it keeps and nothing fetched again', async () => {
    seedTerritory(device, 3)
    const before = await caughtUp(3)
    await before.pin(recordName(1), true)
    await before.close()
    const pulled = device.api.exchange.pulled.length
    device.api.tokenStatus = 0
    device.server.behaviour.accepts = false
    const tab = await openLate()
    expect(tab.sync.get().storage).toBe('memory')
    disk.answer()
    // The clock stands: nothing here waits for another look.
    await until(() => tab.sync.get().storage === 'persistent' && tab.pinned.get().size === 1)
    device.api.tokenStatus = 200
    device.server.behaviour.accepts = true
    device.signal('online')
    await untilLater(device, () => tab.catchUp.get().phase === 'done' && tab.replica.get().onDevice === 3)
    await tab.pin(recordName(2), true)
    expect(tab.pinned.get()).toEqual(new Set([recordName(1), recordName(2)]))
    expect(device.api.exchange.pulled.length).toBe(pulled)
  })

  it('[PER-9] what was opened before it answered shows what the device has, without a network', async () => {
    seedTerritory(device, 2)
    await (await caughtUp(2)).close()
    device.api.tokenStatus = 0
    device.server.behaviour.accepts = false
    const tab = await openLate()
    const open = tab.open(recordName(1))
    await open.ready
    expect(open.state.get().hasContent).toBe(false)
    disk.answer()
    await untilLater(device, () => open.state.get().hasContent)
    setField(open.doc, 'fields.nextStep', 'Typed then', { now: 3 })
    await untilLater(device, () => open.state.get().local === 'saved')
    const after = await device.openTab()
    const again = after.open(recordName(1))
    await again.ready
    expect(again.doc.getMap('fields').toJSON()).toMatchObject({
      name: 'Record 1',
      nextStep: 'Typed then',
    })
    expect(nameIn((await after.readSnapshot(recordName(2)))?.update)).toBe('Record 2')
  })

  it('[PER-9] files that waited are known, sent and in what is exported', async () => {
    const files = new TestFileServer()
    const ports = withFiles(device, files)
    files.isReachable = false
    const first = await openTabWithFiles(ports)
    const open = first.open(
      first.create('opportunity', { territoryId: 'north', fields: { name: 'Formulary' } }),
    )
    await open.ready
    const bytes = bytesOf(2_000)
    const photo = { open, activityId: 'activity-1', name: 'ward.jpg', type: 'image/jpeg', bytes }
    await (await first.attachments()).add(photo)
    await first.close()
    const tab = await openLate(() => openTabWithFiles(ports))
    disk.answer()
    await untilLater(device, () => tab.files.get().length === 1)
    expect((await tab.exportUnsent()).files).toHaveLength(1)
    files.isReachable = true
    await untilLater(device, () => files.has(bytes))
    await tab.close()
  })
})
