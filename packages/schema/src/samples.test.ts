import { buildTime, makeContact } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { addEntry, removeEntry, setField } from './commands.ts'
import { mayReceiveSamples, samplingLicence } from './licences.ts'
import { readContact } from './read.ts'
import { checkValue } from './validation.ts'

const options = { now: buildTime }
const sample = { product: 'Velorin 10 mg', quantity: 4, lotNumber: 'L-77', deliveredAt: buildTime }
const signature = {
  signedName: 'Grace Okafor',
  meaning: 'received',
  statement: 'I received 4 units of Velorin 10 mg, lot L-77.',
  signedAt: buildTime,
  sampleId: 'sample-1',
}

test('[SCH-22] samples and signatures are added whole and read back', () => {
  const doc = makeContact()
  const sampleId = addEntry(doc, 'samples', sample, options)
  addEntry(doc, 'signatures', { ...signature, sampleId }, options)
  const { view, issues } = readContact(doc)
  expect(issues).toEqual([])
  expect(view.samples).toMatchObject([{ ...sample, id: sampleId, channel: 'in_person' }])
  expect(view.signatures).toMatchObject([{ ...signature, sampleId }])
})

test('[SCH-22] commands neither change nor replace nor remove them', () => {
  const doc = makeContact({
    entries: { samples: { 'sample-1': sample }, signatures: { 'signature-1': signature } },
  })
  const before = Y.encodeStateAsUpdate(doc)
  const attempts = [
    () => setField(doc, 'samples.sample-1.quantity', 5, options),
    () => setField(doc, 'signatures.signature-1.signedName', 'Somebody', options),
    () => addEntry(doc, 'samples', sample, { ...options, id: 'sample-1' }),
    () => removeEntry(doc, 'samples', 'sample-1', options),
    () => removeEntry(doc, 'signatures', 'signature-1', options),
  ]
  for (const attempt of attempts) expect(attempt).toThrow('Commands do not write here')
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
})

test('[SCH-23] samples have a product and a whole quantity of at least one', () => {
  const problem = (values: object) => checkValue('contact', 'samples.new', { ...sample, ...values })
  expect(problem({})).toBeUndefined()
  expect(problem({ product: '' })).toMatchObject({ path: 'samples.new.product', code: 'value/missing' })
  for (const quantity of [0, -1, 1.5, 10_001, '4', Number.NaN])
    expect(problem({ quantity })).toMatchObject({ path: 'samples.new.quantity', code: 'value/invalid' })
  expect(problem({ quantity: undefined })).toMatchObject({ code: 'value/missing' })
  expect(problem({ lotExpiresOn: '2026-02-30' })).toMatchObject({ code: 'value/invalid' })
  expect(problem({ deliveredAt: -1 })).toMatchObject({ code: 'value/invalid' })
  expect(problem({ doctor: 'x' })).toMatchObject({ code: 'path/unknown' })
})

test('[SCH-23] a quantity that cannot be read is unknown, never one', () => {
  const doc = makeContact({ entries: { samples: { 'sample-1': sample } } })
  const stored = doc.getMap('samples').get('sample-1') as Y.Map<unknown>
  stored.set('quantity', 'many')
  const { view, issues } = readContact(doc)
  expect(view.samples[0]?.quantity).toBeUndefined()
  expect(issues).toMatchObject([{ path: 'samples.sample-1.quantity', code: 'value/invalid' }])
})

test.each(['signedName', 'meaning', 'statement', 'signedAt', 'sampleId'])(
  '[SCH-23] a signature without its %s is none',
  (key) => {
    expect(checkValue('contact', 'signatures.new', signature)).toBeUndefined()
    expect(checkValue('contact', 'signatures.new', { ...signature, [key]: undefined })).toMatchObject({
      path: `signatures.new.${key}`,
      code: 'value/missing',
    })
  },
)

function contactWith(...licences: readonly object[]) {
  const entries = Object.fromEntries(
    licences.map((licence, index) => [`licence-${index}`, { number: `N-${index}`, ...licence }]),
  )
  return readContact(makeContact({ entries: { licences: entries } })).view
}

test('[SCH-24] samples need an active licence that has not run out', () => {
  expect(mayReceiveSamples(contactWith({ status: 'active', expiresOn: '2026-09-14' }), buildTime)).toBe(true)
  expect(mayReceiveSamples(contactWith({ status: 'active' }), buildTime)).toBe(true)
  expect(samplingLicence(contactWith(), buildTime)).toEqual({ allowed: false, reason: 'no-licence' })
  const refused = (...licences: object[]) => samplingLicence(contactWith(...licences), buildTime)
  expect(refused({ status: 'active', expiresOn: '2026-09-13' })).toMatchObject({ reason: 'expired' })
  expect(refused({ status: 'expired', expiresOn: '2030-01-01' })).toMatchObject({ reason: 'expired' })
  expect(refused({ status: 'suspended' })).toMatchObject({ reason: 'not-active', licence: { number: 'N-0' } })
  expect(refused({ status: 'revoked', expiresOn: '2030-01-01' })).toMatchObject({ reason: 'not-active' })
})

test('[SCH-24] a licence of the state in which the contact works goes before one that lasts longer', () => {
  const number = (...licences: object[]) =>
    samplingLicence(contactWith(...licences), buildTime).licence?.number
  const here = { status: 'active', state: 'IL', expiresOn: '2026-12-31' }
  const there = { status: 'active', state: 'WI', expiresOn: '2030-12-31' }
  expect(number(there, here)).toBe('N-1')
  expect(number(there, { ...here, status: 'suspended' })).toBe('N-0')
  expect(number({ status: 'revoked' }, there)).toBe('N-1')
})
