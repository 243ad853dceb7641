import { createDocument, defineRoots, getNotes, setField } from '@fulqrun/schema'
import { createFakeClock, FakeSocketServer } from '@fulqrun/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { OpenDocument } from './document-registry.ts'
import { makeDevice, opportunity, type TestDevice, turns, until } from './test-device.ts'
import type { Workspace } from './workspace-types.ts'

/**
 * Devices, tabs and a server on the stepped network, in random order: edits, cuts, restarts of tabs, dropped
 * documents, slow disks at the server, frames delivered late. At the end everything is well again, and everybody must
 * have everything.
 */
type Step =
  | { readonly type: 'field'; readonly tab: number; readonly key: number }
  | { readonly type: 'notes'; readonly tab: number }
  | { readonly type: 'cut' | 'online'; readonly tab: number }
  | { readonly type: 'restart'; readonly tab: number }
  | { readonly type: 'dropDocument' | 'holdStatuses' | 'releaseStatuses' | 'stopNetwork' | 'startNetwork' }
  | { readonly type: 'deliver'; readonly count: number }
  | { readonly type: 'time'; readonly ms: number }
  | { readonly type: 'turns'; readonly count: number }

const tab = fc.nat({ max: 2 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('field' as const), tab, key: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('notes' as const), tab }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('cut' as const, 'online' as const), tab }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const), tab }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'dropDocument' as const,
        'holdStatuses' as const,
        'releaseStatuses' as const,
        'stopNetwork' as const,
        'startNetwork' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('deliver' as const), count: fc.nat({ max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('time' as const), ms: fc.nat({ max: 3_000 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.nat({ max: 6 }) }) },
)

const keys = ['name', 'account', 'product', 'nextStep']

/** Three tabs: two on one device, one on another person's. */
class World {
  readonly server = new FakeSocketServer()
  readonly clock = createFakeClock()
  readonly devices: readonly TestDevice[]
  readonly tabs: (Workspace | undefined)[] = []
  readonly opens: (OpenDocument | undefined)[] = []
  typed = 0
  noted = 0

  constructor() {
    const mine = makeDevice({ server: this.server, clock: this.clock })
    const theirs = makeDevice({ server: this.server, clock: this.clock })
    this.devices = [mine, mine, theirs]
    const doc = this.server.doc(opportunity)
    defineRoots(doc, 'opportunity')
    createDocument(doc, {
      kind: 'opportunity',
      territoryId: 'north',
      createdBy: 'user-2',
      createdAt: 1,
      fields: { name: 'Lakeside' },
    })
  }

  async openTab(index: number): Promise<void> {
    const workspace = await this.devices[index]?.openTab(index === 2 ? 'user-2' : 'user-1')
    const open = workspace?.open(opportunity)
    await open?.ready
    this.tabs[index] = workspace
    this.opens[index] = open
  }

  async take(step: Step): Promise<void> {
    switch (step.type) {
      case 'field':
        return this.#editField(step.tab, keys[step.key] ?? 'name')
      case 'notes':
        return this.#editNotes(step.tab)
      case 'cut':
        this.server.closeAll()
        return undefined
      case 'online':
        this.devices[step.tab]?.signal('online')
        return undefined
      case 'restart':
        await this.tabs[step.tab]?.close()
        return this.openTab(step.tab)
      case 'dropDocument':
        return this.server.closeDocument(opportunity)
      case 'holdStatuses':
        this.server.behaviour.holdsStatuses = true
        return undefined
      case 'releaseStatuses':
        return this.server.releaseStatuses()
      case 'stopNetwork':
        return this.server.network.pause()
      case 'startNetwork':
        return this.server.network.resume()
      case 'deliver':
        for (let count = 0; count < step.count; count++) this.server.network.step()
        return undefined
      case 'time':
        return this.clock.advance(step.ms)
      case 'turns':
        return turns(step.count)
    }
  }

  /** All is well again: time passes until nothing waits anywhere. */
  async heal(): Promise<void> {
    this.server.network.resume()
    this.server.releaseStatuses()
    for (let round = 0; round < 400 && !this.isSettled(); round++) {
      this.clock.advance(500)
      await turns(4)
    }
  }

  isSettled(): boolean {
    return (
      this.opens.every((open) => open?.state.get().remote === 'synced') &&
      this.tabs.every((each) => each?.sync.get().pending === 0) &&
      this.server.network.waiting === 0
    )
  }

  async close(): Promise<void> {
    this.server.network.resume()
    for (const each of this.tabs) await each?.close()
  }

  #editField(index: number, key: string): void {
    const open = this.opens[index]
    // Before the first sync there is no record to edit on a device that never had it.
    if (open?.state.get().hasContent !== true) return
    this.typed += 1
    setField(open.doc, `fields.${key}`, `${key} ${this.typed}`, { now: this.typed })
  }

  #editNotes(index: number): void {
    const open = this.opens[index]
    if (open?.state.get().hasContent !== true) return
    this.typed += 1
    this.noted += 1
    const paragraph = new Y.XmlElement('paragraph')
    getNotes(open.doc).insert(0, [paragraph])
    paragraph.insert(0, [new Y.XmlText(`note ${this.typed}`)])
  }
}

describe('workspace, walks', () => {
  it('[WSP-14] whatever happens in between, in the end all have everything and nothing waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new World()
        try {
          for (const index of [0, 1, 2]) await world.openTab(index)
          await until(() => world.opens.every((open) => open?.state.get().hasContent === true))
          for (const step of steps) await world.take(step)
          await world.heal()
          expect(world.isSettled()).toBe(true)
          const server = world.server.doc(opportunity)
          const contents = [server, ...world.opens.flatMap((open) => open?.doc ?? [])].map((doc) => ({
            fields: doc.getMap('fields').toJSON() as unknown,
            notes: doc.getXmlFragment('notes').toJSON(),
          }))
          for (const content of contents) expect(content).toEqual(contents[0])
          // Nothing typed is lost, and nothing doubled.
          expect(getNotes(server).length).toBe(world.noted)
        } finally {
          await world.close()
        }
        // A fresh start of each device: what waits is really gone from the disk, not only from memory.
        await world.openTab(0)
        expect(world.tabs[0]?.sync.get().pending).toBe(0)
        await world.close()
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 40) },
    )
  })
})
