import { describe, expect, test } from 'vitest'
import type { Measurement } from './bench.ts'
import { loadCases } from './cases.ts'
import { computeRatios, formatReport, formatTable, readMachineFacts } from './report.ts'
import type { SubjectId } from './subject.ts'

function makeLoad(server: SubjectId, round: number, updatesPerSecond: number): Measurement {
  return {
    type: 'load',
    server,
    case: 'one-document',
    round,
    updatesPerSecond,
    receiveP50: 1,
    receiveP99: 2,
    acknowledgeP50: server === 'y-websocket' ? Number.NaN : 1,
    acknowledgeP99: server === 'y-websocket' ? Number.NaN : 2,
    cpuPerUpdate: 50,
    seconds: 1,
  }
}

describe('report of the bench', () => {
  const measurements = [
    makeLoad('fulqrun', 2, 300),
    makeLoad('hocuspocus', 2, 100),
    makeLoad('fulqrun', 1, 200),
    makeLoad('hocuspocus', 1, 200),
    makeLoad('y-websocket', 1, 500),
  ]

  test('ratios compare ours with plain Hocuspocus of the same round', () => {
    expect(computeRatios(measurements)[0]).toEqual({
      type: 'ratio',
      case: 'one-document',
      measure: 'updatesPerSecond',
      median: 2,
      min: 1,
      max: 3,
    })
  })

  test('no ratio is made up when one side is missing', () => {
    expect(computeRatios([makeLoad('fulqrun', 1, 200)])).toEqual([])
  })

  test('the table has a dash where a server has no such measure', () => {
    const report = formatReport(readMachineFacts(), loadCases, measurements)
    expect(report).toMatch(/y-websocket 2 +500 +1\.00 +2\.00 +- +- +50\.0/)
    expect(report).toContain('2.00x')
    expect(report).not.toContain('NaN')
  })

  test('columns line up', () => {
    expect(formatTable('t', ['', 'b'], [['long name', '1']])).toBe(
      't\n           b\n---------  -\nlong name  1',
    )
  })
})
