import { expect, it } from 'vitest'
import { checkedWith } from './replica-areas.ts'

const area = { kind: 'contact', documents: 2, onDevice: 2, bytes: 1, pending: 0, oldestAt: 100 } as const

it('[REP-12] the time of the last full check counts for an area with nothing left to get, and for no other', () => {
  expect(checkedWith(area, 900).oldestAt).toBe(900)
  expect(checkedWith(area, 50).oldestAt).toBe(100)
  expect(checkedWith(area, undefined).oldestAt).toBe(100)
  // As with the bandwidth saver, which leaves the rest of the territory where it is.
  expect(checkedWith({ ...area, pending: 1 }, 900).oldestAt).toBe(100)
  expect(checkedWith({ ...area, oldestAt: undefined }, 900).oldestAt).toBeUndefined()
})
