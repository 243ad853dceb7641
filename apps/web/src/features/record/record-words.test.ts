import type { Me } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { mayRemove, refusalWords, targetsOf } from './record-words.ts'

const north = { id: 'north', name: 'North' }
const south = { id: 'south', name: 'South' }
const person = (role: Me['role'], territories = [north, south]): Me => ({
  user: { id: 'u', name: 'U', email: 'u@example.org' },
  organization: { id: 'o', name: 'O' },
  role,
  territories,
  canWrite: true,
  now: 0,
})

test('moving is offered to admins and to managers of both territories, never to others', () => {
  expect(targetsOf(person('admin'), 'north')).toEqual([south])
  expect(targetsOf(person('manager'), 'north')).toEqual([south])
  expect(targetsOf(person('manager', [north]), 'north')).toEqual([])
  expect(targetsOf(person('manager', [south]), 'north')).toEqual([])
  for (const role of ['rep', 'finance', 'compliance'] as const)
    expect(targetsOf(person(role), 'north')).toEqual([])
})

test('removing is offered to admins', () => {
  expect(mayRemove({ role: 'admin' })).toBe(true)
  expect(mayRemove({ role: 'manager' })).toBe(false)
})

test('what the server did not do is said, and what to do about it', () => {
  expect(refusalWords({ kind: 'ok', value: undefined })).toBeUndefined()
  expect(refusalWords({ kind: 'unreachable' })).toMatch(/when you are connected/)
  expect(refusalWords({ kind: 'refused', status: 409, code: 'auth/other-person' })).toMatch(/Somebody else/)
  expect(refusalWords({ kind: 'refused', status: 404 })).toMatch(/not sent yet/)
  expect(refusalWords({ kind: 'refused', status: 400 })).toMatch(/Nothing has changed/)
})
