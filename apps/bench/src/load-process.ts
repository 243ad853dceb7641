import { type LoadJob, runLoad } from './load-run.ts'

/** The load generator as a process of its own: takes one job from the parent, answers with its result, and ends. */

process.on('disconnect', () => process.exit(1))
process.once('message', (job: LoadJob) => {
  runLoad(job).then(
    (result) => process.send?.({ result }, () => process.exit(0)),
    (error: unknown) => process.send?.({ error: describeError(error) }, () => process.exit(1)),
  )
})

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
