import { type CSSProperties, type ReactNode, useState } from 'react'
import { FieldMarks } from '../features/conflicts/FieldMarks.tsx'
import type { Peer } from '../features/presence/peers.ts'
import { usePeerIn } from './record-scope.tsx'

export interface FieldFrameProps {
  readonly path: string
  readonly remoteChanges: number
  readonly problem?: string | undefined
  readonly problemId?: string | undefined
  readonly children: ReactNode
}

/** The colour of the colleague who was here last: their change arrives as they leave the field. */
function useLastColor(peer: Peer | undefined): string | undefined {
  const [color, setColor] = useState(peer?.color)
  if (peer !== undefined && peer.color !== color) setColor(peer.color)
  return color
}

/**
 * Around every field in place: a colleague's ring and name, the tint of a colleague's change, under it the problem and
 * what waits for a decision.
 * Ring, name and tint lie over the field: they take no room and leave the input alone, whoever is typing in it.
 */
export function FieldFrame({ path, remoteChanges, problem, problemId, children }: FieldFrameProps) {
  const peer = usePeerIn(path)
  const color = useLastColor(peer)
  const overlay = 'pointer-events-none absolute inset-0 rounded-md'
  return (
    <div data-field={path} className="min-w-0">
      <div className="relative">
        {children}
        {remoteChanges > 0 && (
          <span
            key={remoteChanges}
            aria-hidden
            style={color === undefined ? undefined : ({ '--tint': color } as CSSProperties)}
            className={`${overlay} animate-tint`}
          />
        )}
        {peer !== undefined && (
          <>
            <span aria-hidden style={{ boxShadow: `0 0 0 2px ${peer.color}` }} className={overlay} />
            <span
              style={{ backgroundColor: peer.color }}
              className="pointer-events-none absolute end-2 -top-2 z-10 rounded-sm px-1 text-xs text-white"
            >
              {peer.name} is editing
            </span>
          </>
        )}
      </div>
      {problem !== undefined && (
        <p id={problemId} role="alert" className="mt-1 text-xs text-conflict">
          {problem}
        </p>
      )}
      <FieldMarks path={path} />
    </div>
  )
}
