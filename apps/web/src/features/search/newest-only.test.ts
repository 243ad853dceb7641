import { expect, test } from 'vitest'
import { newestOnly } from './newest-only.ts'

/** A question whose answers come when the test says so. */
function makeAsked() {
  const asked: { readonly question: string; readonly answer: () => void }[] = []
  const ask = newestOnly(
    (question: string) =>
      new Promise<string>((resolve) => {
        asked.push({ question, answer: () => resolve(`${question}!`) })
      }),
  )
  return { ask, asked }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

test('while one is asked only the newest of the others waits; the overtaken ones are told', async () => {
  const { ask, asked } = makeAsked()
  const answers = Promise.all([ask('a'), ask('ab'), ask('abc')])
  await turns()
  expect(asked.map(({ question }) => question)).toEqual(['a'])
  asked[0]?.answer()
  await turns()
  expect(asked.map(({ question }) => question)).toEqual(['a', 'abc'])
  asked[1]?.answer()
  expect(await answers).toEqual(['a!', undefined, 'abc!'])
})

test('what fails holds nobody up', async () => {
  let isFirst = true
  const ask = newestOnly(async (question: string) => {
    if (!isFirst) return question
    isFirst = false
    throw new Error('gone')
  })
  const first = ask('a')
  const second = ask('b')
  await expect(first).rejects.toThrow('gone')
  expect(await second).toBe('b')
  expect(await ask('c')).toBe('c')
})
