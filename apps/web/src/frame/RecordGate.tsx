import type { OpenDocument } from '@fulqrun/sync'
import type { ReactNode } from 'react'
import { useDocumentState } from '../data/workspace.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { HardDriveIcon, LockIcon } from '../ui/icons.ts'
import { Skeleton } from '../ui/Page.tsx'

/** Shows the record once it is here; else says which it is: being opened, no access, or not on this device. */
export function RecordGate({
  open,
  children,
}: {
  readonly open: OpenDocument
  readonly children: ReactNode
}) {
  const { loaded, hasContent, access } = useDocumentState(open)
  if (!loaded) return <Skeleton label="Opening the record" />
  if (hasContent) return children
  if (access === 'none') {
    return (
      <EmptyState icon={<LockIcon aria-hidden />} title="You have no access to this record">
        It belongs to another territory, or it was removed. Ask your manager if you should see it.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={<HardDriveIcon aria-hidden />} title="Not on this device yet">
      This record has not been downloaded. It opens as soon as there is a connection.
    </EmptyState>
  )
}
