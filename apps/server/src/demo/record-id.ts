import type { Random } from './random.ts'

/** A UUID of version 7 for a moment (ms), with its random part from `random` instead of the system. */
export function recordId(time: number, random: Random): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => random.integer(0, 15).toString(16)).join('')
  const stamp = Math.floor(time).toString(16).padStart(12, '0')
  const variant = random.pick(['8', '9', 'a', 'b'])
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${digits(3)}-${variant}${digits(3)}-${digits(12)}`
}
