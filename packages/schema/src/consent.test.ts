import { buildTime, makeContact } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { consentStanding, consentState, endsOfOptOuts, standingOptOuts, summarizeConsent } from './consent.ts'
import { readContact } from './read.ts'

const dayMs = 86_400_000
const now = buildTime + 10 * dayMs

type Lines = Readonly<Record<string, Readonly<Record<string, unknown>>>>

function viewOf(consents: Lines, fields: Readonly<Record<string, unknown>> = {}) {
  return readContact(makeContact({ fields, entries: { consents } })).view
}

const state = (...parts: Parameters<typeof viewOf>) => consentState(viewOf(...parts), 'email', now)

const line = (optType: string, capturedAt: number, rest: object = {}) => ({
  channel: 'email',
  optType,
  capturedAt,
  ...rest,
})

test('[SCH-21] an opt-out stands until an opt-in of its channel names it, whatever the clocks say', () => {
  expect(state({})).toBe('none')
  expect(state({ a: line('opt_out', 1), b: line('opt_in', 2) })).toBe('opt_out')
  expect(state({ a: line('opt_out', 1), b: line('opt_in', 2, { replaces: ['a'] }) })).toBe('opt_in')
  // A clock that was behind when the opt-in was recorded changes nothing: it had seen the opt-out.
  expect(state({ a: line('opt_out', 9), b: line('opt_in', 2, { replaces: ['a'] }) })).toBe('opt_in')
  expect(state({ a: line('double_opt_in', 1), b: line('opt_out', 2) })).toBe('opt_out')
})

test('[SCH-21] every opt-out has to be named', () => {
  const two = { a: line('opt_out', 1), b: line('opt_out', 2) }
  expect(state({ ...two, c: line('opt_in', 3, { replaces: ['b'] }) })).toBe('opt_out')
  expect(state({ ...two, c: line('opt_in', 3, { replaces: ['a', 'b'] }) })).toBe('opt_in')
  expect(
    state({ ...two, c: line('opt_in', 3, { replaces: ['b'] }), d: line('opt_in', 4, { replaces: ['a'] }) }),
  ).toBe('opt_in')
})

test('[SCH-21] neither another channel nor an opt-out ends an opt-out', () => {
  const out = line('opt_out', 1)
  expect(state({ a: out, b: { ...line('opt_in', 2, { replaces: ['a'] }), channel: 'phone' } })).toBe(
    'opt_out',
  )
  expect(state({ a: out, b: line('opt_out', 2, { replaces: ['a', 'b'] }) })).toBe('opt_out')
  // An opt-in that was turned into an opt-out no longer ends what it ended.
  const { consents } = viewOf({ a: out, b: line('opt_out', 2, { replaces: ['a'] }) })
  expect(standingOptOuts(consents, 'email').map(({ id }) => id)).toEqual(['a', 'b'])
  // The channel is closed since it was withdrawn, not since the opt-out that had been over in between.
  expect(
    consentStanding(viewOf({ a: out, b: line('opt_out', 2, { replaces: ['a'] }) }), 'email', now).line?.id,
  ).toBe('b')
})

test('[SCH-21] without a standing opt-out the opt-in given last decides, of two at one moment the one that ends first', () => {
  const first = line('opt_in', 1, { expiresOn: '2026-09-23' })
  expect(state({ a: first, b: line('opt_in', 2) })).toBe('opt_in')
  expect(state({ b: first, a: line('opt_in', 2) })).toBe('opt_in')
  expect(state({ a: first, b: line('opt_in', 1) })).toBe('none')
  expect(state({ b: first, a: line('opt_in', 1) })).toBe('none')
})

test('[SCH-21] an opt-in ends after its last day, and a wish not to be approached beats it', () => {
  const until = (expiresOn: string) => ({ a: line('opt_in', 1, { expiresOn }) })
  expect(state(until('2026-09-24'))).toBe('opt_in')
  expect(state(until('2026-09-23'))).toBe('none')
  expect(state(until('2026-09-24'), { doNotEmail: true })).toBe('opt_out')
  expect(summarizeConsent(viewOf(until('2026-09-24'), { doNotEmail: true }))).toEqual({
    consent: { email: 'opt_out' },
    consentExpires: {},
  })
})

test('[SCH-21] the standing names the line that decides, and which line ended which', () => {
  const lines = {
    a: line('opt_out', 1),
    b: line('opt_in', 2, { replaces: ['a'], expiresOn: '2026-09-20' }),
  }
  expect(consentStanding(viewOf(lines), 'email', now)).toMatchObject({
    answer: 'none',
    hasExpired: true,
    isRefusedByWish: false,
    line: { id: 'b' },
  })
  const { consents } = viewOf(lines)
  expect([...endsOfOptOuts(consents)].map(([id, end]) => [id, end.id])).toEqual([['a', 'b']])
  expect(consentStanding(viewOf({ ...lines, c: line('opt_out', 0) }), 'email', now)).toMatchObject({
    answer: 'opt_out',
    line: { id: 'c' },
  })
})
