import type { UploadStatus } from '@fulqrun/sync'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Meter } from '../../ui/Meter.tsx'
import { RecordLink } from './RecordLink.tsx'
import { fileSizeWords, fileProblemWords, fileStates } from './sync-centre-words.ts'

/** A photo or document that the server has not got: how much of it is there, of which record it is. */
export function WaitingFile({ file, now }: { readonly file: UploadStatus; readonly now: number }) {
  const workspace = useWorkspace()
  const entries = useStore(workspace.catalogue)
  const title = entries.find(({ name }) => name === file.document)?.title ?? ''
  const state = fileStates[file.state]
  const problem = fileProblemWords(file)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 text-base">
          <span className="min-w-0 font-medium wrap-anywhere">{file.name}</span>
          <Badge tone={state.tone}>{state.text}</Badge>
        </p>
        <p className="num text-sm text-ink-2">
          {fileSizeWords(file)}, since {formatMoment(file.since, now)}, a file of{' '}
          <RecordLink name={file.document} title={title} />
        </p>
        {problem !== undefined && <p className="text-sm text-ink-2">{problem}</p>}
      </div>
      {file.state === 'sending' ? (
        <Meter
          className="w-24"
          showValue={false}
          tone="accent"
          value={file.sent}
          max={file.size}
          label={`How much of ${file.name} is sent`}
        />
      ) : (
        <Button
          size="sm"
          aria-label={`Send ${file.name} now`}
          onPress={() => {
            // Never rejects where a file waits: what sends it is running already.
            void workspace.attachments().then((files) => {
              files.retry()
            })
          }}
        >
          Send now
        </Button>
      )}
    </li>
  )
}
