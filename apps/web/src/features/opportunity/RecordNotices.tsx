import { explainRule } from '@fulqrun/rules'
import { type DocumentView, isCleared } from '@fulqrun/schema'
import { useNow } from '../history/use-now.ts'
import type { PutBackNotice as PutBack, RefusedEdit } from '@fulqrun/sync'
import type { ErrorCode } from '@fulqrun/protocol'
import { useState } from 'react'
import { useDocumentState } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { LockIcon, OctagonXIcon, XIcon } from '../../ui/icons.ts'
import { RecordBanners } from '../conflicts/RecordBanners.tsx'
import { currencyOf, useValueWords } from '../conflicts/use-value-words.ts'
import { describePath, valueAt } from '../history/value-words.ts'
import { refusalWords } from './refusal-words.ts'
import { RefusedDraft } from './RefusedDraft.tsx'

/** What was not accepted and what a rule put back, on the record that it happened to. Never a dialog by itself. */
export function RecordNotices({ view }: { readonly view: DocumentView }) {
  const { open } = useRecordScope()
  const { refused, putBack } = useDocumentState(open)
  const [seen, setSeen] = useState(0)
  // What lives on as a conflict is said by its banner and at its field; that a decision came too late is said here only.
  const paths =
    putBack?.paths.filter(({ conflictId, rule }) => conflictId === undefined || rule === 'CON-4') ?? []
  const shown =
    putBack !== undefined && putBack.at > seen && paths.length > 0 ? { at: putBack.at, paths } : undefined
  return (
    <div className="flex flex-col gap-2 has-[p]:mb-3">
      <RecordBanners view={view} />
      <div aria-live="polite" className="contents">
        {refused.map((edit) => (
          <RefusedNotice key={edit.id} edit={edit} />
        ))}
        {shown !== undefined && (
          <PutBackNotice
            shown={shown}
            view={view}
            onDismiss={() => {
              setSeen(shown.at)
            }}
          />
        )}
      </div>
    </div>
  )
}

/** What a rule put back, with the reason, until it is dismissed. */
function PutBackNotice({
  shown,
  view,
  onDismiss,
}: {
  readonly shown: PutBack
  readonly view: DocumentView
  readonly onDismiss: () => void
}) {
  const words = useValueWords(view.kind, currencyOf(view))
  const stands = (path: string) => {
    const value = valueAt(view, path)
    return isCleared(value) ? undefined : words(path, value)
  }
  return (
    <Banner
      tone="pinned"
      icon={<LockIcon aria-hidden />}
      action={
        <IconButton size="sm" label="Dismiss" onPress={onDismiss}>
          <XIcon aria-hidden className="size-4" />
        </IconButton>
      }
    >
      {shown.paths.map(({ path, rule }) => (
        <span key={path} className="block">
          {explainRule(rule, { label: describePath(view, path), stands: stands(path) })}
        </span>
      ))}
    </Banner>
  )
}

function RefusedNotice({ edit }: { readonly edit: RefusedEdit }) {
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
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </>
  )
}

function RefusedDialog({ edit, onClose }: { readonly edit: RefusedEdit; readonly onClose: () => void }) {
  return (
    <Dialog isOpen onOpenChange={onClose} title="What you wrote">
      <RefusedDraft edit={edit} onDiscarded={onClose} />
    </Dialog>
  )
}
