import { type DocumentName, limits } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { countWords, missingWords, sizeWords, uploadWords } from './attachment-words.ts'
import { filesOf } from './ActivityFiles.tsx'
import { prepareFile } from './prepare-file.ts'
import { fitWithin } from './shrink-image.ts'

const document = 'm/opportunity/1' as DocumentName
const upload = { id: 'file-1', document, name: 'ward.jpg', size: 1000, since: 0 } as const

test('a file says where it is and what is in the way', () => {
  expect(uploadWords({ ...upload, sent: 0, state: 'waiting' }).text).toBe(
    'On this device, waiting to be sent',
  )
  expect(uploadWords({ ...upload, sent: 404, state: 'sending' }).text).toBe('Sending, 40 %')
  expect(uploadWords({ ...upload, sent: 0, state: 'failed', problem: 'attachment/quota' })).toMatchObject({
    tone: 'conflict',
    text: expect.stringMatching(/^Not sent: there is no room/) as string,
  })
  expect(missingWords('attachment/not-found', 'Ana Okafor').text).toBe('Waiting for Ana Okafor\u2019s device')
  expect(missingWords('api/unreachable', 'Ana').text).toMatch(/^Not on this device/)
  expect([sizeWords(12), sizeWords(2048), sizeWords(1.5 * 1024 * 1024)]).toEqual([
    '12 bytes',
    '2 KB',
    '1.5 MB',
  ])
  expect([countWords(1), countWords(3)]).toEqual(['1 file', '3 files'])
})

test('a picture keeps its proportions within 2,560 pixels and is never enlarged', () => {
  expect(fitWithin(4000, 3000)).toEqual({ width: 2560, height: 1920 })
  expect(fitWithin(3000, 6000)).toEqual({ width: 1280, height: 2560 })
  expect(fitWithin(800, 600)).toEqual({ width: 800, height: 600 })
  expect(fitWithin(100_000, 3)).toEqual({ width: 2560, height: 1 })
})

const asPicked = (file: Blob) => Promise.resolve({ blob: file, isRedrawn: false })

test('what is not taken is told by its name, before anything is stored', async () => {
  const refusalOf = async (file: File) => {
    const prepared = await prepareFile(file, asPicked)
    return 'refusal' in prepared ? prepared.refusal : undefined
  }
  expect(await refusalOf(new File(['<svg/>'], 'logo.svg', { type: 'image/svg+xml' }))).toMatch(/^logo\.svg: /)
  expect(await refusalOf(new File([], 'empty.pdf', { type: 'application/pdf' }))).toBe('empty.pdf is empty')
  const large = new File([new Uint8Array(limits.maxAttachmentBytes + 1)], 'film.pdf', {
    type: 'application/pdf',
  })
  expect(await refusalOf(large)).toBe('film.pdf is over 10 MB')
  expect(await refusalOf(new File(['x'], 'a.txt', { type: 'text/plain' }))).toBeUndefined()
})

test('a photo that was drawn again is called what it is, and a long name keeps its end', async () => {
  const redrawn = () =>
    Promise.resolve({
      blob: new Blob(['jpeg'], { type: 'image/jpeg' }),
      width: 2560,
      height: 1920,
      isRedrawn: true,
    })
  const heic = await prepareFile(new File(['heic'], 'IMG_1.heic', { type: 'image/heic' }), redrawn)
  expect(heic).toMatchObject({ file: { name: 'IMG_1.jpg', type: 'image/jpeg', width: 2560, height: 1920 } })
  const long = await prepareFile(
    new File(['x'], `${'a'.repeat(300)}.pdf`, { type: 'application/pdf' }),
    asPicked,
  )
  if ('refusal' in long) throw new Error(long.refusal)
  expect(long.file.name).toHaveLength(200)
  expect(long.file.name).toMatch(/a\.pdf$/)
})

test('a photo that this browser cannot read is attached, and said to keep where it was taken', async () => {
  const unread = (file: Blob) => Promise.resolve({ blob: file, isRedrawn: false, keepsMetadata: true })
  const heic = await prepareFile(new File(['heic'], 'IMG_1.heic', { type: 'image/heic' }), unread)
  expect(heic).toMatchObject({ file: { name: 'IMG_1.heic', type: 'image/heic' } })
  expect('note' in heic ? heic.note : '').toMatch(/where it was taken, stays in it, and colleagues .* JPEG/)
  const photo = await prepareFile(new File(['x'], 'a.jpg', { type: 'image/jpeg' }), asPicked)
  expect('note' in photo).toBe(false)
})

test('an activity shows its own files, and none that says nothing of its bytes', () => {
  const file = { id: '1', activityId: 'a', name: 'x', type: 'image/png', hash: 'ab'.repeat(32) }
  const rest = { size: 1, width: undefined, height: undefined, addedBy: undefined, addedAt: undefined }
  const files = [
    { ...file, ...rest },
    { ...file, ...rest, id: '2', activityId: 'b' },
    { ...file, ...rest, id: '3', hash: undefined },
  ]
  expect(filesOf(files, 'a').map(({ id }) => id)).toEqual(['1'])
})
