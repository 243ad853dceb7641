import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSeed, parametersOfRun, runsOf, seedOfRun } from './property-runs.ts'

test('a property looks at the cases of the seed of this run, also where it does not say so', () => {
  expect(fc.readConfigureGlobal()).toEqual(parametersOfRun())
  expect(fc.check(fc.property(fc.integer(), () => true)).seed).toBe(seedOfRun())
})

test('without a word every run has the same seed', () => {
  expect(seedOfRun({})).toBe(seedOfRun({ FC_SEED: '' }))
  expect(parametersOfRun({})).toEqual({ seed: seedOfRun({}) })
})

test('a failed case is replayed by its seed and path', () => {
  expect(parametersOfRun({ FC_SEED: '-7', FC_PATH: '41:0:9' })).toEqual({ seed: -7, path: '41:0:9' })
})

test('a random seed is chosen once, for all that read it later, and said', () => {
  const environment: Record<string, string | undefined> = { FC_SEED: 'random' }
  const said = chooseSeed(environment)
  expect(said).toBe(`Property tests: FC_SEED=${seedOfRun(environment)}`)
  expect(chooseSeed(environment)).toBeUndefined()
})

test('what is no number is not taken for one', () => {
  expect(() => seedOfRun({ FC_SEED: 'ramdon' })).toThrow('FC_SEED is a whole number or "random"')
  expect(() => runsOf(10, { FC_RUNS: '0' })).toThrow('FC_RUNS is a whole number above 0')
  expect(runsOf(10, { FC_RUNS: '25' })).toEqual({ numRuns: 25 })
  expect(runsOf(10, {})).toEqual({ numRuns: 10 })
})
