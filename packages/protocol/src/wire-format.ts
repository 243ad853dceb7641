import type * as decoding from 'lib0/decoding'

/** Bytes of an exchange that are not what they should be; `detail` says where and holds nothing of their content. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError'
  /** `sync/checksum`: damaged or cut on the way, so the same exchange may be tried again. */
  readonly code: 'input/invalid' | 'input/too-large' | 'sync/checksum'
  readonly detail: string

  constructor(code: WireFormatError['code'], detail: string) {
    super(detail)
    this.code = code
    this.detail = detail
  }
}

/** Runs `read`; what lib0 throws, or a read past the end, becomes a {@link WireFormatError} that names `what`. */
export function readOrThrow<T>(decoder: decoding.Decoder, what: string, read: () => T): T {
  try {
    const value = read()
    // lib0 reads on in the memory behind a view that ends too early.
    if (decoder.pos > decoder.arr.byteLength) throw new RangeError('cut off')
    return value
  } catch {
    throw new WireFormatError('input/invalid', `The body ends or is malformed in ${what}`)
  }
}

/** Four bytes, the highest first. */
export function uint32Bytes(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff])
}

/** The number in the four bytes from `at` on. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0)
}
