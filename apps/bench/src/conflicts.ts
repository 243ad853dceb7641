import { admit, type Author, decodeUpdate, type LastEdit } from '@fulqrun/rules'
import { addEntry, chooseCandidate, readConflicts, setField } from '@fulqrun/schema'
import { performance } from 'node:perf_hooks'
import * as Y from 'yjs'
import { historySizes, makeHistory, openOpportunity } from './history.ts'
import { formatTable } from './report.ts'
import { quantile } from './statistics.ts'

/**
 * Cost of resolving a conflict by the history of the document: `node apps/bench/src/conflicts.ts [--json]`.
 *
 * Two people who have the same state edit one field apart from each other. The first edit is admitted unmeasured, the
 * admission of the second one, which finds the clash, resolves it and writes the conflict down, is timed; so is that
 * of the decision. The claim to beat is that of the product this one replaces: 100 ms per conflict.
 */

const rounds = 1000
/** Rounds that are not counted, at the start. */
const warmUp = 200

interface ConflictCost {
  readonly type: 'conflict'
  readonly strategy: string
  readonly history: number
  /** Microseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

type Person = { readonly author: Author; readonly doc: Y.Doc }
/** One round: two edits of one place, made apart. */
type Clash = (one: Person, other: Person, round: number) => void

const activity = 'activities.bench-activity.status'
const clashes: Readonly<Record<string, Clash>> = {
  'client-wins': (one, other, round) => {
    // The edit that arrives second is the later one in every other round.
    setField(one.doc, 'fields.nextStep', `Call the pharmacist, ${round}`, { now: 2 * round + 1 })
    setField(other.doc, 'fields.nextStep', `Send the budget model, ${round}`, {
      now: 2 * round + (round % 2) * 2,
    })
  },
  'user-choice': (one, other, round) => {
    setField(one.doc, 'fields.closeDate', dayOf(2 * round), { now: round })
    setField(other.doc, 'fields.closeDate', dayOf(2 * round + 1), { now: round })
  },
  'completed-wins': (one, other, round) => {
    setField(one.doc, activity, 'completed', { now: round })
    setField(other.doc, activity, round % 2 === 0 ? 'cancelled' : 'pending', { now: round })
  },
}

function dayOf(index: number): string {
  return new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10)
}

/** One server document and two people who are brought up to date after every round. */
class Office {
  readonly document: Y.Doc
  readonly people: readonly [Person, Person]
  readonly #lastEdits = new Map<string, LastEdit>()
  readonly #news: Uint8Array[] = []
  #now = 1_000_000

  constructor(history: number) {
    const state = makeHistory(history)
    this.document = openOpportunity(state)
    addEntry(this.document, 'activities', { type: 'call', subject: 'Call' }, { now: 1, id: 'bench-activity' })
    this.document.on('update', (update: Uint8Array) => this.#news.push(update))
    const current = Y.encodeStateAsUpdate(this.document)
    this.people = [person('ana', current), person('ben', current)]
  }

  /** Admits what somebody has just done, and answers the microseconds that it took. */
  admit({ author }: Person, update: Uint8Array): number {
    const receivedAt = this.#now++
    const startedAt = performance.now()
    const decoded = decodeUpdate(update)
    const { changes, failure, faults } = admit({
      document: this.document,
      kind: 'opportunity',
      author,
      authority: 'client',
      receivedAt,
      update: decoded,
      change: (target) => Y.applyUpdate(target, update),
      lastEdit: (path) => this.#lastEdits.get(path),
    })
    const took = (performance.now() - startedAt) * 1000
    const [fault] = faults
    if (failure !== undefined || fault !== undefined) throw failure ?? fault
    for (const { path, action, editedAt } of changes)
      if (action === 'set' || action === 'decide')
        this.#lastEdits.set(path, { author: author.id, isPerson: true, editedAt, receivedAt })
    return took
  }

  /** Everybody gets what the server has written since. */
  deliver(): void {
    const news = this.#news.splice(0)
    for (const { doc } of this.people) for (const update of news) Y.applyUpdate(doc, update)
  }
}

function person(id: string, state: Uint8Array): Person {
  return { author: { id, name: id, role: 'rep' }, doc: openOpportunity(state) }
}

/** The updates that an action makes in each of two documents. */
function updatesOf(people: readonly [Person, Person], act: () => void): readonly [Uint8Array, Uint8Array] {
  const made: Uint8Array[][] = [[], []]
  const recorders = people.map(({ doc }, index) => {
    const record = (update: Uint8Array) => made[index]?.push(update)
    doc.on('update', record)
    return () => doc.off('update', record)
  })
  act()
  for (const stop of recorders) stop()
  const [one = [], other = []] = made
  return [Y.mergeUpdates(one), Y.mergeUpdates(other)]
}

function measure(strategy: string, clash: Clash, history: number): readonly ConflictCost[] {
  const office = new Office(history)
  const [one, other] = office.people
  const resolving: number[] = []
  const deciding: number[] = []
  for (let round = 0; round < rounds + warmUp; round++) {
    const [first, second] = updatesOf(office.people, () => clash(one, other, round))
    office.admit(one, first)
    resolving.push(office.admit(other, second))
    office.deliver()
    const open = readConflicts(one.doc).find(({ status }) => status === 'open')
    if (open !== undefined) {
      const wanted = open.candidates[round % open.candidates.length]?.id ?? ''
      const [decision] = updatesOf(office.people, () =>
        chooseCandidate(one.doc, open.id, wanted, { now: round }),
      )
      deciding.push(office.admit(one, decision))
      office.deliver()
    } else if (strategy === 'completed-wins') {
      const [reopened] = updatesOf(office.people, () =>
        setField(one.doc, activity, 'pending', { now: round }),
      )
      office.admit(one, reopened)
      office.deliver()
    }
  }
  const conflicts = readConflicts(office.document).length
  if (conflicts === 0) throw new Error(`${strategy}: nothing clashed`)
  const costs = [costOf(strategy, history, resolving)]
  if (deciding.length > 0) costs.push(costOf('a decision', history, deciding))
  return costs
}

function costOf(strategy: string, history: number, times: readonly number[]): ConflictCost {
  const counted = times.slice(warmUp)
  return {
    type: 'conflict',
    strategy,
    history,
    p50: quantile(counted, 0.5),
    p99: quantile(counted, 0.99),
    max: Math.max(...counted),
  }
}

function formatCosts(costs: readonly ConflictCost[]): string {
  const rows = costs.map(({ strategy, history, p50, p99, max }) => [
    strategy,
    history.toLocaleString('en-US'),
    p50.toFixed(0),
    p99.toFixed(0),
    max.toFixed(0),
    `${(p50 / (costs.find((first) => first.strategy === strategy)?.p50 ?? Number.NaN)).toFixed(2)}x`,
  ])
  return formatTable(
    'Resolving one conflict by the updates that the document has behind it, microseconds',
    ['strategy', 'history', 'p50', 'p99', 'max', 'p50 / smallest'],
    rows,
  )
}

const costs = historySizes.flatMap((history) =>
  Object.entries(clashes).flatMap(([strategy, clash]) => measure(strategy, clash, history)),
)
if (process.argv.includes('--json')) for (const cost of costs) console.log(JSON.stringify(cost))
else console.log(formatCosts(costs))
