import { setField } from '@fulqrun/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Attacker, type Door, newClientId, openDoor, Witness } from './testing/attack.ts'
import {
  apart,
  expectSame,
  openContact,
  openDeal,
  varUint,
  watchEvidence,
  watchFinancials,
} from './testing/attacked-records.ts'
import type { PersonId } from './testing/people.ts'
import { openTestServer, type TestServer } from './testing/test-server.ts'

/** What a hostile client can do besides writing where it must not: when, how often and in which parts it writes. */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('time and again', () => {
  test('[ADM-1] [RES-6] undoing what was put back, and redoing it, shows nothing either', async () => {
    const deal = await openDeal(server)
    const contact = await openContact(server)
    const witnesses = [watchFinancials(deal), watchEvidence(contact)]
    for (const side of ['low', 'high'] as const) {
      const ofDeal = new Attacker(
        await openDoor(server, 'sync', { person: 'ana', name: deal.name }),
        deal,
        newClientId(side),
      )
      const financials = ofDeal.doc.getMap('financials')
      const money = new Y.UndoManager([financials, ofDeal.doc.getMap('proposals')], { captureTimeout: 0 })
      await ofDeal.strike(() => financials.set('amount', 1))
      await ofDeal.strike(() => financials.delete('currency'))
      for (const act of ['undo', 'redo', 'undo', 'undo', 'redo'] as const)
        await ofDeal.strike(() => void money[act]())

      const door = await openDoor(server, 'gateway', { person: 'ana', name: contact.name })
      const ofContact = new Attacker(door, contact, newClientId(side))
      const roots = ['consents', 'samples'].map((root) => ofContact.doc.getMap(root))
      const lines = new Y.UndoManager(roots, { captureTimeout: 0 })
      await ofContact.strike((doc) =>
        (doc.getMap('consents').get('out') as Y.Map<unknown>).set('optType', 'opt_in'),
      )
      await ofContact.strike(() => roots.forEach((root) => root.clear()))
      for (const act of ['undo', 'redo', 'undo', 'undo', 'redo'] as const)
        await ofContact.strike(() => void lines[act]())
    }
    for (const { seen, frames } of witnesses) {
      expect(seen).toEqual([])
      expect(frames).toBeGreaterThan(3)
    }
    await expectSame(server, deal)
    await expectSame(server, contact)
  })

  test('[ADM-13] a clock that is far ahead harms nobody, and one beyond counting is refused', async () => {
    const ben = await openDeal(server)
    const witness = watchFinancials(ben)
    const ana = await (await server.connect('ana')).open(ben.name, { answersSync: false })
    const leap = (length: number, client: number) =>
      new Uint8Array([1, 1, client, 0, 0, length, 0].flatMap(varUint))
    ana.send(leap(2 ** 31, 70_001))
    await ana.answered()
    expect(ana.refused).toBe(0)
    const forged = new Attacker({ send: () => Promise.resolve() }, ben, 70_001)
    forged.receive()
    ana.send(forged.make((doc) => doc.getMap('financials').set('amount', 1)))
    await ana.answered()
    for (const length of [2 ** 41, Number.MAX_SAFE_INTEGER]) {
      ana.send(leap(length, 70_002))
      await ana.answered()
      expect(ana.verdicts.at(-1)).toBe(false)
    }
    setField(ben.doc, 'fields.nextStep', 'still works', { now: Date.now() })
    await ben.answered()
    expect(ben.verdicts.every(Boolean)).toBe(true)
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })

  test('[ADM-1] twice, backwards and all at once, through every door', async () => {
    const ben = await openContact(server)
    const witness = watchEvidence(ben)
    const ways = ['sync', 'gateway', 'push'] as const
    const all = await Promise.all(ways.map((way) => openDoor(server, way, { person: 'ana', name: ben.name })))
    const attacker = new Attacker({ send: () => Promise.resolve() }, ben, newClientId('high'))
    const updates = Array.from({ length: 6 }, (_, round) => [
      attacker.make((doc) => (doc.getMap('consents').get('out') as Y.Map<unknown>).set('optType', 'opt_in')),
      attacker.make((doc) => doc.getMap('samples').delete('sample')),
      attacker.make((doc) => doc.getMap('samples').set('sample', new Y.Map([['quantity', round]]))),
      attacker.make((doc) => doc.getMap('fields').set('title', `round ${round}`)),
    ]).flat()
    for (const [index, update] of updates.toReversed().entries()) await all[index % 3]?.send(update)
    for (const [index, update] of updates.entries()) await all[index % 3]?.send(update)
    await Promise.all(all.map((door) => door.send(Y.mergeUpdates(updates))))
    await ben.until(({ doc }) => doc.getMap('fields').get('title') === 'round 5')
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })

  test('[ADM-1] two attackers at once: one sets what the other deletes, through different doors', async () => {
    const [deal, contact] = [await openDeal(server), await openContact(server)]
    const witnesses = [watchFinancials(deal), watchEvidence(contact)]
    const attack = async (person: PersonId, way: 'gateway' | 'push', acts: (doc: Y.Doc) => void) => {
      for (const ben of [deal, contact]) {
        const door = await openDoor(server, way, { person, name: ben.name })
        for (let round = 0; round < 10; round++)
          await new Attacker(door, ben, newClientId(round % 2 === 0 ? 'low' : 'high')).strike(acts)
      }
    }
    await Promise.all([
      attack('ana', 'gateway', (doc) => {
        doc.getMap('financials').set('amount', Math.random())
        doc.getMap('consents').set('out', new Y.Map([['optType', 'opt_in']]))
        doc.getMap('samples').set('sample', new Y.Map([['quantity', 400]]))
      }),
      attack('mia', 'push', (doc) => {
        for (const root of ['financials', 'consents', 'samples']) doc.getMap(root).clear()
      }),
    ])
    for (const { seen } of witnesses) expect(seen).toEqual([])
    await expectSame(server, deal)
    await expectSame(server, contact)
  })
})

describe('in parts', () => {
  test.each(['sync', 'gateway', 'push'] as const)(
    '[ADM-13] [GATE-5] what builds on a thing that comes later, through %s, does not come to life unjudged (SYNC 26)',
    async (way) => {
      const ben = await openDeal(server)
      const witness = watchFinancials(ben)
      for (const other of ['sync', 'push'] as const) {
        const door = await openDoor(server, way, { person: 'ana', name: ben.name })
        const base = await openDoor(server, other, { person: 'ana', name: ben.name })
        const attacker = new Attacker(door, ben, newClientId('high'))
        const first = attacker.make((doc) => doc.getMap('fields').set('product', `after ${way} ${other}`))
        const second = attacker.make((doc) => doc.getMap('financials').set('amount', 666))
        const third = attacker.make((doc) => doc.getMap('financials').delete('currency'))
        await door.send(third)
        await door.send(second)
        await base.send(first)
        await door.send(second)
        await door.send(Y.mergeUpdates([second, third]))
        await ben.until(({ doc }) => doc.getMap('fields').get('product') === `after ${way} ${other}`)
      }
      expect(witness.seen).toEqual([])
      await expectSame(server, ben)
    },
  )

  test('[ADM-2] an update with a legal and an illegal part keeps the legal one', async () => {
    const ben = await openDeal(server)
    const witness = watchFinancials(ben)
    const door = await openDoor(server, 'push', { person: 'ana', name: ben.name })
    await new Attacker(door, ben, newClientId('low')).strike((doc) => {
      doc.getMap('fields').set('nextStep', 'legal')
      doc.getMap('financials').set('amount', 1)
      doc.getMap('nowhere').set('x', 1)
      doc.getText('text:description').insert(0, 'words')
    })
    expect(ben.doc.getMap('fields').get('nextStep')).toBe('legal')
    expect(ben.doc.getText('text:description').toJSON()).toBe('words')
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })

  test('[GATE-2] a poison update between good ones takes none of them with it (SYNC 7)', async () => {
    const ben = await openDeal(server)
    const ana = await (await server.connect('ana')).open(ben.name, { answersSync: false })
    const good = (key: string, clientId: number) =>
      new Attacker({ send: () => Promise.resolve() }, ben, clientId).make((doc) =>
        doc.getMap('fields').set(key, 'good'),
      )
    const deep = new Y.Doc()
    let map = deep.getMap<unknown>('fields')
    for (let level = 0; level < 80; level++) {
      const inner = new Y.Map<unknown>()
      map.set('nextStep', inner)
      map = inner
    }
    const stolen = new Attacker({ send: () => Promise.resolve() }, ben, ben.doc.clientID)
    for (const [index, poison] of [
      new Uint8Array([1, 2, 3]),
      Y.encodeStateAsUpdate(deep),
      stolen.make((doc) => doc.getMap('fields').set('product', 'stolen')),
    ].entries()) {
      const before = ana.verdicts.length
      // In one turn: the server takes what arrives together as one.
      ana.send(good('product', newClientId('low')))
      ana.send(poison)
      ana.send(good('nextStep', newClientId('low')))
      await ana.answered()
      expect(ana.verdicts.slice(before), `poison ${index}`).toEqual([true, false, true])
    }
    await ben.until(({ doc }) => doc.getMap('fields').get('nextStep') === 'good')
    await expectSame(server, ben)
  })

  test('[RES-7] deletions alone, of what the server has put back, again and again', async () => {
    const ben = await openContact(server)
    const witness = watchEvidence(ben)
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    const attacker = new Attacker(door, ben, newClientId('low'))
    for (let round = 0; round < 8; round++) {
      await attacker.strike((doc) => {
        for (const root of ['consents', 'samples'])
          for (const entry of doc.getMap(root).values()) (entry as Y.Map<unknown>).clear()
      })
      await attacker.strike((doc) => ['consents', 'samples'].forEach((root) => doc.getMap(root).clear()))
    }
    expect(witness.seen).toEqual([])
    expect(witness.frames).toBeGreaterThan(10)
    await expectSame(server, ben)
  })
})

describe('with a clock of one’s own', () => {
  test('[RES-2] [ADM-7] an older edit does not win by a time that was written over a colleague’s', async () => {
    const ben = await openContact(server)
    const [ana, lying] = [
      apart(ben, newClientId('high'), 'contact'),
      apart(ben, newClientId('low'), 'contact'),
    ]
    setField(ben.doc, 'fields.phone', '+1 555 0199', { now: Date.now() })
    await ben.answered()
    await ben.client.ping()
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    const witness = new Witness(ben, (doc) => {
      const phone = doc.getMap('fields').get('phone')
      return phone === '+1 555 0199' ? [] : [String(phone)]
    })
    // Ben's edit is said to be ancient by somebody who did not make it, along with something else.
    await new Attacker(door, ben, newClientId('high')).strike((doc) => {
      doc.getMap('edited').set('fields.phone', 0)
      doc.getMap('fields').set('phone', '+1 555 0199')
    })
    const base = Y.encodeStateVector(ana)
    setField(ana, 'fields.phone', '+1 555 0666', { now: Date.now() - 3_600_000 })
    await door.send(Y.encodeStateAsUpdate(ana, base))
    for (const time of [-1e300, NaN, -Infinity, 0]) {
      lying.getMap('fields').set('phone', '+1 555 0667')
      lying.getMap('edited').set('fields.phone', time)
    }
    await ben.client.ping()
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })

  test('[RES-4] [RES-5] a completed activity and a wish not to be called stand against any time', async () => {
    const [deal, contact] = [await openDeal(server), await openContact(server)]
    const rivals = ['low', 'high'] as const
    const times = [Date.now() + 1e12, 8.64e15, -1, NaN, 0]
    const copies = times.flatMap((time) =>
      rivals.map((side) => ({
        time,
        deal: apart(deal, newClientId(side), 'opportunity'),
        contact: apart(contact, newClientId(side), 'contact'),
      })),
    )
    setField(deal.doc, 'activities.done.status', 'completed', { now: Date.now() })
    setField(contact.doc, 'fields.doNotCall', true, { now: Date.now() })
    for (const ben of [deal, contact]) {
      await ben.answered()
      await ben.client.ping()
    }
    const witnesses = [
      new Witness(deal, (doc) => {
        const { status } = (doc.getMap('activities').get('done') as Y.Map<unknown>).toJSON()
        return status === 'completed' ? [] : [String(status)]
      }),
      new Witness(contact, (doc) =>
        doc.getMap('fields').get('doNotCall') === true ? [] : ['may be called'],
      ),
    ]
    const doors = [
      await openDoor(server, 'sync', { person: 'ana', name: deal.name }),
      await openDoor(server, 'push', { person: 'ana', name: contact.name }),
    ] as [Door, Door]
    for (const { time, deal: ofDeal, contact: ofContact } of copies) {
      const [dealBase, contactBase] = [Y.encodeStateVector(ofDeal), Y.encodeStateVector(ofContact)]
      ofDeal.transact(() => {
        ;(ofDeal.getMap('activities').get('done') as Y.Map<unknown>).set('status', 'cancelled')
        ofDeal.getMap('edited').set('activities.done.status', time)
      })
      ofContact.transact(() => {
        ofContact.getMap('fields').set('doNotCall', false)
        ofContact.getMap('edited').set('fields.doNotCall', time)
      })
      await doors[0].send(Y.encodeStateAsUpdate(ofDeal, dealBase))
      await doors[1].send(Y.encodeStateAsUpdate(ofContact, contactBase))
    }
    for (const ben of [deal, contact]) await ben.client.ping()
    for (const { seen, frames } of witnesses) {
      expect(seen).toEqual([])
      expect(frames).toBeGreaterThan(0)
    }
    await expectSame(server, deal)
    await expectSame(server, contact)
  })

  test('[RES-4] sending one’s own edits in the wrong order tells nothing about what one has seen', async () => {
    const ben = await openDeal(server)
    const ana = apart(ben, newClientId('high'), 'opportunity')
    const updates: Uint8Array[] = []
    ana.on('update', (update: Uint8Array) => updates.push(update))
    setField(ana, 'activities.todo.status', 'cancelled', { now: Date.now() })
    setField(ana, 'activities.todo.status', 'pending', { now: Date.now() })
    setField(ben.doc, 'activities.todo.status', 'completed', { now: Date.now() })
    await ben.answered()
    await ben.client.ping()
    const witness = new Witness(ben, (doc) => {
      const { status } = (doc.getMap('activities').get('todo') as Y.Map<unknown>).toJSON()
      return status === 'completed' ? [] : [String(status)]
    })
    const door = await openDoor(server, 'sync', { person: 'ana', name: ben.name })
    for (const update of [...updates.toReversed(), ...updates, Y.mergeUpdates(updates)])
      await door.send(update)
    await ben.client.ping()
    expect(witness.seen).toEqual([])
    await expectSame(server, ben)
  })
})

test('nothing of the above was an error at the server', () => {
  expect(server.errors()).toEqual([])
})
