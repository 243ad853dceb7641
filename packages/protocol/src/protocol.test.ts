import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  authTypes,
  documentEndpoint,
  documentKinds,
  encodeServerMessage,
  endpoints,
  type ErrorCode,
  errors,
  formatDocumentName,
  frameTypes,
  isDocumentName,
  isErrorCode,
  limits,
  parseDocumentName,
  parseServerMessage,
  problem,
  protocolVersion,
  reactionTo,
  roles,
  syncTypes,
} from './index.ts'

const id = '0198c6f2-7a31-7cc2-9d0e-2f1b6a3c4d5e'

describe('names', () => {
  test('[PROTO-1] are parsed into what they say and formatted back', () => {
    for (const kind of ['opportunity', 'contact', 'kpi'] as const) {
      const parts = { organizationId: 'Meri-dian_1', kind, id }
      expect(parseDocumentName(formatDocumentName(parts))).toEqual(parts)
    }
  })

  test('[PROTO-1] nothing else is one', () => {
    const wrong = [
      '',
      'meridian',
      `meridian/opportunity/${id.toUpperCase()}`,
      `meridian/opportunity/${id}/x`,
      `meridian/secret/${id}`,
      `/opportunity/${id}`,
      `${'x'.repeat(65)}/opportunity/${id}`,
      `me ridian/opportunity/${id}`,
      `meridian/opportunity/${id}\n`,
      `meridian/opportunity/${id}\0session`,
      `../../${id}`,
      `meridian/__proto__/${id}`,
    ]
    expect(wrong.filter((name) => isDocumentName(name))).toEqual([])
    expect(() => formatDocumentName({ organizationId: 'a/b', kind: 'kpi', id })).toThrow(RangeError)
  })

  test('[PROTO-1] are made of path segments', () => {
    const name = formatDocumentName({ organizationId: 'meridian', kind: 'kpi', id })
    expect(new URL(documentEndpoint(name, 'history'), 'http://x').pathname).toBe(
      `/api/documents/${name}/history`,
    )
  })
})

describe('codes', () => {
  const codes = Object.keys(errors) as ErrorCode[]

  test.each(codes)('[PROTO-2] %s has a status, a close code and a reaction', (code) => {
    const { status, close, title } = errors[code]
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(close).toBeGreaterThanOrEqual(4400)
    expect(close).toBeLessThan(4500)
    expect(title).not.toBe('')
    expect(problem(code, 'why')).toEqual({ type: 'about:blank', title, status, code, detail: 'why' })
    expect(isErrorCode(code)).toBe(true)
  })

  test('[PROTO-2] what the server could not do now is tried again, what a session has lost needs a new one', () => {
    const ofTheServer = codes.filter((code) => errors[code].status >= 500)
    expect(ofTheServer.filter((code) => reactionTo(code) !== 'retry')).toEqual([])
    expect(reactionTo('auth/revoked')).toBe('sign-in')
    expect(reactionTo('access/denied')).toBe('detach')
    expect(reactionTo('update/too-large')).toBe('set-aside')
    for (const strange of ['', 'toString', '__proto__', 5, null, undefined])
      expect(isErrorCode(strange)).toBe(false)
  })
})

describe('messages', () => {
  test('[PROTO-3] come back as they were sent', () => {
    for (const message of [
      { type: 'refused', code: 'update/malformed' },
      { type: 'refused', code: 'access/read-only', quarantineId: 'q' },
      { type: 'putBack', paths: [{ path: 'financials.amount', rule: 'POL-1', proposalId: 'p' }] },
    ] as const)
      expect(parseServerMessage(encodeServerMessage(message))).toEqual(message)
  })

  test('[PROTO-3] what is not known is ignored, and so are parts of it', () => {
    for (const payload of [
      '',
      'x',
      'null',
      '[]',
      '5',
      '{}',
      '{"type":"new"}',
      '{"type":"refused","code":"new/code"}',
    ])
      expect(parseServerMessage(payload)).toBeUndefined()
    expect(
      parseServerMessage('{"type":"putBack","paths":[1,{"path":"a"},{"path":"a","rule":"b","new":1}]}'),
    ).toEqual({
      type: 'putBack',
      paths: [{ path: 'a', rule: 'b', new: 1 }],
    })
  })
})

test('[PROTO-4] messages, codes, limits and paths are those of this version', () => {
  const messages = [
    encodeServerMessage({ type: 'refused', code: 'update/malformed', quarantineId: 'q' }),
    encodeServerMessage({ type: 'putBack', paths: [{ path: 'p', rule: 'r', proposalId: 'i' }] }),
  ]
  const frames = [frameTypes, syncTypes, authTypes]
  const tables = JSON.stringify([errors, limits, endpoints, documentKinds, roles, frames, messages])
  const hash = createHash('sha256').update(tables).digest('hex').slice(0, 16)
  // Changed on purpose? Devices of the previous version meet this server: raise `protocolVersion`, then this line.
  expect({ protocolVersion, hash }).toEqual({ protocolVersion: 2, hash: '61e053469471c100' })
})
