import { type Consent, consentStanding, readContact } from '@fulqrun/schema'
import { buildTime, makeContact } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import { type ConsentDraft, consentProblem, consentValues, emptyDraft, replacedBy } from './consent-draft.ts'
import { joinWords, lineName, sinceWords, standingWords } from './consent-words.ts'

const dayMs = 86_400_000

type Line = Readonly<Record<string, unknown>>

function viewOf(consents: Readonly<Record<string, Line>>, fields: Line = {}) {
  return readContact(makeContact({ fields, entries: { consents } })).view
}

const line = (optType: string, rest: Line = {}): Line => ({
  channel: 'email',
  optType,
  capturedAt: buildTime,
  capturedBy: 'user-ana',
  ...rest,
})

const people = { personName: (id: string) => `Name of ${id}`, withdrawnAt: () => undefined }

function words(consents: Readonly<Record<string, Line>>, fields: Line = {}) {
  const standing = consentStanding(viewOf(consents, fields), 'email', buildTime)
  return { ...standingWords(standing, '2026-09-14'), since: sinceWords(standing, people) }
}

describe('the standing of a channel', () => {
  test('says what holds, since when, on whose word and until when', () => {
    expect(words({ a: line('double_opt_in', { expiresOn: '2027-01-31' }) })).toEqual({
      tone: 'good',
      words: 'Opted in and confirmed',
      since: 'Since Sep 14, 2026, recorded by Name of user-ana. Until Jan 31, 2027.',
    })
    expect(words({ a: line('opt_out') })).toEqual({
      tone: 'conflict',
      words: 'Opted out',
      since: 'Since Sep 14, 2026, recorded by Name of user-ana.',
    })
    expect(words({})).toEqual({ tone: 'neutral', words: 'Nothing said', since: 'Ask before you use it.' })
  })

  test('warns before an opt-in runs out, and says when it has', () => {
    expect(words({ a: line('opt_in', { expiresOn: '2026-09-14' }) })).toMatchObject({
      tone: 'attention',
      words: 'Opted in, expires today',
    })
    expect(words({ a: line('opt_in', { expiresOn: '2026-09-13' }) })).toEqual({
      tone: 'attention',
      words: 'Opt-in has run out',
      since: 'The last day was Sep 13, 2026. Ask again.',
    })
  })

  test('a wish that refuses the channel is named, where no opt-out says it already', () => {
    expect(words({ a: line('opt_in') }, { doNotEmail: true })).toMatchObject({
      words: 'Opted out',
      since: 'A wish of this contact ("do not ...") refuses it.',
    })
    expect(words({ a: line('opt_out') }, { doNotEmail: true }).since).toContain('Since Sep 14')
  })

  test('an opt-in that was withdrawn counts from then', () => {
    const standing = consentStanding(viewOf({ a: line('opt_out') }), 'email', buildTime)
    const since = sinceWords(standing, { ...people, withdrawnAt: () => buildTime + 3 * dayMs })
    expect(since).toBe('Withdrawn Sep 17, 2026.')
  })
})

describe('a new line', () => {
  const userId = 'user-ben'
  const now = buildTime + dayMs
  const optIn: ConsentDraft = { ...emptyDraft, optType: 'opt_in', evidence: ' Signed form ' }

  test('an opt-in names every opt-out that stands on its channel, and only those', () => {
    const view = viewOf({
      a: line('opt_out'),
      b: line('opt_in', { replaces: ['a'] }),
      c: line('opt_out'),
      d: line('opt_out', { channel: 'phone' }),
    })
    const context = { view, seen: view.consents, userId, now }
    expect(consentProblem(optIn, context)).toBeUndefined()
    expect(consentValues(optIn, context)).toEqual({
      channel: 'email',
      optType: 'opt_in',
      capturedAt: now,
      capturedBy: userId,
      channelValue: 'grace.okafor@stvincent.example',
      evidence: 'Signed form',
      replaces: ['c'],
    })
    expect(consentValues({ ...optIn, optType: 'opt_out' }, context)).not.toHaveProperty('replaces')
  })

  test('an opt-out that arrives while the dialog is open is not ended', () => {
    const seen: readonly Consent[] = viewOf({ a: line('opt_out') }).consents
    expect(replacedBy(optIn, seen).map(({ id }) => id)).toEqual(['a'])
    const view = viewOf({ a: line('opt_out'), late: line('opt_out') })
    expect(consentValues(optIn, { view, seen, userId, now })['replaces']).toEqual(['a'])
  })

  test('nobody opts in or out by default, and an opt-in says how it was given', () => {
    const view = viewOf({})
    const context = { view, seen: [], userId, now }
    expect(consentProblem(emptyDraft, context)?.key).toBe('optType')
    expect(consentProblem({ ...optIn, evidence: ' ' }, context)?.key).toBe('evidence')
    expect(consentProblem({ ...emptyDraft, optType: 'opt_out' }, context)).toBeUndefined()
    expect(consentProblem({ ...optIn, expiresOn: '2026-02-31' }, context)?.key).toBe('expiresOn')
    expect(
      consentValues({ ...optIn, optType: 'opt_out', expiresOn: '2027-01-01' }, context),
    ).not.toHaveProperty('expiresOn')
  })
})

test('lines are named by what they are and their day', () => {
  const [a] = viewOf({ a: line('opt_out') }).consents
  expect(a && lineName(a)).toBe('the opt-out of Sep 14, 2026')
  expect(a && lineName(a, buildTime + dayMs)).toBe('the opt-out of Sep 15, 2026')
  expect(joinWords(['x'])).toBe('x')
  expect(joinWords(['x', 'y', 'z'])).toBe('x, y and z')
})
