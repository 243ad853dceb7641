import type { ChangeRecord } from '@fulqrun/protocol'
import { decideOnProposal, propose, readProposals, setField, setPinned } from '@fulqrun/schema'
import { copyDocument, makeOpportunity, type Person, startOfHistory } from '@fulqrun/testkit'
import { beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { admit } from './admission.ts'
import { TestDoor } from './test-door.ts'

/** Why somebody wanted or decided something is in the history, for ever, and not only beside the proposal. */

const ana: Person = { id: 'user-ana', name: 'Ana', role: 'rep' }
const mia: Person = { id: 'user-mia', name: 'Mia', role: 'manager' }
const finn: Person = { id: 'user-finn', name: 'Finn', role: 'finance' }

let server: Y.Doc
let door: TestDoor
let now: number

beforeEach(() => {
  server = makeOpportunity()
  server.clientID = 500
  door = new TestDoor()
  now = startOfHistory
})

/** A person's own copy, changed and sent; what the history says about it. */
function send(person: Person, clientId: number, change: (doc: Y.Doc) => void): readonly ChangeRecord[] {
  const copy = copyDocument(server, 'opportunity', clientId)
  change(copy)
  now += 1000
  const update = Y.encodeStateAsUpdate(copy, Y.encodeStateVector(server))
  const outcome = door.receive({ document: server, kind: 'opportunity', person, update, receivedAt: now })
  if (outcome.sort !== 'admitted') throw new Error(outcome.sort)
  return outcome.changes
}

const wish = (path: string, value: unknown, reason: string) => (doc: Y.Doc) =>
  propose(doc, { path, value, reason, author: ana.id, now, id: 'p-1' })

test('[PRO-6] a proposal and its approval say why, at the proposal and at the official value', () => {
  const asked = send(ana, 20, wish('financials.amount', 70_000, 'Framework contract'))
  expect(asked).toMatchObject([
    { path: 'financials.amount', action: 'propose', reason: 'Framework contract' },
  ])
  const decided = send(finn, 21, (doc) =>
    decideOnProposal(doc, 'p-1', 'approved', { now, comment: 'The contract is signed' }),
  )
  const decisions = decided.filter(({ action }) => action === 'decide')
  expect(decisions).toMatchObject([
    { path: 'proposals.p-1', after: 'approved', reason: 'The contract is signed' },
    { path: 'financials.amount', after: 70_000, reason: 'The contract is signed' },
  ])
})

test('[PRO-6] so does a rejection, and a proposal that was withdrawn', () => {
  for (const [decision, person, comment] of [
    ['rejected', mia, 'Not before the committee'],
    ['withdrawn', ana, 'Typed by mistake'],
  ] as const) {
    server = makeOpportunity()
    send(ana, 30, wish('financials.amount', 50_000, 'They asked'))
    const decided = send(person, 31, (doc) => decideOnProposal(doc, 'p-1', decision, { now, comment }))
    expect(decided).toMatchObject([{ path: 'proposals.p-1', after: decision, reason: comment }])
    expect(readProposals(server)).toMatchObject([{ status: decision, comment, reason: 'They asked' }])
  }
})

test('[PRO-6] a manager’s move past a gate says why at the stage itself', () => {
  const moved = send(mia, 40, wish('fields.stage', 'advancing', 'Board decided early'))
  expect(moved).toContainEqual(
    expect.objectContaining({
      path: 'fields.stage',
      action: 'decide',
      after: 'advancing',
      reason: 'Board decided early',
    }),
  )
})

test('[PRO-6] the reason of an edit at the server is at each of its changes, texts too', () => {
  const { changes } = admit({
    document: server,
    kind: 'opportunity',
    author: finn,
    authority: 'server',
    receivedAt: now,
    reason: 'From the ledger',
    change: (doc) => {
      setPinned(doc, 'financials', { amount: 60_000 }, { now })
      setField(doc, 'fields.product', 'Velorin', { now })
      doc.getText('text:description').insert(0, 'Words')
    },
  })
  expect(changes.length).toBeGreaterThan(2)
  expect(changes.filter(({ reason }) => reason !== 'From the ledger')).toEqual([])
})
