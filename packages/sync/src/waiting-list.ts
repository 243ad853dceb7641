import type { DocumentName } from '@fulqrun/protocol'
import { parseDocumentName } from '@fulqrun/protocol'
import type { CatchUp } from './catch-up.ts'
import { countChanges } from './changes.ts'
import type { ReplicaHost } from './replica-shell.ts'
import type { WaitingItem } from './replica-types.ts'

/** What the server has not acknowledged, by document, oldest first, with what stands in its way. */
export function listWaiting(
  { outbox, registry, catalogue }: Pick<ReplicaHost, 'outbox' | 'registry' | 'catalogue'>,
  catchUp: Pick<CatchUp, 'problems' | 'sending'>,
): readonly WaitingItem[] {
  const items = outbox.documents().flatMap((name): readonly WaitingItem[] => {
    const kind = parseDocumentName(name)?.kind
    const entries = outbox.entriesOf(name)
    if (kind === undefined || entries.length === 0) return []
    const paths = entries.flatMap((entry) => entry.paths).filter((path) => !path.startsWith('edited.'))
    return [
      {
        name,
        kind,
        title: catalogue.get(name)?.title ?? '',
        changes: countChanges(entries),
        paths: [...new Set(paths)],
        since: Math.min(...entries.map(({ at }) => at)),
        ...standing(name, registry, catchUp),
      },
    ]
  })
  return items.toSorted((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1))
}

function standing(
  name: DocumentName,
  registry: ReplicaHost['registry'],
  { problems, sending }: Pick<CatchUp, 'problems' | 'sending'>,
): Pick<WaitingItem, 'state' | 'problem'> {
  const document = registry.get(name)
  const { access, accessCode } = document?.state.get() ?? {}
  if (access === 'none') return { state: 'refused', problem: accessCode ?? 'access/denied' }
  if (sending.has(name) || document?.isInFlight === true) return { state: 'sending' }
  const problem = problems.get(name)
  return problem === undefined ? { state: 'waiting' } : { state: 'failed', problem }
}

/** Whether a screen that shows one list would show the other. */
export function isSameWaiting(one: readonly WaitingItem[], other: readonly WaitingItem[]): boolean {
  return one.length === other.length && JSON.stringify(one) === JSON.stringify(other)
}
