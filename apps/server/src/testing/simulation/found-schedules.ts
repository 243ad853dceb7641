import type { Schedule } from './steps.ts'

/** Schedules that have found something, cut down to what it takes; they are played before any random one. */
export const foundSchedules: readonly (readonly [Schedule])[] = [
  // Seed 11, run 6: a tab called a record "not on this device" that another tab had created and held open.
  [
    {
      seed: 1,
      room: 'usual',
      steps: [
        { type: 'openTab', tab: 5 },
        { type: 'create', tab: 4 },
      ],
    },
  ],
  // Seed 11, run 22: nobody put away the database of a record that only a tab that died had open.
  [
    {
      seed: 2,
      room: 'usual',
      steps: [
        { type: 'openTab', tab: 3 },
        { type: 'edit', tab: 2, document: 3, what: 'proposal' },
        { type: 'time', ms: 2000 },
        { type: 'crashTab', tab: 2 },
      ],
    },
  ],
]
