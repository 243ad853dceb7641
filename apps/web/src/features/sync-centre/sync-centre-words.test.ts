import type { DocumentName } from '@fulqrun/protocol'
import type { WaitingItem } from '@fulqrun/sync'
import { expect, test } from 'vitest'
import { fileProblemWords, fileSizeWords, fileStates, waitingWords } from './sync-centre-words.ts'

const item: WaitingItem = {
  name: 'm/opportunity/1' as DocumentName,
  title: 'Cardavel',
  kind: 'opportunity',
  changes: 2,
  paths: ['fields.nextStep'],
  since: 0,
  state: 'waiting',
}

test('what waits is counted, changes and files each in their words', () => {
  expect(waitingWords([], [])).toBeUndefined()
  expect(waitingWords([item], [])).toBe('2 changes')
  expect(waitingWords([], ['ward.jpg'])).toBe('1 file')
  expect(waitingWords([item, { ...item, changes: 1 }], ['ward.jpg', 'report.pdf'])).toBe('3 changes, 2 files')
})

test('a file says how large it is, how far it is, and what is in its way', () => {
  expect(fileSizeWords({ sent: 0, size: 3 * 1024 * 1024 })).toBe('3.0 MB')
  expect(fileSizeWords({ sent: 512 * 1024, size: 3 * 1024 * 1024 })).toBe('512 KB of 3.0 MB sent')
  expect(fileProblemWords({ state: 'waiting', problem: 'api/unreachable' })).toBeUndefined()
  expect(fileProblemWords({ state: 'failed', problem: 'attachment/too-large' })).toBe(
    'Not sent: it is over 10 MB.',
  )
  expect(fileStates.failed).toEqual({ text: 'Not sent', tone: 'conflict' })
})
