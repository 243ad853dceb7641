import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { bindText } from './text-binding.ts'
import { FakeField } from './fake-field.test-support.ts'

function openField(initial = '') {
  const doc = new Y.Doc()
  const text = doc.getText('text:answer')
  text.insert(0, initial)
  const field = new FakeField()
  const onRemoteChange = vi.fn<() => void>()
  const binding = bindText({ field, text, isFocused: () => true, onRemoteChange })
  return { doc, text, field, binding, onRemoteChange }
}

function key(name: string, shiftKey = false): Event {
  return Object.assign(new Event('keydown', { cancelable: true }), {
    key: name,
    ctrlKey: true,
    metaKey: false,
    altKey: false,
    shiftKey,
  })
}

test('typing writes only what was typed', () => {
  const { text, field } = openField('hello world')
  const deltas: unknown[] = []
  text.observe((event) => deltas.push(event.delta))
  field.select(5)
  field.type(',')
  expect(text.toJSON()).toBe('hello, world')
  expect(deltas).toEqual([[{ retain: 5 }, { insert: ',' }]])
})

test("a colleague's text before the caret moves it, and the next key lands where the person is", () => {
  const { text, field, onRemoteChange } = openField('hello world')
  field.select(5)
  text.insert(0, '>> ')
  expect(field.value).toBe('>> hello world')
  expect(field.selectionStart).toBe(8)
  expect(onRemoteChange).toHaveBeenCalledOnce()
  field.type('!')
  expect(text.toJSON()).toBe('>> hello! world')
})

test('a field without focus is updated but its selection is not touched', () => {
  const text = new Y.Doc().getText('answer')
  const field = new FakeField()
  const select = vi.spyOn(field, 'setSelectionRange')
  bindText({ field, text, isFocused: () => false })
  text.insert(0, 'remote')
  expect(field.value).toBe('remote')
  expect(select).not.toHaveBeenCalled()
})

test('the scroll position stays when a colleague types', () => {
  const { text, field } = openField('long text')
  field.scrollTop = 120
  text.insert(0, 'x')
  expect(field.scrollTop).toBe(120)
})

test('during a composition neither side is touched; its end merges both', () => {
  const { text, field } = openField('ab')
  field.select(1)
  field.dispatchEvent(new Event('compositionstart'))
  field.edit('か')
  text.insert(0, '__')
  field.dispatchEvent(new Event('input'))
  expect(field.value).toBe('aかb')
  expect(text.toJSON()).toBe('__ab')
  field.dispatchEvent(new Event('compositionend'))
  expect(text.toJSON()).toBe('__aかb')
  expect(field.value).toBe('__aかb')
  expect(field.selectionStart).toBe(4)
})

test('undo takes back the own edit and keeps the one of a colleague', () => {
  const { doc, text, field } = openField('')
  field.type('mine')
  doc.transact(() => text.insert(4, ' theirs'), 'remote')
  const event = key('z')
  field.dispatchEvent(event)
  expect(event.defaultPrevented).toBe(true)
  expect(text.toJSON()).toBe(' theirs')
  field.dispatchEvent(key('z', true))
  expect(text.toJSON()).toBe('mine theirs')
  expect(field.value).toBe('mine theirs')
})

test("the system's undo is ours too", () => {
  const { text, field } = openField('')
  field.type('mine')
  const event = Object.assign(new Event('beforeinput', { cancelable: true }), { inputType: 'historyUndo' })
  field.dispatchEvent(event)
  expect(event.defaultPrevented).toBe(true)
  expect(text.toJSON()).toBe('')
})

test('a closed binding listens to nothing', () => {
  const { text, field, binding } = openField('x')
  binding.close()
  text.insert(0, 'late ')
  field.type('more')
  expect(field.value).toBe('xmore')
  expect(text.toJSON()).toBe('late x')
})
