import type { DocumentKind } from '@fulqrun/protocol'
import type { ReactNode } from 'react'
import { useStore } from '../data/store.ts'
import { useMe, useWorkspace } from '../data/workspace.tsx'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { CloudOffIcon, LockIcon } from '../ui/icons.ts'

export interface EmptyReasonProps {
  readonly kind: DocumentKind
  readonly icon: ReactNode
  /** How many there are without filters. */
  readonly all: number
  /** Takes the filters away; undefined when there are none. */
  readonly onClear: (() => void) | undefined
  /** What to do when there are none at all. */
  readonly none: string
}

const plurals: Readonly<Record<DocumentKind, string>> = {
  opportunity: 'opportunities',
  contact: 'contacts',
  kpi: 'KPIs',
}

/** Why a list shows nothing: hidden by filters, out of reach, not here yet, or really none (UX.md 4.10). */
export function EmptyReason({ kind, icon, all, onClear, none }: EmptyReasonProps) {
  const { catchUp, replica } = useWorkspace()
  const { phase } = useStore(catchUp)
  const { lastCaughtUpAt } = useStore(replica)
  const { territories, role } = useMe()
  const what = plurals[kind]
  if (all > 0) {
    return (
      <EmptyState
        icon={icon}
        title={onClear === undefined ? `No open ${what}` : `No ${what} match`}
        action={onClear !== undefined && <Button onPress={onClear}>Clear filters</Button>}
      >
        {onClear === undefined
          ? `All ${what} on this device are closed. Choose other stages to see them.`
          : `Your search and filters hide all ${what} on this device.`}
      </EmptyState>
    )
  }
  if (territories.length === 0 && role === 'rep') {
    return (
      <EmptyState icon={<LockIcon aria-hidden />} title="You have no territory">
        You see {what} of your territories only, and nobody has given you one yet. Ask your manager.
      </EmptyState>
    )
  }
  if (lastCaughtUpAt === undefined && phase !== 'done') {
    return (
      <EmptyState icon={<CloudOffIcon aria-hidden />} title={`No ${what} on this device yet`}>
        They come with the next connection and stay here from then on. What you create now is kept and sent
        later.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={icon} title={`No ${what}`}>
      There are none in your territories. {none}
    </EmptyState>
  )
}
