import { makeContact } from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { consentState, standingOptOuts, summarizeConsent } from './consent.ts'
import { readContact } from './read.ts'
import type { Consent } from './views.ts'

const now = Date.UTC(2026, 8, 24)
const { fields } = readContact(makeContact()).view
const ids = ['a', 'b', 'c', 'd', 'e', 'f'] as const

/** Any lines on two channels, with times that tie and names of lines that are not there. */
const lines: fc.Arbitrary<readonly Consent[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom(...ids),
      channel: fc.constantFrom('email' as const, 'phone' as const),
      optType: fc.constantFrom('opt_in' as const, 'double_opt_in' as const, 'opt_out' as const),
      capturedAt: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      expiresOn: fc.constantFrom(undefined, '2026-09-23', '2026-09-24', '2027-01-01'),
      replaces: fc.option(fc.subarray([...ids, 'gone']), { nil: undefined }),
    })
    .map((line) => line as Consent),
  { selector: ({ id }) => id, maxLength: ids.length },
)

const channels = ['email', 'phone'] as const

test('[SCH-21] the order of the lines never changes the answer', () => {
  fc.assert(
    fc.property(
      lines.chain((some) =>
        fc.tuple(fc.constant(some), fc.shuffledSubarray([...some], { minLength: some.length })),
      ),
      ([some, shuffled]) => {
        for (const channel of channels)
          expect(consentState({ consents: shuffled, fields }, channel, now)).toBe(
            consentState({ consents: some, fields }, channel, now),
          )
        expect(summarizeConsent({ consents: shuffled, fields })).toEqual(
          summarizeConsent({ consents: some, fields }),
        )
      },
    ),
    { numRuns: 1000 },
  )
})

test('[SCH-21] an opt-out that no opt-in names is never outvoted, and an opt-in that names all of them counts', () => {
  fc.assert(
    fc.property(lines, (consents) => {
      for (const channel of channels) {
        const ofChannel = consents.filter((line) => line.channel === channel)
        const named = new Set(
          ofChannel.filter(({ optType }) => optType !== 'opt_out').flatMap(({ replaces = [] }) => replaces),
        )
        const stands = ofChannel.some(({ id, optType }) => optType === 'opt_out' && !named.has(id))
        expect(consentState({ consents, fields }, channel, now) === 'opt_out').toBe(stands)
        const replaces = standingOptOuts(consents, channel).map(({ id }) => id)
        const last = { id: 'z', channel, optType: 'opt_in', capturedAt: 9, replaces } as unknown as Consent
        expect(consentState({ consents: [...consents, last], fields }, channel, now)).toBe('opt_in')
      }
    }),
    { numRuns: 1000 },
  )
})

test('[SCH-21] one more opt-out, wherever it came from, always opts out', () => {
  fc.assert(
    fc.property(lines, (consents) => {
      const late = { id: 'late', channel: 'email', optType: 'opt_out', capturedAt: 0 } as unknown as Consent
      expect(consentState({ consents: [late, ...consents], fields }, 'email', now)).toBe('opt_out')
    }),
  )
})
