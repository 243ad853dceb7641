import { admit, decodeUpdate } from '@fulqrun/rules'
import { getText, setField } from '@fulqrun/schema'
import { performance } from 'node:perf_hooks'
import * as Y from 'yjs'
import type { EditKind } from './cases.ts'
import { editedText, historySizes, makeHistory, makeRandom, openOpportunity } from './history.ts'
import { formatTable } from './report.ts'
import { quantile } from './statistics.ts'

/**
 * Cost of admission alone by the history of the document: `node apps/bench/src/admission.ts [--json]`.
 *
 * Admission reads changes from the transaction, so its cost must follow the size of the change and not that of the
 * document. Applying the same update to a plain Yjs document is the floor that it is compared with.
 */

/** Edits that are timed, after as many that are not. */
const timedEdits = 2000
const editKinds: readonly EditKind[] = ['text', 'fields']

interface AdmissionCost {
  readonly type: 'admission'
  readonly edit: EditKind
  /** Updates that the document has behind it. */
  readonly history: number
  /** Microseconds per update. */
  readonly applyP50: number
  readonly admitP50: number
  readonly admitP99: number
}

/** What one person who has the document types next, update by update. */
function makeEdits(state: Uint8Array, edit: EditKind, count: number): readonly Uint8Array[] {
  const random = makeRandom(count)
  const doc = openOpportunity(state)
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const text = getText(doc, editedText)
  for (let index = 0; index < count; index++) {
    if (edit === 'text') text.insert(Math.floor(random() * text.length), 'a')
    else setField(doc, 'fields.nextStep', `Next ${index}`, { now: index })
  }
  doc.destroy()
  return updates
}

/** Microseconds that each of the last half of the updates took. */
function timeEach(updates: readonly Uint8Array[], apply: (update: Uint8Array) => void): readonly number[] {
  const times = updates.map((update) => {
    const startedAt = performance.now()
    apply(update)
    return (performance.now() - startedAt) * 1000
  })
  return times.slice(times.length / 2)
}

function measureCost(edit: EditKind, history: number): AdmissionCost {
  const state = makeHistory(history)
  const updates = makeEdits(state, edit, timedEdits * 2)
  const plain = openOpportunity(state)
  const applied = timeEach(updates, (update) => Y.applyUpdate(plain, update))
  const document = openOpportunity(state)
  const admitted = timeEach(updates, (update) => admitUpdate(document, update))
  const cost: AdmissionCost = {
    type: 'admission',
    edit,
    history,
    applyP50: quantile(applied, 0.5),
    admitP50: quantile(admitted, 0.5),
    admitP99: quantile(admitted, 0.99),
  }
  plain.destroy()
  document.destroy()
  return cost
}

function admitUpdate(document: Y.Doc, update: Uint8Array): void {
  const decoded = decodeUpdate(update)
  const { putBack, failure } = admit({
    document,
    kind: 'opportunity',
    author: { id: 'ana', name: 'Ana', role: 'rep' },
    authority: 'client',
    receivedAt: Date.now(),
    update: decoded,
    change: (target) => Y.applyUpdate(target, update),
  })
  // An edit that is put back costs more and would not be the one meant to be measured.
  if (failure !== undefined) throw failure
  if (putBack.length > 0)
    throw new Error(`put back: ${putBack.map(({ path, rule }) => `${path} (${rule})`).join()}`)
}

function formatCosts(costs: readonly AdmissionCost[]): string {
  const rows = costs.map(({ edit, history, applyP50, admitP50, admitP99 }) => [
    edit,
    history.toLocaleString('en-US'),
    applyP50.toFixed(1),
    admitP50.toFixed(1),
    admitP99.toFixed(1),
    `${(admitP50 / applyP50).toFixed(2)}x`,
    `${(admitP50 / (costs.find((first) => first.edit === edit)?.admitP50 ?? Number.NaN)).toFixed(2)}x`,
  ])
  return formatTable(
    'Admission of one edit by the updates that the document has behind it, microseconds',
    ['edit', 'history', 'apply p50', 'admit p50', 'admit p99', 'admit / apply', 'admit / smallest'],
    rows,
  )
}

// The first measurement compiles the code that all share, so it is made twice and counted once.
for (const edit of editKinds) measureCost(edit, historySizes[0])
const costs = editKinds.flatMap((edit) => historySizes.map((history) => measureCost(edit, history)))
if (process.argv.includes('--json')) for (const cost of costs) console.log(JSON.stringify(cost))
else console.log(formatCosts(costs))
