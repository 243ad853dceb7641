import { fold } from './fold.ts'

/** Longer numbers than this in a name are no quantities. */
const digits = 12

/**
 * A text that plain comparison puts where people look for it: without case and accents, and `Clinic 9` before
 * `Clinic 10`. Comparing two of them costs a small part of what a collator does, and lists compare a hundred thousand times.
 */
export function sortKey(text: string): string {
  return fold(text).replaceAll(/\d+/g, (number) => number.padStart(digits, '0'))
}

/** For sorting: negative, zero or positive. */
export function compareKeys<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
