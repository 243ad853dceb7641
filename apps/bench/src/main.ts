import { Bench, type Measurement } from './bench.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { computeRatios, formatReport, readMachineFacts } from './report.ts'

/** `npm run bench`: see the README of this folder. */

function main(args: readonly string[]): Promise<void> | void {
  try {
    const options = parseOptions(args)
    return options.help ? console.log(usage) : runBench(options)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 2
  }
}

async function runBench(options: Options): Promise<void> {
  const facts = readMachineFacts()
  const measurements: Measurement[] = []
  const bench = new Bench(options, (measurement) => {
    measurements.push(measurement)
    if (options.json) printJson(measurement)
    else console.error(describeProgress(measurement))
  })
  const release = abortOnSignals(bench, options)
  if (options.json) printJson(facts)
  try {
    await bench.run()
    if (options.json) for (const ratio of computeRatios(measurements)) printJson(ratio)
    else console.log(`\n${formatReport(facts, options.cases, measurements)}`)
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  } finally {
    release()
    bench.close()
  }
}

/** Ends the run at once when asked to or when it takes too long, leaving no process and no directory behind. */
function abortOnSignals(bench: Bench, { maxMinutes }: Options): () => void {
  const abort = (reason: string, exitCode: number): void => {
    console.error(reason)
    bench.close()
    process.exit(exitCode)
  }
  process.once('SIGINT', () => abort('Interrupted.', 130))
  process.once('SIGTERM', () => abort('Terminated.', 143))
  const tooLong = `Not finished within ${maxMinutes} minutes (--minutes).`
  const deadline = setTimeout(() => abort(tooLong, 1), maxMinutes * 60_000)
  return () => clearTimeout(deadline)
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value))
}

function describeProgress(measurement: Measurement): string {
  const { type, server } = measurement
  if (type === 'load') {
    const { case: id, round, updatesPerSecond } = measurement
    return `${server} ${id} round ${round}: ${Math.round(updatesPerSecond)} updates/s`
  }
  if (type === 'kill')
    return `${server} killed: ${measurement.lost} of ${measurement.confirmed} confirmed edits lost`
  return `${server} memory of ${measurement.documents} documents`
}

await main(process.argv.slice(2))
