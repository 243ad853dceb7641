import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import {
  attachmentEndpoint,
  type AttachmentProgress,
  attachmentUploadEndpoint,
  type DocumentName,
  endpoints,
  limits,
  personHeader,
  type Problem,
  uploadOffsetHeader,
} from '@fulqrun/protocol'
import { addEntry, createDocument, removeEntry } from '@fulqrun/schema'
import type { WireChannel } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PersonId } from './testing/people.ts'
import { newOpportunityName, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** Photos and documents on activities: sent by HTTP, shown through records. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer({ env: { ATTACHMENTS_PER_PERSON_MB: '30' } })
})
afterEach(() => server[Symbol.asyncDispose]())

interface PickedFile {
  readonly bytes: Uint8Array
  readonly hash: string
  readonly name: string
  readonly type: string
}

const jpegHead = Buffer.from([0xff, 0xd8, 0xff, 0xe0])

function fileOf(bytes: Uint8Array, name = 'ward.jpg', type = 'image/jpeg'): PickedFile {
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex'), name, type }
}

function photo(size = 2000): PickedFile {
  return fileOf(Buffer.concat([jpegHead, randomBytes(size - jpegHead.length)]))
}

async function announce(
  id: PersonId,
  { hash, bytes, type }: PickedFile,
  document: string,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Response> {
  const person = await server.person(id)
  return person.api('POST', endpoints.attachments, {
    body: { hash, size: bytes.byteLength, type, document, ...extra },
  })
}

async function put(
  id: PersonId,
  hash: string,
  offset: number | string,
  bytes: Uint8Array | ReadableStream<Uint8Array>,
): Promise<Response> {
  const { bearer } = await server.person(id)
  return fetch(server.url + attachmentUploadEndpoint(hash), {
    method: 'PUT',
    headers: { authorization: `Bearer ${bearer}`, [uploadOffsetHeader]: String(offset) },
    body: bytes instanceof ReadableStream ? bytes : new Uint8Array(bytes),
    ...(bytes instanceof ReadableStream ? { duplex: 'half' as const } : {}),
  })
}

async function send(id: PersonId, file: PickedFile, document: DocumentName): Promise<AttachmentProgress> {
  const announced = await announce(id, file, document)
  if (!announced.ok) throw new Error(await announced.text())
  let progress = (await announced.json()) as AttachmentProgress
  while (!progress.complete) {
    const part = file.bytes.subarray(progress.received, progress.received + limits.maxAttachmentPartBytes)
    const answer = await put(id, file.hash, progress.received, part)
    if (!answer.ok) throw new Error(await answer.text())
    progress = (await answer.json()) as AttachmentProgress
  }
  return progress
}

async function attach(
  channel: WireChannel,
  { hash, bytes, name, type }: PickedFile,
  id = 'file-1',
): Promise<void> {
  const entry = { activityId: 'activity-1', name, type, size: bytes.byteLength, hash }
  addEntry(channel.doc, 'attachments', entry, { now: Date.now(), id })
  await channel.answered()
}

async function read(
  id: PersonId,
  hash: string,
  document: DocumentName,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return (await server.person(id)).api('GET', attachmentEndpoint(hash, document), { headers })
}

async function codeOf(response: Response | Promise<Response>): Promise<string> {
  const answer = await response
  return answer.ok ? 'ok' : ((await answer.json()) as Problem).code
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('a file', () => {
  test('[BLOB-11] is sent in parts, goes on after a restart, and a colleague reads the same bytes', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo(limits.maxAttachmentPartBytes + 5000)
    await announce('ana', file, channel.name)
    await put('ana', file.hash, 0, file.bytes.subarray(0, 1000))
    await server.restart()
    const ana = await server.person('ana')
    const head = await ana.api('HEAD', attachmentUploadEndpoint(file.hash))
    expect([head.headers.get(uploadOffsetHeader), head.headers.get('upload-length')]).toEqual([
      '1000',
      String(file.bytes.byteLength),
    ])
    expect(await send('ana', file, channel.name)).toMatchObject({ complete: true })
    const again = await (await server.connect('ana')).open(channel.name)
    await attach(again, file)
    const answer = await read('ben', file.hash, channel.name)
    expect(answer.status).toBe(200)
    const bytes = await bytesOf(answer)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.hash)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': `inline; filename="ward.jpg"; filename*=UTF-8''ward.jpg`,
      'content-length': String(file.bytes.byteLength),
      'content-security-policy': expect.stringContaining('sandbox') as string,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store, no-transform',
      etag: `"${file.hash}"`,
    })
  })

  test('[BLOB-14] what has come of a part when the server stops is kept, and its sender is told at once', async () => {
    const file = photo(300_000)
    expect((await announce('ana', file, newOpportunityName())).status).toBe(200)
    const { bearer } = await server.person('ana')
    const sent = 100_000
    const upload = request(server.url + attachmentUploadEndpoint(file.hash), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${bearer}`,
        [uploadOffsetHeader]: '0',
        'content-length': String(file.bytes.byteLength),
      },
    })
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>
    upload.write(file.bytes.subarray(0, sent))
    await expect.poll(() => server.metric('fulqrun_upload_bytes_total')).toBe(sent)
    const restarted = server.restart()
    const [answer] = await answered
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(await json(answer)).toMatchObject({ code: 'server/stopping' })
    upload.destroy()
    await restarted
    const progress = (await (await announce('ana', file, newOpportunityName())).json()) as AttachmentProgress
    expect(progress).toEqual({ size: file.bytes.byteLength, received: sent, complete: false })
    const rest = await put('ana', file.hash, sent, file.bytes.subarray(sent))
    expect(await rest.json()).toMatchObject({ complete: true })
    expect(server.errors()).toEqual([])
  })

  test('is counted: files started and finished, their bytes, and what was refused', async () => {
    const file = photo(3000)
    const document = newOpportunityName()
    await announce('ana', file, document)
    await send('ana', file, document)
    await put('ana', file.hash, 2000, file.bytes.subarray(2000))
    await announce('ana', { ...photo(), type: 'text/html' }, document)
    const uploads = (outcome: string) => server.metric(`fulqrun_uploads_total{outcome="${outcome}"}`)
    expect(await Promise.all(['started', 'finished', 'attachment/type'].map(uploads))).toEqual([1, 1, 1])
    expect(await server.metric('fulqrun_upload_bytes_total')).toBe(4000)
  })

  test('[BLOB-4] is shown whichever comes first, the entry or the bytes; not with only one of them', async () => {
    const channel = await server.newOpportunity('ana')
    const early = photo()
    await attach(channel, early, 'file-1')
    expect(await codeOf(read('ben', early.hash, channel.name))).toBe('attachment/not-found')
    await send('ana', early, channel.name)
    expect(await codeOf(read('ben', early.hash, channel.name))).toBe('ok')
    const late = photo()
    await send('ana', late, channel.name)
    expect(await codeOf(read('ben', late.hash, channel.name))).toBe('attachment/not-found')
    await attach(channel, late, 'file-2')
    expect(await codeOf(read('ben', late.hash, channel.name))).toBe('ok')
    removeEntry(channel.doc, 'attachments', 'file-2', { now: Date.now() })
    await channel.answered()
    expect(await codeOf(read('ben', late.hash, channel.name))).toBe('attachment/not-found')
    // The history may bring it back.
    await attach(channel, late, 'file-2')
    expect(await codeOf(read('ben', late.hash, channel.name))).toBe('ok')
  })

  test('[BLOB-4] may be sent for a record that has not come yet, and its sender may have it back', async () => {
    const name = newOpportunityName()
    const file = photo()
    await send('ana', file, name)
    expect(await codeOf(read('ana', file.hash, name))).toBe('ok')
    expect(await codeOf(read('ben', file.hash, name))).toBe('attachment/not-found')
  })

  test('[BLOB-10] is read in ranges, and not at all by whoever has it', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    await send('ana', file, channel.name)
    await attach(channel, file)
    const part = await read('ben', file.hash, channel.name, { range: 'bytes=100-199' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 100-199/2000')
    expect(await bytesOf(part)).toEqual(Buffer.from(file.bytes.subarray(100, 200)))
    const outside = await read('ben', file.hash, channel.name, { range: 'bytes=2000-' })
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */2000'])
    const known = await read('ben', file.hash, channel.name, { 'if-none-match': `"${file.hash}"` })
    expect([known.status, (await bytesOf(known)).length]).toEqual([304, 0])
    const changed = await read('ben', file.hash, channel.name, { range: 'bytes=0-1', 'if-range': '"other"' })
    expect(changed.status).toBe(200)
  })
})

describe('what is refused', () => {
  test('[BLOB-1] the wrong hash, the wrong size, too much, and games with offsets', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    expect(await codeOf(put('ana', file.hash, 0, file.bytes))).toBe('attachment/not-found')
    await announce('ana', file, channel.name)
    for (const offset of ['-1', '1.5', 'x', '', '1e3x', '9007199254740993'])
      expect(await codeOf(put('ana', file.hash, offset, file.bytes))).toMatch(
        /^(input\/invalid|attachment\/(too-large|offset))$/,
      )
    expect(await codeOf(put('ana', file.hash, 5, file.bytes.subarray(5)))).toBe('attachment/offset')
    expect(await codeOf(put('ana', file.hash, 0, Buffer.concat([file.bytes, file.bytes])))).toBe(
      'attachment/too-large',
    )
    expect(await codeOf(put('ana', file.hash, 0, new Uint8Array()))).toBe('input/invalid')
    const wrong = photo()
    expect(await codeOf(put('ana', file.hash, 0, wrong.bytes))).toBe('attachment/hash-mismatch')
    expect(await send('ana', file, channel.name)).toMatchObject({ complete: true })
    const claims = { size: file.bytes.byteLength - 1 }
    expect(await codeOf(announce('ana', file, channel.name, claims))).toBe('attachment/hash-mismatch')
  })

  test('[BLOB-12] more than 10 MB is refused before it is sent, and a part that is too long while it is', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    const large = { size: limits.maxAttachmentBytes + 1 }
    expect(await codeOf(announce('ana', file, channel.name, large))).toBe('attachment/too-large')
    await announce('ana', file, channel.name, { size: limits.maxAttachmentBytes })
    let produced = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        produced += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    // The server stops reading and closes, which a client may see as an answer or as a broken connection.
    const outcome = await put('ana', file.hash, 0, endless).then(
      async (answer) => codeOf(answer),
      () => 'cut',
    )
    expect(['input/too-large', 'cut']).toContain(outcome)
    expect(produced).toBeLessThan(16 * 1024 * 1024)
    const head = await (await server.person('ana')).api('HEAD', attachmentUploadEndpoint(file.hash))
    expect(head.headers.get(uploadOffsetHeader)).toBe('0')
  })

  test('[BLOB-6] more than there is room for', async () => {
    const channel = await server.newOpportunity('ana')
    const codes: string[] = []
    for (let count = 0; count < 4; count += 1)
      codes.push(await codeOf(announce('ana', photo(), channel.name, { size: limits.maxAttachmentBytes })))
    expect(codes).toEqual(['ok', 'ok', 'ok', 'attachment/quota'])
    expect(await codeOf(announce('ben', photo(), channel.name))).toBe('ok')
  })

  test('[BLOB-7] a path for a hash, a name that is none, a type that runs', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    const ana = await server.person('ana')
    for (const hash of ['../../fulqrun.sqlite', '..%2f..%2ffulqrun.sqlite', 'AB'.repeat(32), 'a', '%00']) {
      expect(await codeOf(announce('ana', { ...file, hash }, channel.name))).toBe('input/invalid')
      const path_ = `${endpoints.attachments}/${encodeURIComponent(hash)}`
      expect(await codeOf(ana.api('GET', `${path_}?document=${channel.name}`))).toBe('attachment/not-found')
      expect(await codeOf(ana.api('GET', `${path_}/upload`))).toBe('attachment/not-found')
    }
    for (const document of ['', 'meridian', 'rival/opportunity/0199', '../../x', newOpportunityName('rival')])
      expect(await codeOf(announce('ana', file, document))).toBe('document/name-invalid')
    for (const type of ['text/html', 'image/svg+xml', 'application/javascript', '', 'image/png\r\nx: y'])
      expect(await codeOf(announce('ana', { ...file, type }, channel.name))).toBe('attachment/type')
    expect(await readdir(path.join(server.dataDir, 'attachments'))).toEqual([])
  })

  test('[BLOB-13] one person is not taken for another, a reader sends nothing, nobody is nobody', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    const body = { hash: file.hash, size: file.bytes.byteLength, type: file.type, document: channel.name }
    const ben = await server.person('ben')
    expect(
      await codeOf(ben.api('POST', endpoints.attachments, { body, headers: { [personHeader]: 'ana' } })),
    ).toBe('auth/other-person')
    expect(await codeOf(announce('cora', file, channel.name))).toBe('access/role')
    expect((await fetch(server.url + attachmentEndpoint(file.hash, channel.name))).status).toBe(401)
  })
})

describe('what others may see', () => {
  test('[BLOB-2] another organization, another territory, and what is nowhere are answered alike', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    await send('ana', file, channel.name)
    await attach(channel, file)
    // Mia keeps a record in the South, which Ana and Ben do not see.
    const souths = await (await server.connect('mia')).open(newOpportunityName())
    createDocument(souths.doc, {
      kind: 'opportunity',
      territoryId: south,
      createdBy: 'mia',
      createdAt: Date.now(),
      fields: { name: 'South' },
    })
    await souths.answered()
    const secret = photo()
    await send('mia', secret, souths.name)
    await attach(souths, secret)
    const answers = [
      await read('ben', secret.hash, souths.name),
      await read('ben', secret.hash, channel.name),
      await read('ben', photo().hash, souths.name),
      await read('ben', photo().hash, newOpportunityName()),
      await read('eve', file.hash, channel.name),
      await read('eve', photo().hash, channel.name),
    ]
    const bodies = await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]))
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect(bodies[0]?.[0]).toBe(404)
    expect(await codeOf(read('mia', secret.hash, souths.name))).toBe('ok')
    // Whoever announces a file that is there already learns nothing from the answer.
    const announced = await Promise.all(
      [secret, photo()].map(async (one) => (await announce('ben', one, channel.name)).json()),
    )
    expect(announced[0]).toEqual(announced[1])
  })

  test('[BLOB-4] the files of a record that was removed are nobody’s to read but their sender’s', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    await send('ana', file, channel.name)
    await attach(channel, file)
    expect(await codeOf(read('ben', file.hash, channel.name))).toBe('ok')
    const adam = await server.person('adam')
    const body = { reason: 'Holds the names of patients' }
    expect((await adam.api('DELETE', `/api/documents/${channel.name}`, { body })).status).toBe(204)
    expect(await codeOf(read('ben', file.hash, channel.name))).toBe('attachment/not-found')
    expect(await codeOf(read('ana', file.hash, channel.name))).toBe('ok')
  })

  test('[BLOB-4] a hash in a record of one’s own shows nothing that was not sent for it', async () => {
    const channel = await server.newOpportunity('ana')
    const souths = await (await server.connect('mia')).open(newOpportunityName())
    createDocument(souths.doc, {
      kind: 'opportunity',
      territoryId: south,
      createdBy: 'mia',
      createdAt: Date.now(),
    })
    await souths.answered()
    const secret = photo()
    await send('mia', secret, souths.name)
    await attach(souths, secret)
    // Ana has got to know the hash, names it in her own record, and announces it.
    await attach(channel, secret)
    await announce('ana', secret, channel.name)
    expect(await codeOf(read('ana', secret.hash, channel.name))).toBe('attachment/not-found')
    expect(await codeOf(read('ben', secret.hash, channel.name))).toBe('attachment/not-found')
    expect(await codeOf(read('mia', secret.hash, channel.name))).toBe('ok')
  })

  test('[BLOB-8] a page that calls itself a picture is bytes to download, in a sandbox', async () => {
    const channel = await server.newOpportunity('ana')
    const page = fileOf(Buffer.from('<!doctype html><script>alert(document.cookie)</script>'), 'photo.jpg')
    await send('ana', page, channel.name)
    await attach(channel, page, 'file-1')
    const answer = await read('ben', page.hash, channel.name)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/)
    // A raw client writes any type into the record.
    const svg = fileOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'x.svg')
    await send('ana', svg, channel.name)
    await attach(channel, { ...svg, type: 'image/svg+xml' }, 'file-2')
    expect((await read('ben', svg.hash, channel.name)).headers.get('content-type')).toBe(
      'application/octet-stream',
    )
  })

  test('[BLOB-9] the name of a file does not reach beyond its header', async () => {
    const channel = await server.newOpportunity('ana')
    const file = photo()
    await send('ana', file, channel.name)
    await attach(channel, { ...file, name: 'a"\r\nset-cookie: x=y\r\n\r\n<h1>.jpg' })
    const answer = await read('ben', file.hash, channel.name)
    expect(answer.status).toBe(200)
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(answer.headers.get('content-disposition')).toMatch(
      /^inline; filename="a_set-cookie: x=y<h1>.jpg"; /,
    )
  })
})

test('[BLOB-3] a thousand announcements and uploads of one file at once make one file', async () => {
  const channel = await server.newOpportunity('ana')
  const file = photo()
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async (_, index) =>
      codeOf(announce(index % 2 === 0 ? 'ana' : 'ben', file, channel.name)),
    ),
  )
  expect(new Set(answers)).toEqual(new Set(['ok']))
  const sent = await Promise.all(
    Array.from({ length: 50 }, async (_, index) =>
      codeOf(put(index % 2 === 0 ? 'ana' : 'ben', file.hash, 0, file.bytes)),
    ),
  )
  expect(new Set(sent)).toEqual(new Set(['ok']))
  const [organization = ''] = await readdir(path.join(server.dataDir, 'attachments'))
  expect(await readdir(path.join(server.dataDir, 'attachments', organization))).toEqual([file.hash])
  expect(await readdir(path.join(server.dataDir, 'attachments-incoming'))).toEqual([])
  await attach(channel, file)
  expect(await bytesOf(await read('ben', file.hash, channel.name))).toEqual(Buffer.from(file.bytes))
  expect(server.errors()).toEqual([])
})
