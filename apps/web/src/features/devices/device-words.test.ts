import type { DeviceEntry } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { deviceState, seenWords } from './device-words.ts'

const now = Date.UTC(2026, 10, 22, 12)
const device: DeviceEntry = {
  id: 'd1',
  person: { id: 'ana', name: 'Ana Ruiz' },
  label: 'Chrome on Android',
  firstSeenAt: now,
  lastSeenAt: now,
}
const wipe = {
  requestedAt: now,
  requestedBy: { id: 'adam', name: 'Adam Novak' },
  reason: 'lost on a train',
  keepsUnsent: false,
}

test('devices of one kind differ by when they came and when they were last here', () => {
  const other = { ...device, id: 'd2', firstSeenAt: now - 40 * 86_400_000 }
  expect(seenWords(device, now)).toMatch(/^first seen .+, last .+$/)
  expect(seenWords(device, now)).not.toBe(seenWords(other, now))
})

test('a device that was never up to date is not said to be', () => {
  expect(deviceState(device, now).text).toBe('Signed in')
  expect(deviceState({ ...device, lastSyncedAt: now }, now).text).toMatch(/^Up to date /)
})

test('a device that is to be cleared is not said to be cleared', () => {
  expect(deviceState({ ...device, wipe }, now)).toMatchObject({
    text: 'To be cleared at its next contact',
    detail: expect.stringMatching(/^Adam Novak, .*: lost on a train$/) as string,
  })
  expect(deviceState({ ...device, wipe: { ...wipe, doneAt: now } }, now).text).toMatch(/^Cleared /)
})
