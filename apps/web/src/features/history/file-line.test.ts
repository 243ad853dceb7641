import { expect, test } from 'vitest'
import { kindOf } from './bursts.ts'
import { fileLine } from './file-line.ts'

test('[SCH-40] the history says which file was attached and removed', () => {
  const path = 'attachments.file-1'
  const entry = { name: 'ward.jpg' }
  expect(fileLine({ path, action: 'set' }, 'ward.jpg')).toBe('Attached ward.jpg')
  expect(fileLine({ path, action: 'delete', before: entry }, 'ward.jpg')).toBe('Removed ward.jpg')
  expect(fileLine({ path: 'activities.a', action: 'set' }, 'Call')).toBeUndefined()
  expect(
    fileLine({ path: `${path}.name`, action: 'put-back', before: 'ward.jpg' }, 'ward.jpg'),
  ).toBeUndefined()
  expect(kindOf({ path, action: 'set' })).toBe('activities')
})
