import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Context } from 'hono'
import type { HttpEnv } from './environment.ts'
import { HttpProblem } from './problem.ts'

const unpack = promisify(gunzip)

/** The bytes of a request, unpacked when they are compressed. Throws a problem for a body over `maxBytes` unpacked. */
export async function binaryBody(c: Context<HttpEnv>, maxBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity'
  if (encoding === 'identity') return bytes
  if (encoding !== 'gzip')
    throw new HttpProblem('input/invalid', {
      detail: 'Send the body as it is, or with content-encoding: gzip',
    })
  try {
    const unpacked = await unpack(bytes, { maxOutputLength: maxBytes })
    // A plain array: Yjs compares constructors.
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength)
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError
    throw new HttpProblem(isTooLarge ? 'input/too-large' : 'sync/checksum', {
      detail: isTooLarge
        ? `More than ${maxBytes} bytes unpacked`
        : 'The compressed body was damaged or cut on the way',
      cause,
    })
  }
}
