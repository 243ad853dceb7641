/**
 * String arithmetic of a co-edited plain text field: what a person changed, and where everything else went.
 *
 * Offsets are UTF-16 code units, as in the DOM and in Yjs. A splice never starts or ends inside a surrogate pair:
 * Yjs replaces half a pair by U+FFFD, which would destroy an emoji that shares its first half with the old one.
 */

/** One replacement: at `index`, `remove` code units give way to `insert`. */
export interface TextSplice {
  readonly index: number
  readonly remove: number
  readonly insert: string
}

/** The parts of a Yjs text delta that plain text has. */
export interface TextDeltaOp {
  readonly retain?: number | undefined
  readonly delete?: number | undefined
  readonly insert?: unknown
}

/** A selection in a text field; `start === end` is a caret. */
export interface TextSelection {
  readonly start: number
  readonly end: number
}

function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff
}

function commonSuffix(before: string, after: string, most: number): number {
  let length = 0
  while (length < most && before[before.length - 1 - length] === after[after.length - 1 - length]) length++
  while (
    length > 0 &&
    (splitsPair(before, before.length - length) || splitsPair(after, after.length - length))
  )
    length--
  return length
}

function commonPrefix(before: string, after: string, most: number): number {
  let length = 0
  while (length < most && before[length] === after[length]) length++
  while (length > 0 && (splitsPair(before, length) || splitsPair(after, length))) length--
  return length
}

/**
 * The smallest splice that turns `before` into `after`, or undefined when they are equal. The caret says which of
 * several equal readings is meant: after typing an `a` into `aaa` it stands behind the new one.
 */
export function diffText(
  before: string,
  after: string,
  caret: number = after.length,
): TextSplice | undefined {
  if (before === after) return undefined
  const shorter = Math.min(before.length, after.length)
  const suffix = commonSuffix(before, after, Math.min(shorter, Math.max(0, after.length - caret)))
  const prefix = commonPrefix(before, after, shorter - suffix)
  // The caret can be a bad hint (a script or an autocorrection moved it): what is still equal is not part of the edit.
  const rest = commonSuffix(
    before.slice(prefix),
    after.slice(prefix),
    Math.min(before.length, after.length) - prefix,
  )
  return {
    index: prefix,
    remove: before.length - prefix - rest,
    insert: after.slice(prefix, after.length - rest),
  }
}

export function applySplice(text: string, splice: TextSplice): string {
  return text.slice(0, splice.index) + splice.insert + text.slice(splice.index + splice.remove)
}

function insertLength(insert: unknown): number {
  if (typeof insert === 'string') return insert.length
  // An embedded object counts as one unit in Yjs; our fields never write one, another client might.
  return insert === undefined ? 0 : 1
}

/** Where the text at `position` is after `delta`. At an insertion exactly there, `stick` keeps it before or after. */
export function mapPosition(
  position: number,
  delta: readonly TextDeltaOp[],
  stick: 'before' | 'after',
): number {
  let at = 0
  let mapped = position
  for (const op of delta) {
    if (at > mapped) break
    if (op.retain !== undefined) at += op.retain
    else if (op.delete !== undefined) mapped -= Math.min(op.delete, Math.max(0, mapped - at))
    else {
      const length = insertLength(op.insert)
      if (at < mapped || stick === 'after') mapped += length
      at += length
    }
  }
  return mapped
}

/** A colleague's change never widens a selection, and text that lands at a caret lands behind it. */
export function mapSelection(selection: TextSelection, delta: readonly TextDeltaOp[]): TextSelection {
  const caret = selection.start === selection.end
  const start = mapPosition(selection.start, delta, caret ? 'before' : 'after')
  const end = caret ? start : mapPosition(selection.end, delta, 'before')
  return { start: Math.min(start, end), end: Math.max(start, end) }
}

/** Half-open range of code units. */
interface Range {
  readonly from: number
  readonly to: number
}

function mapRange(range: Range, delta: readonly TextDeltaOp[]): Range[] {
  const mapped: Range[] = []
  // `old` walks the text before the delta, `now` the one after it.
  let old = 0
  let now = 0
  const keep = (length: number) => {
    const from = Math.max(range.from, old)
    const to = Math.min(range.to, old + length)
    if (from < to) mapped.push({ from: from - old + now, to: to - old + now })
    old += length
    now += length
  }
  for (const op of delta) {
    if (op.retain !== undefined) keep(op.retain)
    else if (op.delete !== undefined) old += op.delete
    else now += insertLength(op.insert)
  }
  keep(Math.max(0, range.to - old))
  return mapped
}

/**
 * A splice made on a text that `deltas` have changed since, as splices on the text of now, to be applied in order:
 * removals from the back, then the insertion. What others inserted inside the removed range stays.
 */
export function rebaseSplice(
  splice: TextSplice,
  deltas: readonly (readonly TextDeltaOp[])[],
): readonly TextSplice[] {
  let ranges: Range[] = [{ from: splice.index, to: splice.index + splice.remove }]
  let index = splice.index
  for (const delta of deltas) {
    ranges = ranges.flatMap((range) => mapRange(range, delta))
    index = mapPosition(index, delta, 'before')
  }
  const removals = ranges
    .filter(({ from, to }) => from < to)
    .toSorted((a, b) => b.from - a.from)
    .map(({ from, to }) => ({ index: from, remove: to - from, insert: '' }))
  const insertion = splice.insert === '' ? [] : [{ index, remove: 0, insert: splice.insert }]
  return [...removals, ...insertion]
}
