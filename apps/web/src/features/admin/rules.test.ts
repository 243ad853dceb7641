import { documentKinds, endpoints } from '@fulqrun/protocol'
import { defaultPolicyTable, policyRows, policyTable, strategies } from '@fulqrun/rules'
import { describe, expect, test } from 'vitest'
import { changeProblem, fetchPolicyHistory, putPolicyChange } from './policy-api.ts'
import { groupRules } from './rule-groups.ts'
import { parseRulesSearch } from './rules-search.ts'
import {
  isChangeable,
  strategyDetail,
  strategyTitle,
  strategyTitleOf,
  writerWords,
} from './strategy-words.ts'

const everything = { text: '', onlyChangeable: false }
const rowAt = (kind: (typeof documentKinds)[number], path: string) => {
  const row = policyRows(kind).find((candidate) => candidate.path === path)
  if (row === undefined) throw new Error(`no rule of ${path}`)
  return row
}

describe('words', () => {
  test('every strategy has some, and none that people do not use', () => {
    for (const strategy of strategies) {
      const said = `${strategyTitle(strategy)}. ${strategyDetail(strategy)}`
      expect(said).not.toContain('undefined')
      expect(said).not.toMatch(/crdt|merge strategy|queue|sync|wins/i)
    }
    expect(strategyTitleOf('client-wins')).toBe('The later edit stays')
    expect(strategyTitleOf('coin-toss')).toBe('coin-toss')
  })

  test('a rule says who writes its field', () => {
    expect(writerWords(rowAt('opportunity', 'financials.amount'))).toContain('Finance')
    expect(writerWords(rowAt('kpi', 'targets.trx'))).toContain('Managers')
    expect(writerWords(rowAt('kpi', 'values.trx'))).toBe('The server')
    expect(writerWords(rowAt('kpi', 'fields.period'))).toContain('creates')
    expect(writerWords(rowAt('opportunity', 'fields.stage'))).toContain('override')
    expect(writerWords(rowAt('contact', 'fields.phone'))).toBe('Everybody with access')
  })
})

describe('the table', () => {
  test.each(documentKinds)('of a %s shows every rule once, under the part of its field', (kind) => {
    const rows = policyRows(kind)
    const groups = groupRules(rows, everything)
    expect(groups.flatMap((group) => group.rows).toSorted(byPath)).toEqual(rows.toSorted(byPath))
    expect(new Set(groups.map(({ part }) => part)).size).toBe(groups.length)
    for (const { part, rows: own } of groups) expect(own.every((row) => row.part === part)).toBe(true)
  })

  test('is looked through by field and by part', () => {
    const rows = policyRows('contact')
    const labels = (text: string) =>
      groupRules(rows, { ...everything, text }).flatMap((group) => group.rows.map(({ label }) => label))
    expect(labels(' phone ')).toContain('Phone')
    expect(labels('reach')).toEqual(expect.arrayContaining(['Phone', 'Email']))
    expect(labels('no such field')).toEqual([])
  })

  test('can be narrowed to what an admin can change', () => {
    const overrides = [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }] as const
    const rows = policyRows('contact', policyTable(2, { ...defaultPolicyTable.settings, overrides }))
    const shown = groupRules(rows, { text: '', onlyChangeable: true }).flatMap((group) => group.rows)
    expect(shown.map(({ path }) => path)).toContain('fields.phone')
    expect(shown.every(({ policy }) => isChangeable(policy))).toBe(true)
    expect(shown.some(({ path }) => path.startsWith('consents.'))).toBe(false)
  })
})

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1
}

test('the address says what is shown; what it says wrongly is left out', () => {
  expect(parseRulesSearch({ view: 'try', kind: 'kpi', path: 'targets.trx' })).toEqual({
    view: 'try',
    kind: 'kpi',
    path: 'targets.trx',
  })
  expect(parseRulesSearch({ view: 'secret', kind: 7, path: '' })).toEqual({})
})

describe('the server', () => {
  const change = {
    change: { type: 'strategy', kind: 'contact', path: 'fields.phone', strategy: 'user-choice' },
    reason: 'why',
  } as const

  function answering(status: number, body: unknown) {
    const asked: { path: string; init: RequestInit }[] = []
    const fetch = (path: string, init: RequestInit) => {
      asked.push({ path, init })
      return Promise.resolve(new Response(JSON.stringify(body), { status }))
    }
    return { asked, fetch: fetch as typeof globalThis.fetch }
  }

  test('is asked for a change of the version that was seen', async () => {
    const { asked, fetch } = answering(200, {})
    expect(changeProblem(await putPolicyChange(fetch, 7, change))).toBeUndefined()
    expect(asked[0]?.path).toBe(endpoints.policy)
    expect(asked[0]?.init).toMatchObject({ method: 'PUT', headers: { 'if-match': '"7"' } })
    expect(JSON.parse(asked[0]?.init.body as string)).toEqual(change)
  })

  test('says no in words for the admin', async () => {
    const problemOf = async (status: number, code: string) =>
      changeProblem(await putPolicyChange(answering(status, { code }).fetch, 1, change))
    expect(await problemOf(409, 'version/mismatch')).toContain('Somebody else')
    expect(await problemOf(403, 'access/role')).toContain('administrators')
    expect(await problemOf(500, 'server/internal')).toContain('Try again')
    expect(await problemOf(503, 'server/storage')).toContain('offline')
  })

  test('gives the history page by page, and a strange answer is none', async () => {
    const page = { entries: [{ version: 2 }], next: 2 }
    const good = answering(200, page)
    expect(await fetchPolicyHistory(good.fetch, 5)).toEqual({ kind: 'ok', value: page })
    expect(good.asked[0]?.path).toBe(`${endpoints.policyHistory}?before=5`)
    for (const strange of [null, 'page', { entries: 5 }])
      expect((await fetchPolicyHistory(answering(200, strange).fetch)).kind).toBe('unreachable')
  })
})
