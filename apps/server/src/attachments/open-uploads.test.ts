import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { OpenUploads } from './open-uploads.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const options = { maxBytes: 1_000_000, onBytes: () => undefined }

/** Reads a part of three pieces, and answers what shows whether one of them is still in memory. */
async function readPart(uploads: OpenUploads): Promise<WeakRef<Uint8Array>> {
  const pieces = [new Uint8Array(10), new Uint8Array(20), new Uint8Array(30)]
  const [first] = pieces
  if (first === undefined) throw new Error('three pieces')
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(piece)
    },
  })
  const part = await uploads.read(body, options)
  expect(part).toMatchObject({ isCut: false, bytes: { byteLength: 60 } })
  return new WeakRef(first)
}

test('[BLOB-14] a server that waits to be stopped does not keep the bytes of parts that have come', async () => {
  const uploads = new OpenUploads()
  const piece = await readPart(uploads)
  await expect
    .poll(() => {
      collectGarbage()
      return piece.deref() === undefined
    })
    .toBe(true)
})

test('[BLOB-14] parts that come before and after the server begins to stop are cut', async () => {
  const uploads = new OpenUploads()
  const open = () => uploads.read(new ReadableStream<Uint8Array>(), options)
  const before = open()
  await uploads.stop()
  for (const part of [before, open()]) expect(await part).toMatchObject({ isCut: true })
})
