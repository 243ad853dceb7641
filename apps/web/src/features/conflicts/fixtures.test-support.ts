import type { Conflict } from '@fulqrun/schema'

export const ana = 'user-ana'
export const ben = 'user-ben'
export const mia = 'user-mia'

const names: Readonly<Record<string, string>> = {
  [ana]: 'Ana Castillo',
  [ben]: 'Ben Okafor',
  [mia]: 'Mia Lindqvist',
}

export const nameOf = (id: string): string => names[id] ?? 'Someone'

const minute = 60_000

/** Ana and Ben gave a deal two close dates; the one that the server had first stands. */
export const openConflict: Conflict = {
  id: 'c-1',
  path: 'fields.closeDate',
  status: 'open',
  rule: 'RES-3',
  policyVersion: 1,
  openedAt: 30 * minute,
  base: '2026-10-31',
  candidates: [
    { id: '1', value: '2026-11-30', author: ana, editedAt: 10 * minute, receivedAt: 10 * minute },
    { id: '2', value: '2026-12-15', author: ben, editedAt: 5 * minute, receivedAt: 30 * minute },
  ],
  stands: '1',
}

/** Ben's later number replaced Ana's. */
export const replacedConflict: Conflict = {
  ...openConflict,
  id: 'c-2',
  path: 'fields.phone',
  status: 'resolved',
  rule: 'RES-2',
  base: '555-0100',
  candidates: [
    { id: '1', value: '555-0101', author: ana, editedAt: 10 * minute, receivedAt: 10 * minute },
    { id: '2', value: '555-0199', author: ben, editedAt: 20 * minute, receivedAt: 30 * minute },
  ],
  stands: '2',
}

/** Ben removed a call that Ana moved. */
export const removedConflict: Conflict = {
  ...openConflict,
  id: 'c-3',
  path: 'activities.a1',
  rule: 'RES-8',
  base: { type: 'call', subject: 'Call Dr. Weiss', dueDate: '2026-11-20' },
  candidates: [
    {
      id: '1',
      value: { type: 'call', subject: 'Call Dr. Weiss', dueDate: '2026-11-27' },
      author: ana,
      editedAt: 10 * minute,
      receivedAt: 10 * minute,
    },
    { id: '2', author: ben, editedAt: 20 * minute, receivedAt: 30 * minute },
  ],
  stands: '1',
}
