import type { DocumentName } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import type { OutboxEntry } from './device-store.ts'
import { batchesOf } from './push-batches.ts'

const document = 'org-1/opportunity/0197f0a0-0000-7000-8000-000000000001' as DocumentName

function entry(id: string, at: number): OutboxEntry {
  return { id, document, at, update: new Uint8Array(10), paths: [] }
}

test('[CUP-16] what waits is sent in the order in which it was edited, whatever the tabs were called', () => {
  const beforeRestart = [entry('tab-z-000000001', 1), entry('tab-z-000000002', 2)]
  const afterRestart = [entry('tab-a-000000001', 3), entry('tab-a-000000002', 3)]
  // As the database gives them: by their keys.
  const { batches } = batchesOf([...afterRestart, ...beforeRestart], { updates: 3, bytes: 10_000 })
  expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([
    ['tab-z-000000001', 'tab-z-000000002', 'tab-a-000000001'],
    ['tab-a-000000002'],
  ])
})
