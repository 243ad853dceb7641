import type { DocumentKind } from '@fulqrun/protocol'
import { parseDocumentName } from '@fulqrun/protocol'
import type { RefusedEdit } from '@fulqrun/sync'
import { useNow } from '../history/use-now.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { Button } from '../../ui/Button.tsx'
import { say } from '../../ui/Toaster.tsx'
import { useValueWords } from '../conflicts/use-value-words.ts'
import { pathLabel } from '../history/value-words.ts'
import { downloadText } from './download-text.ts'
import { draftText, refusalWords } from './refusal-words.ts'

export interface RefusedDraftProps {
  readonly edit: RefusedEdit
  readonly onDiscarded?: (() => void) | undefined
}

function useDraftLines({ document, values }: RefusedEdit) {
  const kind: DocumentKind = parseDocumentName(document)?.kind ?? 'opportunity'
  const words = useValueWords(kind, undefined)
  return values.map(({ path, draft, server }) => ({
    path,
    label: pathLabel(kind, path),
    draft: words(path, draft),
    server: words(path, server),
  }))
}

/** An edit that was not accepted: why, what was written, and what can be done with it. */
export function RefusedDraft({ edit, onDiscarded }: RefusedDraftProps) {
  const workspace = useWorkspace()
  const lines = useDraftLines(edit)
  const now = useNow()
  const text = draftText(edit.title, lines)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      say('Copied')
    } catch {
      // The clipboard can be denied; the words stand on the screen and can be selected.
      say('Could not copy. Select the words instead.')
    }
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="text-base text-ink">
        <strong className="font-semibold text-conflict">Not accepted</strong>{' '}
        <span className="num text-ink-3">({formatMoment(edit.at, now)})</span>: {refusalWords(edit.code)}
      </p>
      <p className="text-sm text-ink-2">
        It is not in the record. It stays on this device until you discard it.
      </p>
      {lines.length === 0 ? (
        <p className="text-sm text-ink-2">Nothing of it differs from what the record has now.</p>
      ) : (
        <dl className="flex flex-col divide-y divide-line">
          {lines.map(({ path, label, draft, server }) => (
            <div key={path} className="py-2 first:pt-0 last:pb-0">
              <dt className="text-sm font-medium text-ink-2">{label}</dt>
              <dd className="text-base break-words whitespace-pre-wrap select-text">{draft}</dd>
              <dd className="text-sm text-ink-3">In the record: {server}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          onPress={() => {
            void copy()
          }}
        >
          Copy all
        </Button>
        <Button
          onPress={() => {
            downloadText(`${edit.title || 'draft'}.txt`, text)
          }}
        >
          Save as file
        </Button>
        <Button
          variant="danger"
          onPress={() => {
            // It leaves the list at once; only a failing disk brings it back at the next start.
            void workspace.dismissRefused(edit.document, edit.id)
            onDiscarded?.()
          }}
        >
          Discard
        </Button>
      </div>
    </div>
  )
}
