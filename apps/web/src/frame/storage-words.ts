import { formatNumber } from '../fields/format.ts'
import type { DeviceRoom } from './use-device-room.ts'

/** Of what is kept on this device, in the same words and numbers wherever it is said. */

/** `840 KB`, `12.3 MB`, `10.7 GB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${formatNumber(Math.ceil(bytes / 1_000))} KB`
  if (bytes >= 1_000_000_000) return `${formatNumber(bytes / 1_000_000_000, 1)} GB`
  return `${formatNumber(bytes / 1_000_000, bytes < 10_000_000 ? 1 : 0)} MB`
}

/** `2.4 MB of 10.7 GB`. */
export function usedWords({ usedBytes, availableBytes }: DeviceRoom): string {
  const of = availableBytes === undefined ? '' : ` of ${sizeWords(availableBytes)}`
  return `${sizeWords(usedBytes)}${of}`
}

/** Whether it stays, as far as is known. `memory`: something of it is in memory alone. */
export function keptWords(storage: 'persistent' | 'memory', room: DeviceRoom | undefined): string {
  if (storage === 'memory') return 'No, in memory only'
  if (room === undefined) return 'Yes, as far as the browser says'
  return room.isPersisted ? 'Yes, the browser agreed' : 'The browser may clear it'
}
