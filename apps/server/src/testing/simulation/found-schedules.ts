import type { Schedule } from './steps.ts'

const typedOnWhatWasGivenUp: Schedule['steps'] = [
  { type: 'crashServer', isKept: true },
  { type: 'openTab', tab: 1 },
  { type: 'time', ms: 500 },
  { type: 'edit', tab: 1, document: 0, what: 'proposal' },
  { type: 'time', ms: 500 },
  { type: 'discard', tab: 0, document: 0 },
  { type: 'edit', tab: 1, document: 0, what: 'proposal' },
]

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
  // Sent by the service worker after the right to write has gone: fails when it takes off what was not accepted.
  [
    {
      seed: 3,
      room: 'usual',
      steps: [
        { type: 'network', device: 0, isOnline: false, isNoticed: true },
        { type: 'open', tab: 0, document: 3 },
        { type: 'time', ms: 500 },
        { type: 'edit', tab: 0, document: 3, what: 'notes' },
        { type: 'edit', tab: 0, document: 0, what: 'notes' },
        { type: 'time', ms: 300 },
        { type: 'closeTab', tab: 0 },
        { type: 'time', ms: 100 },
        { type: 'access', person: 'ana', canWrite: false },
        { type: 'network', device: 0, isOnline: true, isNoticed: true },
        { type: 'drain', device: 0, doom: undefined },
        { type: 'time', ms: 3000 },
      ],
    },
  ],
  // A crash while a record is folded: fails when its database is erased before its snapshot is stored.
  [
    {
      seed: 1,
      room: 'usual',
      steps: [
        { type: 'create', tab: 0 },
        { type: 'time', ms: 10_200 },
        { type: 'doomTab', tab: 0, doom: { nth: 2, when: 'after' } },
        { type: 'time', ms: 3000 },
      ],
    },
  ],
  // Seed 13, run 69: a tab that died as it made a record left a line in the list for a record that was nowhere.
  [
    {
      seed: 1,
      room: 'usual',
      steps: [
        { type: 'doomTab', tab: 0, doom: { nth: 1, when: 'after' } },
        { type: 'create', tab: 0 },
        { type: 'time', ms: 1000 },
      ],
    },
  ],
  // Seed 1361546456, run 279: what was typed after another tab had given up what it builds on went without a draft.
  [
    {
      seed: 1,
      room: 'usual',
      steps: typedOnWhatWasGivenUp,
    },
  ],
  // The same, and that tab dies: what it had called saved was on the disk without what it builds on.
  [
    {
      seed: 1,
      room: 'usual',
      steps: [...typedOnWhatWasGivenUp, { type: 'crashTab', tab: 1 }],
    },
  ],
]
