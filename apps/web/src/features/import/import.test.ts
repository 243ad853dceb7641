import { type ImportRow, type ImportVerdict, importLimits } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../session/api.ts'
import { keepChoices, keepJob, keepProgress, noProgress, recallImport, withVerdicts } from './import-job.ts'
import { leftRowsFile } from './left-rows.ts'
import { guessMapping, withColumn } from './mapping.ts'
import { FileProblem, readSheet } from './read-file.ts'
import { questionsOf, readRows } from './rows.ts'
import { perPortion, sendRows } from './send-rows.ts'
import { whyLeft } from './verdict-words.ts'

const sheet = (text: string) => readSheet(new TextEncoder().encode(text))
const cellsOf = (text: string) => sheet(text).lines.map(({ cells }) => cells)
const style = { dates: 'dmy', decimal: '.' } as const

describe('[IMP-11] a file', () => {
  test('with a mark, semicolons, tabs, line breaks in cells and Windows line ends', () => {
    expect(cellsOf('\uFEFFName,City\r\nMüller,Köln\r\n')).toEqual([['Müller', 'Köln']])
    expect(sheet('\uFEFFName,City\nA,B').headers).toEqual(['Name', 'City'])
    expect(cellsOf('Name;City\nMüller;"Köln; Süd"')).toEqual([['Müller', 'Köln; Süd']])
    expect(cellsOf('sep=;\r\nName;City\r\nA;B')).toEqual([['A', 'B']])
    expect(cellsOf('Name\tCity\nA\tB')).toEqual([['A', 'B']])
    expect(cellsOf('Name,Note\nA,"two\nlines, ""quoted"""')).toEqual([['A', 'two\nlines, "quoted"']])
    expect(cellsOf('Name\nA\nB')).toEqual([['A'], ['B']])
  })

  test('of Excel without a mark is Windows-1252, and UTF-16 is known by its mark', () => {
    const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
    const windows = readSheet(latin('Name\nM\u00FCller \u0080'))
    expect(windows.encoding).toBe('Windows-1252')
    expect(windows.lines[0]?.cells).toEqual(['Müller €'])
    const units = Uint16Array.from('\uFEFFName\nM\u00FC', (character) => character.charCodeAt(0))
    const utf16 = readSheet(new Uint8Array(units.buffer))
    expect(utf16).toMatchObject({ encoding: 'UTF-16', headers: ['Name'], lines: [{ row: 2, cells: ['Mü'] }] })
    expect(sheet('Name\nMü').encoding).toBe('UTF-8')
  })

  test('names rows as spreadsheets do, skips empty ones, and names every column', () => {
    const { headers, lines } = sheet('\nPhone,,Phone\n1,2,3\n\n , ,\n4,5,6\n')
    expect(headers).toEqual(['Phone', 'Column 2', 'Phone (2)'])
    expect(lines.map(({ row }) => row)).toEqual([3, 6])
  })

  test('that cannot be imported is refused in words', () => {
    const long = `Name\n${'A\n'.repeat(importLimits.maxFileRows + 1)}`
    const wrong: [string | Uint8Array, RegExp][] = [
      ['', /no rows/],
      ['Name\n', /no rows/],
      [long, /20,001 rows\. An import takes 20,000: split the file/],
      ['Name,City\n"A,B\nC,D', /quotation marks/],
      ['PK\u0003\u0004', /workbook/],
      ['Name\n\0\0', /not a text file/],
      [new Uint8Array(importLimits.maxFileBytes + 1), /takes 10 MB/],
    ]
    for (const [content, words] of wrong) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      expect(() => readSheet(bytes)).toThrow(FileProblem)
      expect(() => readSheet(bytes)).toThrow(words)
    }
  })
})

describe('columns', () => {
  test('are guessed by labels and by the names of other systems, each field once', () => {
    const headers = [
      'First Name',
      'Surname',
      'NPI number',
      'firstName',
      'Hospital',
      'Shoe size',
      'constructor',
    ]
    expect(guessMapping('contact', headers)).toEqual([
      'fields.firstName',
      'fields.lastName',
      'fields.npi',
      null,
      'affiliations.organization',
      null,
      null,
    ])
    expect(guessMapping('opportunity', ['Deal', 'Hospital', 'Amount', 'Close date'])).toEqual([
      'fields.name',
      'fields.account',
      'financials.amount',
      'fields.closeDate',
    ])
  })

  test('a label goes before another name, wherever the columns are', () => {
    expect(guessMapping('contact', ['Name', 'Last name'])).toEqual([null, 'fields.lastName'])
    expect(withColumn(['fields.npi', null], 1, 'fields.npi')).toEqual([null, 'fields.npi'])
  })

  test('[IMP-10] the order of dates and the decimal sign are asked where the file leaves them open', () => {
    const mapping = ['fields.name', 'fields.closeDate', 'fields.budget']
    const lines = (date: string, budget: string) => [{ row: 2, cells: ['A', date, budget] }]
    const asked = (date: string, budget: string) =>
      questionsOf(lines(date, budget), { kind: 'opportunity', mapping })
    expect(asked('2026-01-31', '1000')).toEqual({ asksDates: false, asksDecimal: false })
    expect(asked('1/2/2026', '1,000')).toEqual({ asksDates: true, asksDecimal: true })
  })
})

const mapping = ['fields.lastName', 'fields.npi']
const rowsOf = (...cells: (readonly string[])[]) =>
  readRows(
    cells.map((line, index) => ({ row: index + 2, cells: line })),
    { kind: 'contact', mapping, style },
  )

test('[IMP-14] two rows about one record: the second is told, and names the first', () => {
  const rows = rowsOf(['A', '1234567893'], ['B', '12'], ['C', '1234567893'], ['', ''], ['D', '', 'more'])
  expect(rows.map(({ problems }) => problems.map(({ message }) => message))).toEqual([
    [],
    ['Not a valid NPI: check the ten digits'],
    ['Row 2 has the same NPI'],
    ['Last name is needed'],
    ['The row has more cells than the heading'],
  ])
})

test('[IMP-12] what was not imported is a file without formulas, which can be imported again', () => {
  const headers = ['Last name', 'Phone', 'Note']
  const lines = [
    { row: 2, cells: ['=HYPERLINK("http://evil")', '+1 555 0100', '@SUM(A1)'] },
    { row: 3, cells: ['Imported', '', ''] },
    { row: 4, cells: ['-2+3', '\tTab', 'plain, "quoted"'] },
  ]
  const file = leftRowsFile({ headers, lines }, [
    { row: 2, why: '=cmd' },
    { row: 4, why: 'Last name: too long' },
  ])
  const again = readSheet(new TextEncoder().encode(file))
  expect(again.headers).toEqual([...headers, 'Row in the file', 'Why not imported'])
  expect(again.lines.map(({ cells }) => cells)).toEqual([
    ['\'=HYPERLINK("http://evil")', "'+1 555 0100", "'@SUM(A1)", '2', "'=cmd"],
    ["'-2+3", "'\tTab", 'plain, "quoted"', '4', 'Last name: too long'],
  ])
  const read = readRows(again.lines, {
    kind: 'contact',
    mapping: ['fields.lastName', 'fields.phone', null, null, null],
    style,
  })
  expect(read[0]?.values).toEqual({
    'fields.lastName': '=HYPERLINK("http://evil")',
    'fields.phone': '+1 555 0100',
  })
})

test('[IMP-12] what spreadsheets split at, semicolons and tabs too, stands in quotes', () => {
  const lines = [{ row: 2, cells: ['x;=1+1', 'a\t=2'] }]
  const file = leftRowsFile({ headers: ['Name', 'Note'], lines }, [{ row: 2, why: 'No' }])
  expect(file.split('\r\n')[1]).toBe('"x;=1+1","a\t=2",2,No')
})

describe('[IMP-13] sending', () => {
  const verdict = (row: number): ImportVerdict => ({
    row,
    outcome: 'create',
    changes: [],
    proposed: [],
    kept: [],
    problems: [],
  })
  const many = rowsOf(
    ...Array.from({ length: perPortion * 2 + 5 }, (_, index) => [index === 3 ? '' : `P${index}`]),
  )

  async function run(
    from: number,
    send: (rows: readonly ImportRow[]) => Promise<Answer<readonly ImportVerdict[]>>,
  ) {
    const verdicts: ImportVerdict[] = []
    const end = await sendRows({
      rows: many,
      from,
      updates: new Set([7]),
      send,
      onVerdicts: (next) => verdicts.push(...next),
      isStopped: () => false,
    })
    return { end, verdicts }
  }

  test('is in portions, in order, with what is wrong told in its place', async () => {
    const sent: ImportRow[] = []
    const { end, verdicts } = await run(0, (rows) => {
      sent.push(...rows)
      return Promise.resolve({ kind: 'ok', value: rows.map(({ row }) => verdict(row)).toReversed() })
    })
    expect(end).toEqual({ kind: 'done' })
    expect(verdicts.map(({ row }) => row)).toEqual(many.map(({ row }) => row))
    expect(verdicts.filter(({ outcome }) => outcome === 'refused').map(({ row }) => row)).toEqual([5])
    expect(sent.filter(({ existing }) => existing === 'update').map(({ row }) => row)).toEqual([7])
  })

  test('goes on behind the last answer when it was cut', async () => {
    let portions = 0
    const first = await run(0, (rows) =>
      Promise.resolve(
        ++portions === 2
          ? { kind: 'unreachable' }
          : { kind: 'ok', value: rows.map(({ row }) => verdict(row)) },
      ),
    )
    expect(first.end).toEqual({ kind: 'unreachable' })
    expect(first.verdicts).toHaveLength(perPortion)
    const rest = await run(first.verdicts.length, (rows) =>
      Promise.resolve({ kind: 'ok', value: rows.map(({ row }) => verdict(row)) }),
    )
    expect([...first.verdicts, ...rest.verdicts].map(({ row }) => row)).toEqual(many.map(({ row }) => row))
  })

  test('what is under way is kept with its columns and its count until it is thrown away', () => {
    const notes = new Map<string, unknown>()
    const workspace = {
      recall: (key: string) => notes.get(key),
      remember: (key: string, value: unknown) => void notes.set(key, structuredClone(value)),
    }
    expect(recallImport(workspace)).toBeUndefined()
    const job = {
      id: 'i',
      kind: 'contact',
      fileName: 'a.csv',
      encoding: 'UTF-8',
      headers: ['A'],
      lines: [],
    } as const
    const choices = { mapping: ['fields.lastName'], territoryId: 't', updates: [3] }
    keepJob(workspace, job)
    keepChoices(workspace, job.id, choices)
    const refused: ImportVerdict = {
      ...verdict(2),
      outcome: 'refused',
      problems: [{ path: 'fields.npi', message: 'No' }],
    }
    const skipped: ImportVerdict = {
      ...verdict(3),
      outcome: 'duplicate',
      title: 'Ann',
      proposed: [{ path: 'x' }],
    }
    const progress = withVerdicts(noProgress, [verdict(1), refused, skipped], (each) =>
      whyLeft('contact', each),
    )
    keepProgress(workspace, job.id, progress)
    expect(recallImport(workspace)).toEqual({ job, choices, progress })
    expect(progress).toMatchObject({ done: 3, proposed: 0, counts: { create: 1, refused: 1, duplicate: 1 } })
    expect(progress.left).toEqual([
      { row: 2, why: 'NPI: No' },
      { row: 3, why: 'Already here as Ann, left as it is' },
    ])
    keepJob(workspace, undefined)
    expect(recallImport(workspace)).toBeUndefined()
  })
  test('what another tab notes of its file is not taken for how far this one is', () => {
    const notes = new Map<string, unknown>()
    const workspace = {
      recall: (key: string) => notes.get(key),
      remember: (key: string, value: unknown) => void notes.set(key, structuredClone(value)),
    }
    const base = { kind: 'contact', encoding: 'UTF-8', headers: ['A'], lines: [] } as const
    const [theirs, ours] = ['x', 'y'].map((id) => ({ ...base, id, fileName: `${id}.csv` }))
    if (theirs === undefined || ours === undefined) throw new Error('two files')
    const choices = { mapping: ['fields.lastName'], territoryId: 't', updates: [] }
    keepJob(workspace, theirs)
    keepChoices(workspace, theirs.id, choices)
    keepJob(workspace, ours)
    expect(recallImport(workspace)).toBeUndefined()
    keepChoices(workspace, ours.id, choices)
    keepProgress(workspace, theirs.id, { ...noProgress, done: 300 })
    expect(recallImport(workspace)).toEqual({ job: ours, choices, progress: undefined })
  })
})
