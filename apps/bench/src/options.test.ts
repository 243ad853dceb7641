import { describe, expect, test } from 'vitest'
import { loadCases, scaleCase } from './cases.ts'
import { parseOptions } from './options.ts'

describe('options of the bench', () => {
  test('without any, everything is measured', () => {
    const options = parseOptions([])
    expect(options.servers).toEqual(['fulqrun', 'hocuspocus', 'y-websocket'])
    expect(options.cases).toEqual(loadCases)
    expect(options.parts).toEqual(['load', 'memory', 'kill'])
  })

  test('--updates sets the edits of every run, --cases and --servers keep their order', () => {
    const options = parseOptions([
      '--updates',
      '1000',
      '--cases',
      'fields,one-document',
      '--servers',
      'hocuspocus',
    ])
    expect(options.cases.map(({ id, edits }) => [id, edits])).toEqual([
      ['one-document', 1000],
      ['fields', 1000],
    ])
    expect(options.servers).toEqual(['hocuspocus'])
  })

  test('a wrong value names its option', () => {
    expect(() => parseOptions(['--rounds', '0'])).toThrow('--rounds')
    expect(() => parseOptions(['--cases', 'nothing'])).toThrow('--cases')
    expect(() => parseOptions(['--nothing'])).toThrow('--nothing')
  })

  test('a scaled case keeps at least one edit per document', () => {
    for (const load of loadCases) expect(scaleCase(load, 0).edits).toBe(load.documents)
  })
})
