import { expect, test } from 'vitest'
import { untilStalled } from './until-stalled.ts'

async function* parts(): AsyncGenerator<number> {
  yield* [1, 2, 3]
}

test('[PULL-10] a reader that takes one part and no other is dropped, and what made them ends with it', async () => {
  let ended = 0
  async function* watched(): AsyncGenerator<number> {
    try {
      yield* parts()
    } finally {
      ended += 1
    }
  }
  const dropped = Promise.withResolvers<undefined>()
  const reader = untilStalled(watched(), { stallMs: 1, drop: () => dropped.resolve(undefined) })
  expect((await reader.next()).value).toBe(1)
  await dropped.promise
  await reader.return(undefined)
  expect(ended).toBe(1)
})

test('[PULL-10] one that goes on reading gets everything', async () => {
  const read: number[] = []
  for await (const part of untilStalled(parts(), { stallMs: 60_000, drop: () => expect.fail('dropped') }))
    read.push(part)
  expect(read).toEqual([1, 2, 3])
})
