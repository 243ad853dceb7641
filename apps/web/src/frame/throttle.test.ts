import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createThrottle } from './throttle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first message passes at once, of the others only the last one, at the end of the interval', () => {
  const said: string[] = []
  const throttle = createThrottle({ intervalMs: 5000, emit: (message) => said.push(message) })
  throttle.say('a')
  throttle.say('b')
  throttle.say('c')
  expect(said).toEqual(['a'])
  vi.advanceTimersByTime(5000)
  expect(said).toEqual(['a', 'c'])
  throttle.say('d')
  expect(said).toEqual(['a', 'c'])
  vi.advanceTimersByTime(5000)
  expect(said).toEqual(['a', 'c', 'd'])
})

test('a closed throttle says nothing more', () => {
  const said: string[] = []
  const throttle = createThrottle({ intervalMs: 5000, emit: (message) => said.push(message) })
  throttle.say('a')
  throttle.say('b')
  throttle.close()
  vi.advanceTimersByTime(10_000)
  expect(said).toEqual(['a'])
})
