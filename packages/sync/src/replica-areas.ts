import type { DocumentKind, DocumentName } from '@fulqrun/protocol'
import type { ListedEntry } from './catalogue.ts'
import type { Holdings } from './holdings.ts'
import type { ReplicaArea, ReplicaState } from './replica-types.ts'

/** Counts what is listed, here, and behind, by kind. */
export function describeAreas(
  listed: Iterable<ListedEntry>,
  holdings: Holdings,
  onDevice: ReadonlySet<DocumentName>,
): Pick<ReplicaState, 'documents' | 'onDevice' | 'areas'> {
  const areas = new Map<DocumentKind, { -readonly [Key in keyof ReplicaArea]: ReplicaArea[Key] }>()
  let documents = 0
  let here = 0
  for (const { name, kind, head, isLocal } of listed) {
    const area = areas.get(kind) ?? { kind, documents: 0, onDevice: 0, bytes: 0, pending: 0 }
    areas.set(kind, area)
    const held = holdings.get(name)
    documents += 1
    area.documents += 1
    if (onDevice.has(name)) {
      here += 1
      area.onDevice += 1
    }
    if (isLocal !== true && (held === undefined || held.head < head)) area.pending += 1
    if (held === undefined) continue
    area.bytes += held.bytes
    if (area.oldestAt === undefined || held.at < area.oldestAt) area.oldestAt = held.at
  }
  return { documents, onDevice: here, areas: [...areas.values()] }
}

/** With nothing left to get, a copy that was compared long ago is as good as the last time that everything was. */
export function checkedWith(area: ReplicaArea, caughtUpAt: number | undefined): ReplicaArea {
  if (area.oldestAt === undefined || area.pending > 0 || caughtUpAt === undefined) return area
  return { ...area, oldestAt: Math.max(area.oldestAt, caughtUpAt) }
}
