import { parseArgs } from 'node:util'
import { type LoadCase, loadCases, scaleCase } from './cases.ts'
import { type SubjectId, subjectIds } from './subject.ts'

export const parts = ['load', 'memory', 'kill'] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly help: boolean
  readonly json: boolean
  readonly rounds: number
  readonly killRounds: number
  readonly killAfter: number
  readonly memoryDocuments: number
  readonly servers: readonly SubjectId[]
  readonly cases: readonly LoadCase[]
  readonly parts: readonly Part[]
  readonly warmUp: number
  readonly profileDir?: string | undefined
  readonly maxMinutes: number
}

export const usage = `npm run bench -- [options]

  --quick            short run: 2 rounds of a quarter of the edits
  --rounds <n>       interleaved rounds of every load case (default 5)
  --kill-rounds <n>  rounds of killing each server (default 3)
  --updates <n>      edits of every load run, instead of each case's own number
  --servers <list>   of ${subjectIds.join(',')}
  --cases <list>     of ${loadCases.map((load) => load.id).join(',')}
  --parts <list>     of ${parts.join(',')}
  --profile <dir>    write a CPU profile of every measured server (use with one server and one case)
  --minutes <n>      stop with an error after this long (default 20)
  --json             one JSON object per line instead of tables
  --help             this text`

/** Parses the command line; throws a RangeError or TypeError with a message for the person. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      'kill-rounds': { type: 'string' },
      updates: { type: 'string' },
      servers: { type: 'string' },
      cases: { type: 'string' },
      parts: { type: 'string' },
      profile: { type: 'string' },
      minutes: { type: 'string' },
    },
  })
  const caseIds = loadCases.map((load) => load.id)
  const chosen = pickNames('cases', values.cases, caseIds)
  const updates = values.updates === undefined ? undefined : parseCount('updates', values.updates)
  return {
    help: values.help,
    json: values.json,
    rounds: parseCount('rounds', values.rounds ?? (values.quick ? '2' : '5')),
    killRounds: parseCount('kill-rounds', values['kill-rounds'] ?? (values.quick ? '1' : '3')),
    killAfter: 250,
    memoryDocuments: values.quick ? 100 : 200,
    servers: pickNames('servers', values.servers, subjectIds),
    cases: loadCases
      .filter((load) => chosen.includes(load.id))
      .map((load) =>
        scaleCase(load, updates === undefined ? (values.quick ? 0.25 : 1) : updates / load.edits),
      ),
    parts: pickNames('parts', values.parts, parts),
    warmUp: values.quick ? 1 : 0.25,
    profileDir: values.profile,
    maxMinutes: parseCount('minutes', values.minutes ?? '20'),
  }
}

function parseCount(option: string, text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`--${option} takes a whole number from 1, not ${text}`)
  return count
}

function pickNames<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (text === undefined) return known
  const wanted = text.split(',')
  const unknown = wanted.find((name) => !(known as readonly string[]).includes(name))
  if (unknown !== undefined) throw new RangeError(`--${option} knows ${known.join(', ')}, not ${unknown}`)
  return known.filter((name) => wanted.includes(name))
}
