import { expect, test } from 'vitest'
import { initialsOf, peerColor, peerPalette } from './palette.ts'

/** Relative luminance, WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test.each(peerPalette)('white text on %s has a contrast of at least 4.5 to 1', (color) => {
  expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThanOrEqual(4.5)
})

test('a person has one colour everywhere, and similar ids differ', () => {
  expect(peerColor('user-1')).toBe(peerColor('user-1'))
  expect(new Set(['user-1', 'user-2', 'user-3', 'user-4'].map(peerColor)).size).toBeGreaterThan(2)
})

test('initials come from the first and last name', () => {
  expect(initialsOf('Ana Maria Lindqvist')).toBe('AL')
  expect(initialsOf('Ben')).toBe('B')
  expect(initialsOf('  ')).toBe('')
})
