import { readContact, samplingLicence } from '@fulqrun/schema'
import { buildTime, makeContact } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import {
  fromLocalInput,
  type SampleDraft,
  sampleProblem,
  sampleValues,
  startSample,
  toLocalInput,
} from './sample-draft.ts'
import { licenceWords, statementOf, unsignedSamples } from './sample-words.ts'

type Values = Readonly<Record<string, unknown>>

const sample = {
  product: 'Velorin 10 mg',
  quantity: 4,
  lotNumber: 'L-77',
  lotExpiresOn: '2027-03-31',
  deliveredAt: buildTime,
  deliveredBy: 'user-ana',
}

function viewOf(entries: Parameters<typeof makeContact>[0] = {}) {
  return readContact(makeContact(entries)).view
}

describe('recording samples', () => {
  const view = viewOf({ fields: { addressLine1: '4 Hill Road' } })
  const context = { view, userId: 'user-ana', now: buildTime }
  const draft: SampleDraft = {
    ...startSample(view, buildTime),
    product: ' Velorin 10 mg ',
    quantity: '4',
    lotNumber: 'L-77',
  }
  const problemOf = (part: Partial<SampleDraft>) => sampleProblem({ ...draft, ...part }, context)?.key

  test('takes address, time, person and licence from what is known', () => {
    expect(sampleProblem(draft, context)).toBeUndefined()
    expect(sampleValues(draft, context)).toEqual({
      product: 'Velorin 10 mg',
      quantity: 4,
      lotNumber: 'L-77',
      deliveredAt: buildTime,
      deliveredBy: 'user-ana',
      channel: 'in_person',
      deliveredTo: '4 Hill Road, Springfield, IL',
      licenceNumber: 'IL-036-1',
      licenceState: 'IL',
    })
  })

  test('asks for what an entry that is not changed afterwards must hold', () => {
    expect(problemOf({ product: ' ' })).toBe('product')
    for (const quantity of ['', '0', '1.5', 'four', '-1']) expect(problemOf({ quantity })).toBe('quantity')
    expect(problemOf({ lotNumber: '' })).toBe('lotNumber')
    expect(problemOf({ deliveredAt: '' })).toBe('deliveredAt')
    expect(problemOf({ deliveredAt: toLocalInput(buildTime + 3_600_000) })).toBe('deliveredAt')
    expect(problemOf({ deliveredAt: toLocalInput(buildTime - 3_600_000) })).toBeUndefined()
  })

  test('names no licence where none was valid when they were handed over', () => {
    const expired = viewOf({ entries: { licences: { a: { number: 'X', expiresOn: '2026-09-13' } } } })
    const values = sampleValues(draft, { ...context, view: expired })
    expect(values).not.toHaveProperty('licenceNumber')
    expect(sampleProblem(draft, { ...context, view: expired })).toBeUndefined()
    const before = { ...draft, deliveredAt: toLocalInput(Date.UTC(2026, 8, 12, 9)) }
    expect(sampleValues(before, { ...context, view: expired })).toMatchObject({ licenceNumber: 'X' })
  })

  test('the input of day and time keeps a moment to the minute', () => {
    expect(fromLocalInput(toLocalInput(buildTime + 59_999))).toBe(buildTime)
    const midnight = new Date(2026, 8, 14, 0, 5).getTime()
    expect(toLocalInput(midnight)).toBe('2026-09-14T00:05')
    expect(fromLocalInput('')).toBeUndefined()
  })
})

describe('the licence', () => {
  const wordsFor = (...licences: Values[]) => {
    const entries = Object.fromEntries(
      licences.map((licence, index) => [`l${index}`, { number: 'N-1', ...licence }]),
    )
    return licenceWords(samplingLicence(viewOf({ entries: { licences: entries } }), buildTime))
  }

  test('is named when it is valid', () => {
    expect(wordsFor({ state: 'IL', expiresOn: '2027-07-31' })).toEqual({
      tone: 'good',
      words: 'Licence N-1 (IL) is valid until Jul 31, 2027 and is recorded with the samples.',
    })
  })

  test('else the warning says why', () => {
    expect(wordsFor()).toMatchObject({
      tone: 'attention',
      words: expect.stringContaining('No licence is recorded'),
    })
    expect(wordsFor({ expiresOn: '2026-09-13' }).words).toContain('Licence N-1 ran out on Sep 13, 2026.')
    expect(wordsFor({ status: 'suspended' }).words).toContain('Licence N-1 is suspended.')
    expect(wordsFor({ status: 'expired' }).words).toContain('Licence N-1 has expired.')
  })
})

describe('signatures', () => {
  const view = viewOf({ entries: { samples: { a: sample, b: { product: 'Cardavel', quantity: 1 } } } })
  const [first, second] = view.samples
  const context = { view, personName: () => 'Ana Castillo', moment: () => 'Sep 14, 2026, 09:00 UTC' }

  test('the text says product, quantity, lot, who and when by itself', () => {
    expect(first && statementOf('received', first, context)).toBe(
      'I received 4 units of Velorin 10 mg (lot L-77, expires Mar 31, 2027) from Ana Castillo on Sep 14, 2026, 09:00 UTC for Grace Okafor, MD.',
    )
    expect(second && statementOf('delivered', second, context)).toBe(
      'I handed over 1 unit of Cardavel (no lot number) to Grace Okafor, MD.',
    )
  })

  test('samples wait for their receipt until somebody signs that they received them', () => {
    const signature = { signedName: 'Grace Okafor', statement: 'x', signedAt: buildTime, sampleId: 'a' }
    const unsigned = (meaning: string) =>
      unsignedSamples(
        viewOf({ entries: { samples: { a: sample }, signatures: { s: { ...signature, meaning } } } }),
      ).length
    expect(unsigned('received')).toBe(0)
    expect(unsigned('reviewed')).toBe(1)
  })
})
