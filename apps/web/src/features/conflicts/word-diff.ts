/** One run of words that both texts have, or only one of them. */
export interface DiffPart {
  readonly type: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Words, runs of whitespace, and single marks. */
const tokenPattern = /\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu

/** Past this many pairs of tokens the comparison would be felt; the texts are shown one after the other then. */
const maxPairs = 1_000_000

/** What became of `before` in `after`, word by word. Joined, the parts that are not added give `before` again. */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  const a = before.match(tokenPattern) ?? []
  const b = after.match(tokenPattern) ?? []
  const start = sharedLength(a, b)
  const end = sharedLength(a.slice(start).toReversed(), b.slice(start).toReversed())
  const parts: DiffPart[] = []
  append(parts, 'same', a.slice(0, start))
  diffMiddle(parts, a.slice(start, a.length - end), b.slice(start, b.length - end))
  append(parts, 'same', a.slice(a.length - end))
  return parts
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1
  return length
}

function append(parts: DiffPart[], type: DiffPart['type'], tokens: readonly string[]): void {
  const text = tokens.join('')
  if (text === '') return
  const last = parts.at(-1)
  if (last?.type === type) parts[parts.length - 1] = { type, text: last.text + text }
  else parts.push({ type, text })
}

function diffMiddle(parts: DiffPart[], a: readonly string[], b: readonly string[]): void {
  if (a.length * b.length > maxPairs) {
    append(parts, 'removed', a)
    append(parts, 'added', b)
    return
  }
  const lengths = commonLengths(a, b)
  const width = b.length + 1
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]]
    if (one !== undefined && one === other) {
      append(parts, 'same', [one])
      i += 1
      j += 1
    } else if (
      one !== undefined &&
      (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)
    ) {
      append(parts, 'removed', [one])
      i += 1
    } else {
      append(parts, 'added', other === undefined ? [] : [other])
      j += 1
    }
  }
}

/** Length of the longest common subsequence of the rests from `i` and `j` on, at `i * (b.length + 1) + j`. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j
      lengths[at] =
        a[i] === b[j]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0)
    }
  }
  return lengths
}

/** With less than this much in common, a comparison reads worse than the new text alone. */
const minShared = 0.4

/** What became of a text, where that reads better than the text alone: both are prose and have much in common. */
export function readableDiff(before: unknown, after: unknown): readonly DiffPart[] | undefined {
  if (!isProse(before) || !isProse(after)) return undefined
  const parts = diffWords(before, after)
  const shared = parts.reduce((sum, { type, text }) => (type === 'same' ? sum + text.trim().length : sum), 0)
  return shared >= minShared * Math.max(before.length, after.length) ? parts : undefined
}

/** Three words at least: a telephone number has groups of digits, and is read whole. */
function isProse(value: unknown): value is string {
  return typeof value === 'string' && (value.match(/\p{L}{2,}/gu)?.length ?? 0) >= 3
}
