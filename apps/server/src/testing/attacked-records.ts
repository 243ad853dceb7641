import { isDeepStrictEqual } from 'node:util'
import { type DocumentName, financialsEndpoint } from '@fulqrun/protocol'
import { addEntry, createDocument, defineRoots, newDocumentId } from '@fulqrun/schema'
import { documentJson, type WireChannel } from '@fulqrun/testkit'
import { expect } from 'vitest'
import * as Y from 'yjs'
import { Witness } from './attack.ts'
import { createOpportunity, newOpportunityName, north, type TestServer } from './test-server.ts'

/** Two records of Ben's that are attacked while he has them open, and what he must go on seeing of them. */

const official = { amount: 45_000, currency: 'USD', version: 1 }

/** Ben's deal with official values, a completed activity and one that is not, open at Ben's. */
export async function openDeal(server: TestServer): Promise<WireChannel> {
  const ben = await (await server.connect('ben')).open(newOpportunityName())
  createOpportunity(ben, 'ben')
  for (const id of ['done', 'todo'])
    addEntry(ben.doc, 'activities', { type: 'call', subject: 'Call' }, { now: Date.now(), id })
  await ben.answered()
  const finn = await server.person('finn')
  const { version: _version, ...values } = official
  await finn.api('PUT', financialsEndpoint(ben.name.split('/')[2] ?? ''), {
    body: values,
    headers: { 'if-match': '0' },
  })
  await ben.until(({ doc }) => doc.getMap('financials').get('version') === 1)
  return ben
}

/** Ben's contact with an opt-out and a record of samples, open at Ben's. */
export async function openContact(server: TestServer): Promise<WireChannel> {
  const ben = await (await server.connect('ben')).open(`meridian/contact/${newDocumentId()}` as DocumentName)
  const now = Date.now()
  createDocument(ben.doc, {
    kind: 'contact',
    territoryId: north,
    createdBy: 'ben',
    createdAt: now,
    fields: { lastName: 'Okafor', phone: '+1 555 0100', doNotCall: false },
  })
  addEntry(ben.doc, 'consents', { channel: 'email', optType: 'opt_out', capturedAt: now }, { now, id: 'out' })
  addEntry(ben.doc, 'samples', { product: 'Velorin', quantity: 4 }, { now, id: 'sample' })
  await ben.answered()
  await ben.client.ping()
  return ben
}

export const evidence = (doc: Y.Doc) => ({
  consents: doc.getMap('consents').toJSON() as unknown,
  samples: doc.getMap('samples').toJSON() as unknown,
})

export function watchFinancials(ben: WireChannel): Witness {
  const before = ben.doc.getMap('financials').toJSON()
  return new Witness(ben, (doc) => {
    const shown: unknown = doc.getMap('financials').toJSON()
    return isDeepStrictEqual(shown, before) ? [] : [JSON.stringify(shown)]
  })
}

export function watchEvidence(ben: WireChannel): Witness {
  const before = evidence(ben.doc)
  return new Witness(ben, (doc) =>
    isDeepStrictEqual(evidence(doc), before) ? [] : [JSON.stringify(evidence(doc))],
  )
}

/** A copy of what somebody has, to go on with apart from everybody. */
export function apart({ doc }: WireChannel, clientId: number, kind: 'contact' | 'opportunity'): Y.Doc {
  const copy = new Y.Doc()
  defineRoots(copy, kind)
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  copy.clientID = clientId
  return copy
}

async function freshCopy(server: TestServer, name: DocumentName): Promise<Y.Doc> {
  const client = await server.connect('mia')
  const { doc } = await client.open(name)
  await client[Symbol.asyncDispose]()
  return doc
}

export async function expectSame(server: TestServer, ben: WireChannel): Promise<void> {
  await ben.client.ping()
  expect(documentJson(await freshCopy(server, ben.name))).toEqual(documentJson(ben.doc))
}

/** A number as updates write it: seven bits a byte, the lowest first. */
export function varUint(number: number): number[] {
  return number < 128 ? [number] : [128 + (number % 128), ...varUint(Math.floor(number / 128))]
}
