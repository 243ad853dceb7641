import { describe, expect, test } from 'vitest'
import { isQuiet, isTimeZone, quietUntil } from './quiet-hours.ts'

const at = (time: string) => Date.parse(time)
const nights = { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin' }

describe('quiet hours', () => {
  test.each([
    ['2026-06-01T17:59:59Z', false],
    ['2026-06-01T18:00:00Z', true],
    ['2026-06-02T04:59:59Z', true],
    ['2026-06-02T05:00:00Z', false],
  ])('[NOT-3] nights in Berlin: %s is quiet: %s', (time, quiet) => {
    expect(isQuiet(nights, at(time))).toBe(quiet)
  })

  test('[NOT-3] the beginning belongs to them, the end does not; the same time twice is the whole day', () => {
    const lunch = { from: '12:00', to: '13:00', timeZone: 'America/New_York' }
    expect(isQuiet(lunch, at('2026-01-05T17:00:00Z'))).toBe(true)
    expect(isQuiet(lunch, at('2026-01-05T18:00:00Z'))).toBe(false)
    expect(isQuiet({ ...lunch, to: '12:00' }, at('2026-01-05T03:00:00Z'))).toBe(true)
  })

  test.each([
    // An ordinary night.
    ['2026-06-01T22:13:45Z', '2026-06-02T05:00:00Z'],
    // Clocks go forward in the night of the 29th of March, and back on the 25th of October.
    ['2026-03-28T20:30:00Z', '2026-03-29T05:00:00Z'],
    ['2026-10-24T20:30:00Z', '2026-10-25T06:00:00Z'],
  ])('[NOT-3] from %s they last until %s', (from, until) => {
    expect(new Date(quietUntil(nights, at(from))).toISOString()).toBe(new Date(until).toISOString())
  })

  test('[NOT-3] outside of them nothing is put off', () => {
    const noon = at('2026-06-01T10:00:12Z')
    expect(quietUntil(nights, noon)).toBe(noon)
  })

  test('[NOT-3] who wants to be left alone all day hears once a day', () => {
    const always = { from: '08:00', to: '08:00', timeZone: 'UTC' }
    expect(quietUntil(always, at('2026-06-01T09:30:00Z'))).toBe(at('2026-06-02T08:00:00Z'))
    expect(quietUntil(always, at('2026-06-01T08:00:00Z'))).toBe(at('2026-06-02T08:00:00Z'))
  })

  test('time zones that are none are told apart', () => {
    expect(isTimeZone('Asia/Kathmandu')).toBe(true)
    expect(isTimeZone('Middle/Earth')).toBe(false)
  })
})
