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
]
