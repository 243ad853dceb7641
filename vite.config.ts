import { defineConfig } from 'vitest/config'
import { chooseSeed } from './packages/testkit/src/property-runs.ts'
import { tally } from './scripts/tally-reporter.ts'

const chosen = chooseSeed(process.env)
if (chosen !== undefined) process.stdout.write(`${chosen}\n`)

const setupFiles = ['packages/testkit/src/property-runs.setup.ts']

/** Tests of the whole repository. The web build has its own configuration in apps/web/vite.config.ts. */
export default defineConfig({
  test: {
    reporters: ['default', tally],
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.property.test.ts', '**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'property',
          setupFiles,
          include: ['packages/*/src/**/*.property.test.ts', 'apps/*/src/**/*.property.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles,
          include: ['apps/server/src/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['apps/web/e2e/**/*.e2e.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
