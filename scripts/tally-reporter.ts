import type { Reporter, TestCase } from 'vitest/node'

/**
 * Closes a run with `N passed, N failed, N skipped` on a line of its own, for tools that read the run. Tests that passed
 * only when tried again are named above it: see docs/decisions/0009.
 */
export const tally: Reporter = {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const retried: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && module.children.size === 0) count.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed++
        else if (state === 'failed') count.failed++
        else count.skipped++
        if (state === 'passed' && test.diagnostic()?.flaky === true) retried.push(describeRetry(test))
      }
    }
    if (retried.length > 0) {
      process.stdout.write(`\n${retried.length} passed after a retry:\n${retried.join('\n')}\n`)
    }
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  },
}

/** The test and why its first attempt failed, so that the cause can be looked for. */
function describeRetry(test: TestCase): string {
  const { errors = [] } = test.result()
  const reasons = errors.map(({ message }) => `    ${message.split('\n', 1)[0] ?? ''}`)
  return [`  ${test.module.relativeModuleId} > ${test.fullName}`, ...reasons].join('\n')
}
