import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger, readableLines } from './logger.ts'

function collect(): { lines: string[]; stream: Writable } {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { lines, stream }
}

test('secrets and typed values are hidden, however they got there', () => {
  const { lines, stream } = collect()
  const logger = createLogger({ level: 'info', readable: false, destination: stream })
  logger.info(
    {
      token: 'secret-1',
      headers: { authorization: 'Bearer secret-2', cookie: 'secret-3' },
      change: { path: 'fields.email', before: 'secret-4', after: 'secret-5' },
      request: { body: { password: 'secret-6', email: 'secret-7' } },
    },
    'signed in',
  )
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('secret')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'signed in', change: { path: 'fields.email' } })
})

test('lines for people: time, level, words, details, and the stack of an error', () => {
  const { lines, stream } = collect()
  const logger = createLogger({ level: 'info', readable: false, destination: readableLines(stream) })
  logger.debug('not shown')
  logger.info({ url: 'http://127.0.0.1:8787', documents: 3 }, 'listening')
  logger.error({ err: new Error('disk full') }, 'the log could not be written')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info listening url=http:\/\/127\.0\.0\.1:8787 documents=3\n$/)
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d error the log could not be written\nError: disk full\n\s+at /)
})
