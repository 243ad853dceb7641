import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { parametersOfRun } from './property-runs.ts'

/**
 * Runs before every test file, and says which cases its properties look at. Most files have none, and fast-check takes a
 * quarter of a second to load: it is loaded for those only that name it.
 */
const { testPath = '' } = expect.getState()
if (readFileSync(testPath, 'utf8').includes("'fast-check'"))
  (await import('fast-check')).configureGlobal(parametersOfRun())
