import type { DocumentKind } from '@fulqrun/protocol'
import { parsePath, readDocument, readOpportunity, type StageId } from '@fulqrun/schema'
import {
  type AdmissionReport,
  arbitraryCableStep,
  arbitraryTeam,
  type CableStep,
  type Area,
  areas,
  documentJson,
  makeDocument,
  makeMove,
  type Move,
  movesBy,
  type OracleVerdict,
  type Person,
  sameJson,
  Team,
  type TeamSetup,
  valueAt,
  type Written,
  runsOf,
} from '@fulqrun/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { policyFor } from './policy.ts'
import { unmetCriteria } from './stage-gates.ts'
import { TestDoor } from './test-door.ts'

/**
 * Every strategy over random histories of a team: partitions, late, repeated and reordered delivery, restarts of
 * devices and server, clocks that are days off. What has to come out is said here a second time, in the plain words of
 * the design and from the oracle's knowledge of who had seen what; nothing of admission is used to say it.
 */

/** FC_RUNS makes a soak of it; FC_SEED and FC_PATH replay what a failed run has printed. */
const parameters = runsOf(120)

const ana: Person = { id: 'user-ana', name: 'Ana', role: 'rep' }
const ben: Person = { id: 'user-ben', name: 'Ben', role: 'rep' }
const mia: Person = { id: 'user-mia', name: 'Mia', role: 'manager' }
const finn: Person = { id: 'user-finn', name: 'Finn', role: 'finance' }
/** Two devices of Ana's. */
const people = [ana, ben, mia, ana]

/** What holds after every admission. */
type Invariant = (before: Snapshot, after: Snapshot, report: AdmissionReport) => void

interface Case {
  readonly title: string
  readonly area: Area
  readonly invariants?: readonly Invariant[]
}

/** What the server's document held after an admission. */
interface Snapshot {
  readonly json: Readonly<Record<string, unknown>>
  readonly doc: Y.Doc
}

const cases: readonly Case[] = [
  { title: '[RES-2] client-wins', area: areas.clientWins },
  { title: '[RES-3] user-choice', area: areas.userChoice },
  { title: '[CON-3] [CON-4] [CON-5] decisions', area: areas.decisions },
  { title: '[RES-4] completed-wins', area: areas.completedWins },
  { title: '[RES-5] most-restrictive', area: areas.mostRestrictive },
  { title: '[RES-6] consent lines', area: areas.consentLines, invariants: [consentOnlyTightens] },
  { title: '[RES-7] append-only', area: areas.appendOnly, invariants: [entriesStay] },
  { title: '[POL-1] official values', area: areas.officialValues },
  { title: '[POL-2] derived values', area: areas.derivedValues },
  { title: '[GAT-1] stage gates', area: areas.stageGates, invariants: [gatesHold] },
  { title: '[POL-5] notes and text', area: areas.text },
  { title: '[RES-8] entries removed while others edit them', area: areas.entries },
  {
    title: '[ADM-1] everything on a contact',
    area: areas.contact,
    invariants: [consentOnlyTightens, entriesStay],
  },
  {
    title: '[ADM-1] everything on an opportunity',
    area: areas.opportunity,
    invariants: [gatesHold, officialHolds],
  },
]

// What has to come out -------------------------------------------------------------------------------------------------

/** Values that may stand after an edit arrived, by the words of the design. */
function allowed(kind: DocumentKind, verdict: OracleVerdict): readonly unknown[] {
  const { path, edit, concurrent, isOpenQuestion, decides, differs, valueBefore } = verdict
  const strategy = policyFor(kind, path)?.strategy
  if (strategy === 'server-wins' || strategy === 'derived' || strategy === 'append-only') return [valueBefore]
  // A decision that comes too late, or about a candidate that is gone, is put back.
  if (isOpenQuestion || decides) return [...verdict.arrived, valueBefore]
  if (!concurrent || !differs) return [edit.value]
  if (strategy === 'user-choice') return [valueBefore]
  const key = parsePath(path).key ?? ''
  const order = strategy === 'client-wins' ? 0 : rank(key, edit.value) - rank(key, valueBefore)
  if (order !== 0) return [order > 0 ? edit.value : valueBefore]
  return laterOf(verdict)
}

/** Greater wins. */
function rank(key: string, value: unknown): number {
  if (key === 'status') {
    if (value === 'completed') return 1
    return Math.max(0, ['active', 'expired', 'suspended', 'revoked'].indexOf(String(value)))
  }
  if (key === 'expiresOn') return typeof value === 'string' ? -Date.parse(value) : -8.64e15
  return value === true ? 1 : 0
}

/** The later edit by bounded device time; then by author, then by value. Either, where several edits stand for one value. */
function laterOf({ edit, stood, boundedAt, valueBefore, path }: OracleVerdict): readonly unknown[] {
  const [standing] = stood
  const isSmallDomain = !/phone|bestTime|role|outcomeNote|nextStep/.test(path)
  if (standing === undefined || stood.length > 1 || standing.isRepeat || isSmallDomain)
    return [edit.value, valueBefore]
  const order =
    boundedAt - standing.boundedAt ||
    compare(edit.author, standing.edit.author) ||
    compare(JSON.stringify(edit.value) ?? '', JSON.stringify(valueBefore) ?? '')
  return [order > 0 ? edit.value : valueBefore]
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>

function entriesOf({ json }: Snapshot, root: string): Entries {
  return (json[root] ?? {}) as Entries
}

function consentOnlyTightens(before: Snapshot, after: Snapshot): void {
  const order = ['double_opt_in', 'opt_in', 'opt_out']
  for (const [id, line] of Object.entries(entriesOf(before, 'consents'))) {
    const { optType, expiresOn, ...rest } = line
    const now = entriesOf(after, 'consents')[id]
    expect(now).toMatchObject(rest)
    expect(Object.keys(now ?? {}).toSorted()).toEqual(expect.arrayContaining(Object.keys(line).toSorted()))
    expect(order.indexOf(String(now?.['optType']))).toBeGreaterThanOrEqual(order.indexOf(String(optType)))
    if (typeof expiresOn === 'string') expect((now?.['expiresOn'] as string) <= expiresOn).toBe(true)
  }
}

function entriesStay(before: Snapshot, after: Snapshot): void {
  for (const root of ['samples', 'signatures'])
    for (const [id, entry] of Object.entries(entriesOf(before, root)))
      expect(entriesOf(after, root)[id]).toEqual(entry)
}

function officialHolds(before: Snapshot, after: Snapshot, { changes, person }: AdmissionReport): void {
  const isOfficial = person.role === 'finance' || changes.some(({ action }) => action === 'decide')
  if (!isOfficial) expect(after.json['financials']).toEqual(before.json['financials'])
}

function gatesHold(before: Snapshot, after: Snapshot, { changes, person }: AdmissionReport): void {
  const stageOf = ({ json }: Snapshot) =>
    ((json['fields'] as Record<string, unknown>)['stage'] ?? 'prospecting') as StageId
  const [from, to] = [stageOf(before), stageOf(after)]
  if (from === to) return
  const unmet = unmetCriteria(readOpportunity(after.doc).view, from, to)
  const isOverride = changes.some(
    (change) => change.path === 'fields.stage' && change.action === 'decide' && change.after === to,
  )
  if (isOverride) expect(person.role).toBe('manager')
  else expect(unmet).toEqual([])
}

// The run --------------------------------------------------------------------------------------------------------------

type Step = { readonly type: 'move'; readonly move: Move } | { readonly type: 'official' } | CableStep

interface History {
  readonly setup: TeamSetup
  readonly steps: readonly Step[]
}

function historyOf(area: Area): fc.Arbitrary<History> {
  const move = movesBy(people.length, ...area.moves).map((each): Step => ({ type: 'move', move: each }))
  return fc.record({
    setup: arbitraryTeam(people, area.hasStock),
    steps: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: move },
        { weight: area.hasFinance === true ? 1 : 0, arbitrary: fc.constant<Step>({ type: 'official' }) },
        { weight: 6, arbitrary: arbitraryCableStep(people.length) },
      ),
      { minLength: 5, maxLength: 50 },
    ),
  })
}

/** JSON whose text does not depend on the order in which maps were filled. */
function canonical(doc: Y.Doc): string {
  return JSON.stringify(documentJson(doc), (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function takeSnapshot(doc: Y.Doc): Snapshot {
  return { json: documentJson(doc), doc }
}

/** Runs a history and looks at everything after every step. */
function live(team: Team, { area, invariants = [] }: Case, { steps }: History): void {
  team.watch([...area.watched, ...(area.alsoSeen ?? [])])
  /** What the server showed, by the number of admissions. */
  const shown = new Map([[0, canonical(team.server)]])
  let before = takeSnapshot(team.server)
  team.onAdmission = (report) => {
    shown.set(report.number, canonical(team.server))
    const after = takeSnapshot(team.server)
    for (const holds of invariants) holds(before, after, report)
    expect(removedUnseen(team, report, { before, after })).toEqual([])
    before = after
    for (const verdict of report.verdicts)
      if (area.watched.includes(verdict.path)) checkVerdict(area.kind, verdict, report)
  }
  team.onArrival = (replica) => {
    // Whoever has nothing of their own on the way sees what the server had then, and nothing else, ever.
    if (replica.outbox.length === 0) expect(canonical(replica.doc)).toBe(shown.get(replica.upTo))
  }
  for (const step of steps) {
    if (step.type === 'move') makeMove(team, step.move)
    else if (step.type === 'official') setOfficial(team)
    else team.step(step)
  }
  team.settle()
}

/** Fields of entries that are gone now, although their remover had not been shown what stood in them (RES-8). */
function removedUnseen(
  { written, oracle }: Team,
  { edits }: AdmissionReport,
  { before, after }: { readonly before: Snapshot; readonly after: Snapshot },
): readonly string[] {
  return written.flatMap(({ id, path, seenBelow }) => {
    const { root, id: entry = '' } = parsePath(path)
    if (seenBelow === undefined || !edits.includes(id)) return []
    if (!(entry in entriesOf(before, root)) || entry in entriesOf(after, root)) return []
    const standing = [...oracle.standingBelow(path)]
    return standing.flatMap(([field, ids]) =>
      [...ids].some((each) => seenBelow.get(field)?.has(each)) ? [] : [field],
    )
  })
}

function setOfficial(team: Team): void {
  const amount = 500_000 + team.log.length
  team.official(finn, (doc) => doc.getMap('financials').set('amount', amount))
  if (team.isWatched('financials.amount')) team.oracle.rebase('financials.amount', amount)
}

function checkVerdict(kind: DocumentKind, verdict: OracleVerdict, report: AdmissionReport): void {
  const { path, edit, concurrent, differs, valueAfter } = verdict
  const expected = allowed(kind, verdict)
  if (expected.some((value) => sameJson(value, valueAfter))) return
  const told = { path, edit, concurrent, differs, valueAfter, expected, changes: report.changes }
  throw new Error(`not what the rule says: ${JSON.stringify(told)}`)
}

/** Everybody has the same, and nothing that anybody wrote is missing. */
function checkEnd(team: Team): void {
  const { server, kind } = team
  for (const { doc } of team.replicas) {
    expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(server))).toBe(true)
    expect(readDocument(doc, kind).view).toEqual(readDocument(server, kind).view)
  }
  expect(team.written.filter((written) => !isKept(team, written))).toEqual([])
}

function isKept(team: Team, written: Written): boolean {
  const { path, value } = written
  if (value === undefined || wasWrittenOver(team, written)) return true
  if (team.replica(written.device).isStock) return true
  if (path === 'notes' || path.startsWith('text:')) {
    const words = JSON.stringify([documentJson(team.server), team.log.map(({ changes }) => changes)])
    return words.includes(value as string)
  }
  if (sameJson(valueAt(team.server, path), value)) return true
  const holds = (holder: unknown, at: string): boolean => {
    if (at === path) return sameJson(holder, value) || isWithin(value, holder)
    const rest = path.startsWith(`${at}.`) ? path.slice(at.length + 1) : undefined
    const inner = typeof holder === 'object' && holder !== null && rest !== undefined ? holder : {}
    return rest !== undefined && sameJson((inner as Record<string, unknown>)[rest], value)
  }
  const told = team.log.flatMap(({ changes }) => changes)
  if (told.some(({ path: at, before, after }) => holds(after, at) || holds(before, at))) return true
  const { conflicts, proposals } = readDocument(team.server, team.kind).view
  return (
    conflicts.some((conflict) => conflict.candidates.some((each) => holds(each.value, conflict.path))) ||
    proposals.some((proposal) => holds(proposal.value, proposal.path))
  )
}

/** Whether an entry that was added is part of what is kept of it: invalid parts are told apart. */
function isWithin(value: unknown, holder: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (typeof holder !== 'object' || holder === null) return false
  const kept = holder as Record<string, unknown>
  return Object.entries(value).every(([key, part]) => sameJson(kept[key], part))
}

/** Replaced by the same device before it left: there was nothing to lose. */
function wasWrittenOver(team: Team, { id, device, path }: Written): boolean {
  const at = team.oracle.admissionOf(id)
  return team.written.some(
    (later) =>
      later.id > id &&
      later.device === device &&
      (later.path === path || path.startsWith(`${later.path}.`)) &&
      team.oracle.admissionOf(later.id) === at,
  )
}

test.each(cases)('$title: over random histories of a team', (each) => {
  let histories = 0
  const { kind, make } = each.area
  fc.assert(
    fc.property(historyOf(each.area), (history) => {
      const team = new Team(makeDocument(kind, make), kind, history.setup, new TestDoor())
      team.telling(() => {
        live(team, each, history)
        checkEnd(team)
      })
      histories++
    }),
    parameters,
  )
  expect(histories).toBeGreaterThan(0)
})
