import { kindSpec } from '@fulqrun/schema'
import type { DocumentState, OpenDocument } from '@fulqrun/sync'
import type { ReactNode } from 'react'
import { useStore } from '../data/store.ts'
import { useDocumentState, useWorkspace } from '../data/workspace.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { HardDriveIcon, LockIcon, SearchIcon } from '../ui/icons.ts'
import { Skeleton } from '../ui/Page.tsx'

export interface RecordGateProps {
  readonly open: OpenDocument
  /** The page around it has the h1 already. */
  readonly hasHeading?: boolean | undefined
  readonly children: ReactNode
}

/** Whether what is not on this device can come from the server now. */
function useIsReachable(): boolean {
  const { sync } = useWorkspace()
  const { state } = useStore(sync)
  return state === 'up-to-date' || state === 'connecting' || state === 'sending' || state === 'saving'
}

/** Shows the record once it is here; else says which it is: being opened, no access, or not on this device. */
export function RecordGate({ open, hasHeading = false, children }: RecordGateProps) {
  const { loaded, hasContent, access, remote } = useDocumentState(open)
  const isReachable = useIsReachable()
  if (loaded && hasContent) return children
  const isComing = !loaded || (isReachable && access !== 'none' && remote !== 'synced')
  return (
    <>
      {!hasHeading && <h1 className="sr-only">{kindSpec(open.kind).label}</h1>}
      {isComing ? <Skeleton label="Opening the record" /> : <Missing access={access} remote={remote} />}
    </>
  )
}

function Missing({ access, remote }: Pick<DocumentState, 'access' | 'remote'>) {
  if (access === 'none') {
    return (
      <EmptyState icon={<LockIcon aria-hidden />} title="You have no access to this record">
        It belongs to another territory, or it was removed. Ask your manager if you should see it.
      </EmptyState>
    )
  }
  if (remote === 'synced') {
    return (
      <EmptyState icon={<SearchIcon aria-hidden />} title="There is nothing at this address">
        The link may be mistyped, or the record is still waiting on the device that created it.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={<HardDriveIcon aria-hidden />} title="Not on this device yet">
      This record has not been downloaded. It opens as soon as there is a connection.
    </EmptyState>
  )
}
