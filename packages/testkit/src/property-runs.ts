/**
 * Which random cases the property tests of this repository look at (docs/decisions/0008). Without a word the same ones
 * every time, so that a landing does not fail by chance of a number; a search for new ones is a command of its own:
 *
 * - `FC_SEED=random`: a new seed, which is printed
 * - `FC_SEED=<number>`: that seed, with `FC_PATH=<path>` only the case that a failed run has printed
 * - `FC_RUNS=<number>`: so many cases per property, where the property says so with {@link runsOf}
 */

/** Every property test begins here unless told otherwise. */
const landingSeed = 20_261_122

type Environment = Readonly<Record<string, string | undefined>>

/** Gives `FC_SEED=random` its number, once for all workers of a run; answers what is to be printed about it. */
export function chooseSeed(environment: Record<string, string | undefined>): string | undefined {
  if (environment['FC_SEED'] !== 'random') return undefined
  environment['FC_SEED'] = String(Math.floor(Math.random() * 2 ** 31))
  return `Property tests: FC_SEED=${environment['FC_SEED']}`
}

/** The seed of this run. */
export function seedOfRun(environment: Environment = process.env): number {
  const text = environment['FC_SEED']
  if (text === undefined || text === '') return landingSeed
  const seed = Number(text)
  if (!Number.isInteger(seed)) throw new RangeError(`FC_SEED is a whole number or "random", not "${text}"`)
  return seed
}

/** How many cases a property looks at: as many as it says, or FC_RUNS. */
export function runsOf(
  standard: number,
  environment: Environment = process.env,
): { readonly numRuns: number } {
  const text = environment['FC_RUNS']
  if (text === undefined || text === '') return { numRuns: standard }
  const numRuns = Number(text)
  if (!(Number.isInteger(numRuns) && numRuns > 0))
    throw new RangeError(`FC_RUNS is a whole number above 0, not "${text}"`)
  return { numRuns }
}

/** What fast-check takes for every property that does not say otherwise. */
export function parametersOfRun(environment: Environment = process.env): {
  readonly seed: number
  readonly path?: string
} {
  const path = environment['FC_PATH']
  return { seed: seedOfRun(environment), ...(path === undefined || path === '' ? {} : { path }) }
}
