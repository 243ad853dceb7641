import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * Rules and tests keep each other honest. A rule is stated in a SPEC.md as bold id or in the first column of a table;
 * a test names it in brackets. Prefixes that no SPEC.md states yet are not judged.
 */

function idsIn(files: readonly string[], pattern: RegExp): Set<string> {
  const found = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)])
  return new Set(found.flatMap(([, bold, column]) => bold ?? column ?? []))
}

const stated = idsIn(
  globSync(['packages/*/SPEC.md', 'apps/*/SPEC.md']),
  /\*\*([A-Z]{3,4}-\d+)\*\*|^\| *([A-Z]{3,4}-\d+) *\|/gm,
)
const named = idsIn(
  globSync(['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.{ts,tsx}', 'apps/web/e2e/**/*.e2e.ts']),
  /\[([A-Z]{3,4}-\d+)\]/g,
)
const prefixes = new Set([...stated].map((id) => id.split('-')[0]))

test('every rule of a SPEC.md is named by a test', () => {
  expect(stated.size).toBeGreaterThan(0)
  expect([...stated].filter((id) => !named.has(id))).toEqual([])
})

test('every rule that a test names is stated in a SPEC.md', () => {
  const judged = [...named].filter((id) => prefixes.has(id.split('-')[0]))
  expect(judged.filter((id) => !stated.has(id))).toEqual([])
})
