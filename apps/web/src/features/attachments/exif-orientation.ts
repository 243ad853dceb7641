/** Which way is up, as cameras note it: the one thing of Exif that a picture needs to be looked at. */

const orientationTag = 0x0112

/** 1 to 8; undefined where nothing is said, or nothing that makes sense. With or without `Exif` before it. */
export function orientationIn(content: Uint8Array): number | undefined {
  const tiff = asciiAt(content, 0, 6) === 'Exif\0\0' ? content.subarray(6) : content
  const order = asciiAt(tiff, 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const isLittle = order === 'II'
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  try {
    const directory = view.getUint32(4, isLittle)
    const entries = view.getUint16(directory, isLittle)
    for (let index = 0; index < entries; index++) {
      const entry = directory + 2 + 12 * index
      if (view.getUint16(entry, isLittle) !== orientationTag) continue
      const value = view.getUint16(entry + 8, isLittle)
      return value >= 1 && value <= 8 ? value : undefined
    }
  } catch {
    // Cut, or it points to nowhere: programs show such a picture as it lies.
  }
  return undefined
}

/** Exif with nothing else in it. */
export function exifWithOrientation(orientation: number): Uint8Array {
  const bytes = new Uint8Array(26)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('MM'))
  view.setUint16(2, 42)
  view.setUint32(4, 8)
  view.setUint16(8, 1)
  view.setUint16(10, orientationTag)
  // One short number, in the first half of its four bytes.
  view.setUint16(12, 3)
  view.setUint32(14, 1)
  view.setUint16(18, orientation)
  return bytes
}

/** Letters at a place of a file. */
export function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}
