import { useMe } from '../../data/workspace.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { AlertTriangleIcon, CloudOffIcon, LockIcon } from '../../ui/icons.ts'
import { Page } from '../../ui/Page.tsx'
import { CheckedRows } from './CheckedRows.tsx'
import { ChooseFile } from './ChooseFile.tsx'
import { ImportResult, ImportUnderWay } from './ImportRun.tsx'
import { MapColumns } from './MapColumns.tsx'
import { ReadingQuestions } from './ReadingQuestions.tsx'
import { type ImportScreen, type OpenImport, useImport } from './use-import.ts'

/** Files of records: chosen and read here, checked and written by the server. Admins, and managers for contacts. */
export function ImportPage() {
  const { role, organization } = useMe()
  if (role === 'admin' || role === 'manager') return <Import />
  return (
    <Page title="Import">
      <EmptyState icon={<LockIcon aria-hidden />} title="Only administrators and managers import">
        Ask an administrator of {organization.name} to import your file. You can add single records yourself,
        also without a connection.
      </EmptyState>
    </Page>
  )
}

function Import() {
  const screen = useImport()
  const { open, isOnline, problem } = screen
  return (
    <Page
      title="Import"
      meta={open !== undefined && <FileWords {...open} />}
      actions={open !== undefined && <AnotherFile screen={screen} open={open} />}
    >
      <div className="flex flex-col gap-4">
        {!isOnline && (
          <Banner tone="attention" icon={<CloudOffIcon aria-hidden />}>
            Importing needs a connection.{' '}
            {open === undefined
              ? 'You can choose a file and its columns meanwhile.'
              : 'Your file and its columns stay on this device.'}
          </Banner>
        )}
        {problem !== undefined && (
          <div role="alert">
            <Banner tone="conflict" icon={<AlertTriangleIcon aria-hidden />}>
              {problem}
            </Banner>
          </div>
        )}
        {open === undefined ? <ChooseFile onChoose={screen.choose} /> : <Steps screen={screen} open={open} />}
      </div>
    </Page>
  )
}

interface StepProps {
  readonly screen: ImportScreen
  readonly open: OpenImport
}

function Steps({ screen, open }: StepProps) {
  const { progress, job } = open
  if (progress !== undefined)
    return progress.done < job.lines.length ? (
      <ImportUnderWay screen={screen} open={open} progress={progress} />
    ) : (
      <ImportResult screen={screen} open={open} progress={progress} />
    )
  return (
    <>
      <MapColumns open={open} onChange={screen.change} />
      <ReadingQuestions open={open} onChange={screen.change} />
      <CheckedRows screen={screen} open={open} />
    </>
  )
}

function FileWords({ job }: OpenImport) {
  const { fileName, lines, encoding } = job
  return (
    <p className="num min-w-0 text-sm text-ink-2">
      <span className="font-medium break-all text-ink">{fileName}</span>,{' '}
      {lines.length.toLocaleString('en-US')} {lines.length === 1 ? 'row' : 'rows'}
      {encoding !== 'UTF-8' && `, read as ${encoding}`}
    </p>
  )
}

function AnotherFile({ screen, open }: StepProps) {
  const { progress, job } = open
  const isUnderWay = progress !== undefined && progress.done < job.lines.length
  // The result has a button of its own.
  if (progress !== undefined && !isUnderWay) return null
  return (
    <Button
      isDisabled={screen.activity === 'importing'}
      onPress={() => {
        screen.discard()
      }}
    >
      {isUnderWay ? 'Stop here, import no more' : 'Choose another file'}
    </Button>
  )
}
