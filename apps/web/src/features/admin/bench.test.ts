import { readFileSync } from 'node:fs'
import { documentKinds } from '@fulqrun/protocol'
import { defaultPolicyTable, policyTable, whatIf } from '@fulqrun/rules'
import { checkValue, type FieldSpec, fieldSpec } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import { type Bench, benchFields, makeBench, questionOf, timeOf, valueOf, withEdit } from './bench.ts'
import { type Fate, fateSentence, fatesOf, type Mark, markOf, ruleOf } from './bench-words.ts'
import { exampleWords } from './example-words.ts'
import { ruleText } from './rule-text.ts'

function fieldOf({ kind, path }: Bench): FieldSpec {
  const spec = fieldSpec(kind, path)
  if (spec === undefined) throw new Error(`no field ${path}`)
  return spec
}

function run(bench: Bench, table = defaultPolicyTable) {
  const question = questionOf(bench, fieldOf(bench), table)
  const answer = whatIf(question)
  return { answer, fates: fatesOf(question, answer), mark: markOf(answer), rule: ruleOf(answer) }
}

const anyText = expect.stringMatching(/.{20}/) as string
const spec = readFileSync(new URL('../../../../../packages/rules/SPEC.md', import.meta.url), 'utf8')

describe('a bench', () => {
  const everyField = documentKinds.flatMap((kind) => benchFields(kind).map((path) => [kind, path] as const))

  test('can try every field: its example values fit, replicas agree, and the rule is in the specification', () => {
    for (const [kind, path] of everyField) {
      const bench = makeBench(kind, path)
      const field = fieldOf(bench)
      for (const draft of [bench.start, ...bench.edits.map((edit) => edit.draft)]) {
        const value = valueOf(field, draft, 0)
        if (field.type !== 'text' && field.type !== 'rich')
          expect(
            checkValue(kind, path.replace('*', 'example'), value),
            `${kind} ${path}: ${draft}`,
          ).toBeUndefined()
      }
      const { answer, rule } = run(bench)
      expect({ path, converged: answer.converged }).toEqual({ path, converged: true })
      if (rule !== undefined) expect({ path, text: ruleText(spec, rule) }).toEqual({ path, text: anyText })
    }
  })

  test('starts with the field that is asked for, or with the first one', () => {
    expect(makeBench('contact', 'fields.phone').path).toBe('fields.phone')
    expect(makeBench('contact', 'fields.nothing').path).toBe(benchFields('contact')[0])
    expect(makeBench('contact').path).toBe(benchFields('contact')[0])
  })

  test('reads clock times of one day, and values as the field has them', () => {
    expect(timeOf('10:30') - timeOf('09:00')).toBe(90 * 60_000)
    expect(timeOf('later')).toBe(timeOf('00:00'))
    const at = (kind: Bench['kind'], path: string) => fieldOf(makeBench(kind, path))
    expect(valueOf(at('contact', 'fields.doNotCall'), 'true', 0)).toBe(true)
    expect(valueOf(at('contact', 'fields.doNotCall'), '', 0)).toBeUndefined()
    expect(valueOf(at('opportunity', 'financials.amount'), '45,000', 0)).toBe(45_000)
    expect(valueOf(at('opportunity', 'financials.amount'), 'a lot', 0)).toBe('a lot')
    expect(valueOf(at('contact', 'fields.phone'), ' ', 0)).toBeUndefined()
  })
})

describe('what becomes of two edits', () => {
  const cases: readonly (readonly [string, Bench, readonly [Fate, Fate], Mark, string | undefined])[] = [
    [
      'the later of two stands',
      makeBench('contact', 'fields.phone'),
      ['kept', 'stands'],
      'settled-conflict',
      'RES-2',
    ],
    [
      'one that knew the other follows it',
      { ...makeBench('contact', 'fields.phone'), hadSeen: true, reversed: true },
      ['overwritten', 'stands'],
      'none',
      undefined,
    ],
    [
      'somebody has to choose',
      makeBench('opportunity', 'fields.closeDate'),
      ['stands', 'waits'],
      'open-conflict',
      'RES-3',
    ],
    [
      'whichever arrived first, when somebody has to choose',
      { ...makeBench('opportunity', 'fields.closeDate'), reversed: true },
      ['waits', 'stands'],
      'open-conflict',
      'RES-3',
    ],
    [
      'official values stay',
      makeBench('opportunity', 'financials.amount'),
      ['proposed', 'proposed'],
      'proposals',
      'POL-1',
    ],
    ['computed values stay', makeBench('kpi', 'values.trx'), ['put-back', 'put-back'], 'none', 'POL-2'],
    [
      'completed stays completed',
      makeBench('opportunity', 'activities.*.status'),
      ['stands', 'kept'],
      'settled-conflict',
      'RES-4',
    ],
    [
      'consent is never widened',
      makeBench('contact', 'consents.*.optType'),
      ['stands', 'put-back'],
      'none',
      'RES-6',
    ],
    ['texts are kept', makeBench('opportunity', 'notes'), ['merged', 'merged'], 'open-conflict', 'RES-9'],
    [
      'what does not fit is put back',
      withEdit(makeBench('contact', 'fields.email'), 1, { draft: 'no address' }),
      ['stands', 'put-back'],
      'none',
      'ADM-6',
    ],
    [
      'the same again changes nothing',
      withEdit({ ...makeBench('contact', 'fields.phone'), hadSeen: true }, 1, { draft: '+1 212 555 0111' }),
      ['stands', 'unchanged'],
      'none',
      undefined,
    ],
  ]

  test.each(cases)('%s', (_title, bench, fates, mark, rule) => {
    const outcome = run(bench)
    expect(outcome).toMatchObject({ fates, mark, rule })
    for (const fate of outcome.fates) expect(fateSentence(fate)).not.toBe('')
  })

  test('goes by the rules of the organization', () => {
    const override = { kind: 'contact', path: 'fields.phone', strategy: 'user-choice' } as const
    const table = policyTable(2, { ...defaultPolicyTable.settings, overrides: [override] })
    expect(run(makeBench('contact', 'fields.phone'), table)).toMatchObject({
      fates: ['stands', 'waits'],
      mark: 'open-conflict',
    })
  })
})

test('an example says what a change of the rules would do', () => {
  const overrides = [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }] as const
  const table = policyTable(2, { ...defaultPolicyTable.settings, overrides })
  expect(exampleWords('contact', 'fields.phone', defaultPolicyTable)).toBe(
    '+1 212 555 0111 at 09:00 and +1 212 555 0122 at 10:00: it shows +1 212 555 0122, and the other value is kept beside it.',
  )
  expect(exampleWords('contact', 'fields.phone', table)).toContain(
    'it shows +1 212 555 0111, and somebody is asked to choose.',
  )
})

test('the words of a rule come from the specification', () => {
  const text =
    '| id | strategy | rule |\n| -- | -- | -- |\n| RES-2 | `client-wins` | The _later_ edit `stands`. |\n'
  expect(ruleText(text, 'RES-2')).toBe('The later edit stands.')
  expect(ruleText(text, 'RES-20')).toBeUndefined()
  expect(ruleText('', 'RES-2')).toBeUndefined()
})
