import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * Every rule of a SPEC.md is named by a test, and every rule that a test names is in a SPEC.md. A rule is declared at
 * the start of a table row (`| ADM-1 |`) or of a list item (`- **GATE-1**`); a test names rules in brackets at the start
 * of its title (`'[ADM-1] [POL-2] ...'`).
 */

const root = path.join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: root, exclude: (name) => /node_modules|dist/.test(name) })

const declaration = /^(?:\|\s*|- \*\*)([A-Z]{2,}-\d+)\b/gm
const citation = /['"`]((?:\[[A-Z]{2,}-\d+(?:, ?[A-Z]{2,}-\d+)*\] ?)+)/g
const ruleId = /[A-Z]{2,}-\d+/g

function declared(): Map<string, string[]> {
  const rules = new Map<string, string[]>()
  for (const file of find('packages/*/SPEC.md', 'apps/*/SPEC.md')) {
    for (const [, id = ''] of read(file).matchAll(declaration))
      rules.set(id, [...(rules.get(id) ?? []), file])
  }
  return rules
}

function cited(): Map<string, string> {
  const files = find(
    '{packages,apps}/*/src/**/*.{test,contract}.{ts,tsx}',
    'apps/*/e2e/**/*.e2e.ts',
    'scripts/*.test.ts',
  ).filter((file) => !file.endsWith('spec-ids.test.ts'))
  return new Map(
    files.flatMap((file) =>
      [...read(file).matchAll(citation)].flatMap(([, ids = '']) =>
        [...ids.matchAll(ruleId)].map(([id]) => [id, file] as const),
      ),
    ),
  )
}

describe('rules and their tests', () => {
  const rules = declared()
  const names = cited()

  test('there are specifications and tests that name their rules', () => {
    expect(rules.size).toBeGreaterThan(100)
    expect(names.size).toBeGreaterThan(100)
  })

  test('no rule is declared twice', () => {
    expect([...rules].filter(([, files]) => files.length > 1)).toEqual([])
  })

  test('every rule is named by a test', () => {
    expect([...rules.keys()].filter((id) => !names.has(id))).toEqual([])
  })

  test('every rule that a test names is declared', () => {
    expect([...names].filter(([id]) => !rules.has(id))).toEqual([])
  })
})
