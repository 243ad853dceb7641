import { isDocumentKind, parseDocumentName } from '@fulqrun/protocol'
import type { RefusedEdit } from '@fulqrun/sync'
import { useNow } from '../../data/clock.ts'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'
import { RecordLink } from './RecordLink.tsx'
import { changedWords, problemWords } from './sync-centre-words.ts'

function RefusedLine({ edit, now }: { readonly edit: RefusedEdit; readonly now: number }) {
  const workspace = useWorkspace()
  const kind = parseDocumentName(edit.document)?.kind
  const paths = edit.values.map(({ path }) => path)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-base">
          <RecordLink name={edit.document} title={edit.title} />
        </p>
        <p className="num text-sm text-ink-2">
          {formatMoment(edit.at, now)}
          {isDocumentKind(kind) && paths.length > 0 && `: ${changedWords({ kind, paths })}`}
        </p>
        <p className="text-sm text-conflict">Not accepted. {problemWords(edit.code)}</p>
      </div>
      <Button
        size="sm"
        variant="quiet"
        aria-label={`Dismiss what was not accepted of ${edit.title}`}
        onPress={() => {
          // Fails only with the disk; then it stays on the list.
          workspace.dismissRefused(edit.document, edit.id).catch(() => undefined)
        }}
      >
        Dismiss
      </Button>
    </li>
  )
}

/** What the server did not take, why, and where the draft is. Nothing at all when there is none. */
export function RefusedSection() {
  const workspace = useWorkspace()
  const refused = useStore(workspace.refused)
  const now = useNow(60_000)
  if (refused.length === 0) return null
  return (
    <Section title="Not accepted" meta={refused.length}>
      <p className="mb-1 text-base text-ink-2">
        What you entered is kept on this device. Open the record to use it again or to drop it.
      </p>
      <ul className="divide-y divide-line">
        {refused.map((edit) => (
          <RefusedLine key={edit.id} edit={edit} now={now} />
        ))}
      </ul>
    </Section>
  )
}
