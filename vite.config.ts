import { defineConfig } from 'vitest/config'
import { chooseSeed } from './packages/testkit/src/property-runs.ts'
import { tally } from './scripts/tally-reporter.ts'

const chosen = chooseSeed(process.env)
if (chosen !== undefined) process.stdout.write(`${chosen}\n`)

const setupFiles = ['packages/testkit/src/property-runs.setup.ts']

/** As many test files at a time as there are cores: most of their time is their own, the rest is waiting. */
const maxWorkers = '100%'

/** Tests of the whole repository. The web build has its own configuration in apps/web/vite.config.ts. */
export default defineConfig({
  test: {
    reporters: ['default', tally],
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          setupFiles,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.property.test.ts', '**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'property',
          maxWorkers,
          setupFiles,
          include: ['packages/*/src/**/*.property.test.ts', 'apps/*/src/**/*.property.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          maxWorkers,
          setupFiles,
          include: ['apps/server/src/**/*.integration.test.ts'],
          // A poll waits for a state; on a busy machine that takes longer than vitest's second.
          expect: { poll: { timeout: 45_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['apps/web/e2e/**/*.e2e.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // As long as Playwright waits for a locator: what is polled goes over the network and back.
          expect: { poll: { timeout: 30_000, interval: 50 } },
          // One at a time and after all others: a server and two browsers keep two cores nine tenths busy.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          // Said loudly when it was needed: docs/decisions/0009-retries-of-journeys.md.
          retry: 1,
        },
      },
    ],
  },
})
