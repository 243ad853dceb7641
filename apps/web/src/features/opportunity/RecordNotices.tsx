import { type DocumentView, fieldSpec } from '@fulqrun/schema'
import { useNow } from '../history/use-now.ts'
import type { RefusedEdit, RefusedValue } from '@fulqrun/sync'
import type { ErrorCode } from '@fulqrun/protocol'
import { useState } from 'react'
import { useDocumentState, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { LockIcon, OctagonXIcon, XIcon } from '../../ui/icons.ts'
import { say } from '../../ui/Toaster.tsx'
import { ruleSentence } from '../history/rule-words.ts'
import { describePath, valueWords } from '../history/value-words.ts'
import { downloadText } from './download-text.ts'
import { draftText, refusalWords } from './refusal-words.ts'

/** What was not accepted and what a rule put back, on the record that it happened to. Never a dialog by itself. */
export function RecordNotices({ view }: { readonly view: DocumentView }) {
  const { open } = useRecordScope()
  const { refused, putBack } = useDocumentState(open)
  const [seen, setSeen] = useState(0)
  const shown = putBack !== undefined && putBack.at > seen ? putBack : undefined
  if (refused.length === 0 && shown === undefined) return null
  return (
    <div aria-live="polite" className="mb-3 flex flex-col gap-2">
      {refused.map((edit) => (
        <RefusedNotice key={edit.id} edit={edit} view={view} />
      ))}
      {shown !== undefined && (
        <Banner
          tone="pinned"
          icon={<LockIcon aria-hidden />}
          action={
            <IconButton
              size="sm"
              label="Dismiss"
              onPress={() => {
                setSeen(shown.at)
              }}
            >
              <XIcon aria-hidden className="size-4" />
            </IconButton>
          }
        >
          {shown.paths.map(({ path, rule }) => (
            <span key={path} className="block">
              <strong className="font-semibold">{describePath(view, path)}:</strong>{' '}
              {ruleSentence(view.kind, path, rule)}
            </span>
          ))}
        </Banner>
      )}
    </div>
  )
}

function RefusedNotice({ edit, view }: { readonly edit: RefusedEdit; readonly view: DocumentView }) {
  const [isOpen, setOpen] = useState(false)
  const now = useNow()
  const code: ErrorCode = edit.code
  return (
    <>
      <Banner
        tone="conflict"
        icon={<OctagonXIcon aria-hidden />}
        action={
          <Button
            size="sm"
            onPress={() => {
              setOpen(true)
            }}
          >
            See what you wrote
          </Button>
        }
      >
        <strong className="font-semibold">Not accepted</strong> ({formatMoment(edit.at, now)}):{' '}
        {refusalWords(code)}
      </Banner>
      {isOpen && (
        <RefusedDialog
          edit={edit}
          view={view}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </>
  )
}

function useDraftLines(edit: RefusedEdit, view: DocumentView) {
  const currency = view.kind === 'opportunity' ? view.financials.currency : undefined
  const personName = usePersonName()
  const words = (path: string, value: unknown) =>
    valueWords(value, fieldSpec(view.kind, path), { personName, currency })
  return edit.values.map((value: RefusedValue) => ({
    path: value.path,
    label: describePath(view, value.path),
    draft: words(value.path, value.draft),
    server: words(value.path, value.server),
  }))
}

function RefusedDialog({
  edit,
  view,
  onClose,
}: {
  readonly edit: RefusedEdit
  readonly view: DocumentView
  readonly onClose: () => void
}) {
  const workspace = useWorkspace()
  const lines = useDraftLines(edit, view)
  const text = draftText(edit.title, lines)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      say('Copied')
    } catch {
      // The clipboard can be denied; the words stand in the dialog and can be selected.
      say('Could not copy. Select the words instead.')
    }
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title="What you wrote"
      lead="It was not accepted and is not in the record. It stays on this device until you discard it."
      footer={
        <>
          <Button
            variant="danger"
            onPress={() => {
              // It leaves the list at once; only a failing disk brings it back at the next start.
              void workspace.dismissRefused(edit.document, edit.id)
              onClose()
            }}
          >
            Discard
          </Button>
          <Button
            onPress={() => {
              downloadText(`${edit.title || 'draft'}.txt`, text)
            }}
          >
            Save as file
          </Button>
          <Button
            variant="primary"
            onPress={() => {
              void copy()
            }}
          >
            Copy all
          </Button>
        </>
      }
    >
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
    </Dialog>
  )
}
