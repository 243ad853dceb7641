import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { FakeField } from './fake-field.test-support.ts'
import { bindText } from './text-binding.ts'
import { applySplice, diffText, rebaseSplice } from './text-splice.ts'

// Few letters and emoji that share a surrogate: repeats and split pairs are where text arithmetic breaks.
const word = fc
  .array(fc.constantFrom('a', 'b', ' ', '😀', '😁'), { maxLength: 6 })
  .map((letters) => letters.join(''))

interface Step {
  readonly side: 0 | 1
  readonly at: number
  readonly length: number
  readonly insert: string
  readonly deliver: boolean
  readonly compose: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  side: fc.constantFrom(0, 1),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 4 }),
  insert: word,
  deliver: fc.boolean(),
  compose: fc.boolean(),
})

function openSide(clientId: number) {
  const doc = new Y.Doc()
  doc.clientID = clientId
  const text = doc.getText('answer')
  const field = new FakeField()
  bindText({ field, text, isFocused: () => true })
  return { doc, text, field }
}

type Side = ReturnType<typeof openSide>

/** People select whole characters, not halves of them. */
function boundary(text: string, offset: number): number {
  const unit = text.charCodeAt(offset)
  return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset
}

function deliver(from: Side, to: Side): void {
  Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)), 'remote')
}

function edit({ field }: Side, { at, length, insert, compose }: Step): void {
  const start = boundary(field.value, Math.floor(at * field.value.length))
  field.select(start, boundary(field.value, Math.min(field.value.length, start + length)))
  if (compose) field.edit(insert)
  else field.type(insert)
}

test('a splice turns the old text into the new one', () => {
  fc.assert(
    fc.property(word, word, fc.nat({ max: 20 }), (before, after, caret) => {
      const splice = diffText(before, after, caret)
      expect(splice === undefined ? before : applySplice(before, splice)).toBe(after)
    }),
  )
})

test('two people typing in one answer end with the same text, and both fields show it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const sides = [openSide(1), openSide(2)] as const
      for (const current of steps) {
        const mine = sides[current.side]
        if (current.compose) mine.field.dispatchEvent(new Event('compositionstart'))
        edit(mine, current)
        if (current.deliver) deliver(sides[current.side === 0 ? 1 : 0], mine)
        if (current.compose) mine.field.dispatchEvent(new Event('compositionend'))
        expect(mine.field.value).toBe(mine.text.toJSON())
      }
      deliver(sides[0], sides[1])
      deliver(sides[1], sides[0])
      expect(sides[0].text.toJSON()).toBe(sides[1].text.toJSON())
      for (const { field, text } of sides) expect(field.value).toBe(text.toJSON())
      expect(sides[0].text.toJSON()).not.toContain('\uFFFD')
    }),
  )
})

test('the text before the caret stays before it when a colleague inserts', () => {
  fc.assert(
    fc.property(
      word,
      fc.nat(),
      fc.nat(),
      fc.constantFrom('<', '<>', '<<<'),
      (base, caretAt, placeAt, insert) => {
        const { text, field } = openSide(1)
        text.insert(0, base)
        const caret = boundary(base, caretAt % (base.length + 1))
        const place = boundary(base, placeAt % (base.length + 1))
        field.select(caret)
        text.insert(place, insert)
        const before =
          place < caret ? base.slice(0, place) + insert + base.slice(place, caret) : base.slice(0, caret)
        expect(field.value.slice(0, field.selectionStart ?? -1)).toBe(before)
      },
    ),
  )
})

test('a rebased splice keeps every letter that others inserted', () => {
  fc.assert(
    fc.property(
      word,
      fc.nat({ max: 5 }),
      fc.nat(),
      fc.nat({ max: 4 }),
      word,
      (base, count, at, remove, insert) => {
        const index = boundary(base, at % (base.length + 1))
        const splice = { index, remove: Math.min(remove, base.length - index), insert }
        const others = 'Z'.repeat(count)
        const place = (at * 7) % (base.length + 1)
        const now = base.slice(0, place) + others + base.slice(place)
        const result = rebaseSplice(splice, [[{ retain: place }, { insert: others }]]).reduce(
          applySplice,
          now,
        )
        expect(result.split('Z').length - 1).toBe(count)
        expect(result.length).toBe(base.length + count - splice.remove + insert.length)
      },
    ),
  )
})
