import { describe, expect, test } from 'vitest'
import { licenceStanding } from './standing.ts'

const today = '2026-11-21'

describe('licences', () => {
  test('the last day is still valid, the day after is not', () => {
    expect(licenceStanding({ status: 'active', expiresOn: today }, today)).toEqual({
      tone: 'attention',
      words: 'Expires today',
    })
    expect(licenceStanding({ status: 'active', expiresOn: '2026-11-20' }, today).words).toBe('Expired')
  })

  test('a month ahead it warns', () => {
    expect(licenceStanding({ status: 'active', expiresOn: '2026-12-21' }, today).words).toBe(
      'Expires in 30 days',
    )
    expect(licenceStanding({ status: 'active', expiresOn: '2026-12-22' }, today)).toEqual({
      tone: 'good',
      words: 'Valid',
    })
  })

  test('a revoked licence is not valid whatever its date', () => {
    expect(licenceStanding({ status: 'revoked', expiresOn: '2030-01-01' }, today).tone).toBe('conflict')
  })
})
