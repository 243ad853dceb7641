import { isPlainJson, parsePath } from '@fulqrun/schema'
import { findBuriedWrites } from './buried-writes.ts'
import { judgeBuried } from './entry-rules.ts'
import { noteLateFields } from './given-way.ts'
import { clip, isListedPath, type Judgement, reportPutBack } from './judgement.ts'

/** What is told instead of a path, when nothing says where a value belonged. */
const unknownPlace = 'unknown place'

/**
 * What cannot stand because its place was removed meanwhile is kept in the history, its author is told (ADM-14), and
 * somebody is asked where that makes sense (RES-8).
 */
export function tellBuried(judgement: Judgement): void {
  const { rootNames, takenAway, transaction } = judgement
  const { update } = judgement.request
  if (update === undefined) return
  const { values, text } = findBuriedWrites(transaction, update, {
    takenAway,
    nameOf: (root) => rootNames.get(root),
  })
  const late = values.flatMap(({ path, item }) =>
    path === undefined || item === undefined ? [] : [[path, item] as const],
  )
  noteLateFields(judgement, late)
  for (const { path, value } of values) {
    if (!isPlainJson(value)) continue
    reportPutBack(judgement, { path: clip(path ?? unknownPlace), rule: 'ADM-14' }, { attempted: value })
    if (path !== undefined && isListedPath(judgement, path)) judgeBuried(judgement, path, value)
  }
  tellBuriedClearings(judgement, new Set(values.map(({ path }) => path)))
  if (text.trim() !== '') reportPutBack(judgement, { path: 'notes', rule: 'ADM-14' }, { attempted: text })
}

/** Of a field that was cleared in an entry that is gone there is only the time, and that something gone was taken away. */
function tellBuriedClearings(judgement: Judgement, written: ReadonlySet<string | undefined>): void {
  const { request, stamps, takenAway } = judgement
  for (const [path, { after, writes }] of stamps) {
    const { root, id, key } = parsePath(path)
    if (id === undefined || key === undefined || after === undefined || written.has(path)) continue
    if (writes.length === 0 || request.document.getMap(root).has(id) || !isListedPath(judgement, path))
      continue
    const held = request.lastEdit?.(`${root}.${id}`)?.before
    const hadValue = typeof held === 'object' && held !== null && key in held
    if (!hadValue || !takenAway.hasCollected) continue
    reportPutBack(judgement, { path, rule: 'ADM-14' })
    judgeBuried(judgement, path, undefined)
  }
}
