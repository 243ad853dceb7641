import type { Person } from '@fulqrun/protocol'
import type { OpenDocument } from '@fulqrun/sync'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from 'react'
import { useMe, usePeople } from '../data/workspace.tsx'
import { useStore } from '../data/store.ts'
import { RecordMarksProvider } from '../features/conflicts/record-marks.tsx'
import { createPeerStore, type Peer } from '../features/presence/peers.ts'

/** What the fields of one record share. */
export interface RecordScopeValue {
  readonly open: OpenDocument
  /** False for readers, and while access is being checked or has ended. */
  readonly canWrite: boolean
  /** Currency of the record's money, for showing it. */
  readonly currency?: string | undefined
  readonly people: readonly Person[]
  /** Everybody else on this record now. */
  readonly peers: readonly Peer[]
  /** Tells colleagues which field this person is in; undefined when they leave it. */
  readonly announceField: (path: string | undefined) => void
}

const RecordScopeContext = createContext<RecordScopeValue | undefined>(undefined)

export interface RecordScopeProps {
  readonly open: OpenDocument
  /** The part of the page that is shown, for colleagues: `Overview`. */
  readonly section?: string | undefined
  readonly currency?: string | undefined
  readonly children: ReactNode
}

/** Put around the fields of a record: they take access, people and presence from here. */
export function RecordScope({ open, section, currency, children }: RecordScopeProps) {
  const me = useMe()
  const people = usePeople()
  const { access } = useStore(open.state)
  const peerStore = useMemo(() => createPeerStore(open.awareness, me.user.id), [open, me.user.id])
  const peers = useStore(peerStore)
  const announceField = useCallback(
    (field: string | undefined) => {
      open.setPresence({ location: { section, field } })
    },
    [open, section],
  )
  useEffect(() => {
    announceField(undefined)
  }, [announceField])
  const canWrite = me.canWrite && access === 'write'
  const value = useMemo(
    () => ({ open, canWrite, currency, people, peers, announceField }),
    [open, canWrite, currency, people, peers, announceField],
  )
  return (
    <RecordScopeContext value={value}>
      <RecordMarksProvider open={open}>{children}</RecordMarksProvider>
    </RecordScopeContext>
  )
}

export function useRecordScope(): RecordScopeValue {
  const value = useContext(RecordScopeContext)
  if (value === undefined) throw new Error('used outside RecordScope')
  return value
}

/** The colleague who is in this field right now, if any. */
export function usePeerIn(path: string): Peer | undefined {
  return useRecordScope().peers.find((peer) => peer.location.field === path)
}
