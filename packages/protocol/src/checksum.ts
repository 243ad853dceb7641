/**
 * CRC-32 (IEEE 802.3), the checksum of batches on the wire and of snapshots on the device. It finds what cables, caches
 * and disks do to bytes; it does not keep out whoever changes them on purpose.
 */

const polynomial = 0xedb88320

/** Four tables, so that four bytes are taken at a time. */
const [first, second, third, fourth] = makeTables()

function makeTables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const one = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value
  })
  const follow = (table: Uint32Array): Uint32Array =>
    table.map((value) => (value >>> 8) ^ (one[value & 0xff] ?? 0))
  const two = follow(one)
  const three = follow(two)
  return [one, two, three, follow(three)]
}

/** The checksum as an unsigned 32-bit number; 0 for no bytes. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  let at = 0
  for (const end = bytes.length - 3; at < end; at += 4) {
    const word =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24))
    crc =
      (fourth[word & 0xff] ?? 0) ^
      (third[(word >>> 8) & 0xff] ?? 0) ^
      (second[(word >>> 16) & 0xff] ?? 0) ^
      (first[word >>> 24] ?? 0)
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (first[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
