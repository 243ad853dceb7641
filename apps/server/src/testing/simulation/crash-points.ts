import type { Doom, Schedule, Step } from './steps.ts'

/**
 * All that makes a tab write, in parts: it starts, makes records, edits what is open, puts databases away, works without
 * a network, gives up, has edits refused, and is told that its drafts were read.
 */
const parts: readonly (readonly Step[])[] = [
  [
    { type: 'openTab', tab: 0 },
    { type: 'time', ms: 1500 },
  ],
  // It is record 5.
  [
    { type: 'create', tab: 0 },
    { type: 'time', ms: 500 },
  ],
  [
    { type: 'open', tab: 0, document: 3 },
    { type: 'time', ms: 500 },
  ],
  [
    { type: 'edit', tab: 0, document: 3, what: 'notes' },
    { type: 'time', ms: 500 },
  ],
  // A colleague edits what is closed here.
  [
    { type: 'open', tab: 4, document: 4 },
    { type: 'time', ms: 500 },
    { type: 'edit', tab: 4, document: 4, what: 'field' },
    { type: 'time', ms: 1500 },
  ],
  [
    { type: 'release', tab: 0, document: 3 },
    { type: 'time', ms: 12_000 },
  ],
  [
    { type: 'network', device: 0, isOnline: false, isNoticed: true },
    { type: 'edit', tab: 0, document: 0, what: 'date' },
    { type: 'edit', tab: 0, document: 1, what: 'notes' },
    { type: 'create', tab: 0 },
    { type: 'time', ms: 500 },
  ],
  [
    { type: 'discard', tab: 0, document: 1 },
    { type: 'discard', tab: 0, document: 6 },
    { type: 'time', ms: 500 },
  ],
  [
    { type: 'create', tab: 0 },
    { type: 'access', person: 'ana', canWrite: false },
    { type: 'network', device: 0, isOnline: true, isNoticed: true },
    { type: 'time', ms: 3000 },
  ],
  [
    { type: 'dismiss', tab: 0 },
    { type: 'time', ms: 100 },
    { type: 'dismiss', tab: 0 },
    { type: 'time', ms: 500 },
  ],
]

/** Its tab is the only one of its device. */
const alone: readonly Step[] = [
  { type: 'closeTab', tab: 0 },
  { type: 'time', ms: 200 },
]

export const partCount: number = parts.length

/** Begins the count of what a tab writes, and lets it live. */
export const never: Doom = { nth: Number.MAX_SAFE_INTEGER, when: 'after' }

/** All of it up to the end of a part, in which the tab may die. */
export function crashIn(part: number, doom: Doom): Schedule {
  const [first, ...rest] = parts[part] ?? []
  // A tab that is not there yet begins with it.
  const last: (Step | undefined)[] =
    first?.type === 'openTab' ? [{ ...first, doom }] : [{ type: 'doomTab', tab: 0, doom }, first]
  const steps = [...alone, ...parts.slice(0, part).flat(), ...last.flatMap((step) => step ?? []), ...rest]
  // What it began to write at the very end of the part is over after that.
  if (doom !== never) steps.push({ type: 'time', ms: 200 })
  return { seed: 1, room: 'usual', steps }
}
