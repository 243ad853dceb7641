import { Link } from '@tanstack/react-router'
import { Banner } from '../../ui/Banner.tsx'
import { Button, buttonClass } from '../../ui/Button.tsx'
import { CircleCheckIcon, DownloadIcon, HourglassIcon, RefreshCwIcon } from '../../ui/icons.ts'
import { Meter } from '../../ui/Meter.tsx'
import { Section } from '../../ui/Section.tsx'
import { downloadText } from '../opportunity/download-text.ts'
import type { ImportProgress } from './import-job.ts'
import { leftRowsFile } from './left-rows.ts'
import type { ImportScreen, OpenImport } from './use-import.ts'

interface Props {
  readonly screen: ImportScreen
  readonly open: OpenImport
  readonly progress: ImportProgress
}

const count = (value: number) => value.toLocaleString('en-US')

/** Rows go to the server in portions; what is done is kept on this device, and a cut costs nothing. */
export function ImportUnderWay({ screen, open, progress }: Props) {
  const { activity, isOnline } = screen
  const total = open.job.lines.length
  const isRunning = activity === 'importing'
  return (
    <Section title="Importing" meta={`${count(progress.done)} of ${count(total)} rows`}>
      <div className="flex flex-col gap-3">
        <Meter label="Rows imported" value={progress.done} max={total} tone="accent" showValue={false} />
        <p role="status" className="text-base text-ink-2">
          {isRunning &&
            'Keep this page open. If it is closed or the connection is lost, the import goes on from here.'}
          {activity === 'cut' &&
            (isOnline
              ? 'The server did not answer; trying again.'
              : 'The connection is lost. The import goes on by itself when it is back.')}
          {activity === 'none' && `Stopped after ${count(progress.done)} rows. What has been imported stays.`}
        </p>
        <div className="flex flex-wrap gap-2">
          {activity === 'none' ? (
            <Button
              variant="primary"
              icon={<RefreshCwIcon aria-hidden className="size-4" />}
              isDisabled={!isOnline}
              onPress={() => {
                screen.run()
              }}
            >
              Go on with {count(total - progress.done)} rows
            </Button>
          ) : (
            <Button
              onPress={() => {
                screen.pause()
              }}
            >
              Pause
            </Button>
          )}
        </div>
      </div>
    </Section>
  )
}

export function ImportResult({ screen, open, progress }: Props) {
  const { job } = open
  const { counts, left, proposed } = progress
  const facts = [
    { label: 'New records', value: counts.create },
    { label: 'Updated records', value: counts.change },
    { label: 'Nothing new', value: counts.same },
    { label: 'Left as they were', value: counts.duplicate },
    { label: 'Not possible', value: counts.refused },
  ].filter(({ value }) => value > 0)
  return (
    <Section title="Done">
      <div className="flex flex-col gap-4">
        <Banner tone="good" icon={<CircleCheckIcon aria-hidden />}>
          {count(counts.create + counts.change)} of {count(job.lines.length)} rows were written, and the
          server has them on disk.
        </Banner>
        <dl className="flex flex-wrap gap-x-8 gap-y-3">
          {facts.map(({ label, value }) => (
            <div key={label}>
              <dt className="text-sm text-ink-2">{label}</dt>
              <dd className="num text-xl font-semibold">{count(value)}</dd>
            </div>
          ))}
        </dl>
        {proposed > 0 && (
          <p className="flex items-start gap-1.5 text-base text-ink-2">
            <HourglassIcon aria-hidden className="mt-0.5 size-4 shrink-0" />
            {proposed === 1 ? '1 value waits' : `${count(proposed)} values wait`} as proposals until somebody
            approves {proposed === 1 ? 'it' : 'them'}.
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          {left.length > 0 && (
            <Button
              variant="primary"
              icon={<DownloadIcon aria-hidden className="size-4" />}
              onPress={() => {
                downloadText(
                  `Not imported - ${job.fileName.replace(/\.\w+$/, '')}.csv`,
                  leftRowsFile(job, left),
                )
              }}
            >
              {left.length === 1
                ? 'Download the row that was left'
                : `Download the ${count(left.length)} rows that were left`}
            </Button>
          )}
          <Link to={job.kind === 'contact' ? '/contacts' : '/pipeline'} className={buttonClass()}>
            {job.kind === 'contact' ? 'Show the contacts' : 'Show the pipeline'}
          </Link>
          <Button
            onPress={() => {
              screen.discard()
            }}
          >
            Import another file
          </Button>
        </div>
      </div>
    </Section>
  )
}
