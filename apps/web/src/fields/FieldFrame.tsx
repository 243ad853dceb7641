import type { CSSProperties, ReactNode } from 'react'
import { cx } from '../ui/cx.ts'
import { usePeerIn } from './record-scope.tsx'

export interface FieldFrameProps {
  readonly path: string
  readonly remoteChanges: number
  readonly problem?: string | undefined
  readonly problemId?: string | undefined
  readonly children: ReactNode
}

/** Around every field in place: a colleague's ring, the tint of a colleague's change, the problem under it. */
export function FieldFrame({ path, remoteChanges, problem, problemId, children }: FieldFrameProps) {
  const peer = usePeerIn(path)
  const style =
    peer === undefined
      ? undefined
      : ({ '--tint': peer.color, boxShadow: `0 0 0 2px ${peer.color}` } as CSSProperties)
  return (
    <div className="relative min-w-0">
      <div
        key={remoteChanges}
        style={style}
        className={cx('rounded-md', remoteChanges > 0 && 'animate-tint')}
      >
        {children}
      </div>
      {peer !== undefined && <p className="mt-1 text-xs text-ink-2">{peer.name} is editing</p>}
      {problem !== undefined && (
        <p id={problemId} role="alert" className="mt-1 text-xs text-conflict">
          {problem}
        </p>
      )}
    </div>
  )
}
