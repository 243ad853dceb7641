import type { ReactNode } from 'react'
import { cx } from '../ui/cx.ts'
import { LockIcon } from '../ui/icons.ts'
import { Hint } from '../ui/Tooltip.tsx'

export interface FieldRowProps {
  readonly label: string
  /** Id of the control that the label belongs to. */
  readonly htmlFor?: string | undefined
  readonly help?: string | undefined
  /** Shows a lock: this value is set elsewhere. The text says by whom. */
  readonly locked?: string | undefined
  readonly children: ReactNode
  /** `stack` puts the label above, for narrow columns and long values. */
  readonly layout?: 'side' | 'stack' | undefined
}

/** A label and its value on one line; on phones and with `stack`, the label above. */
export function FieldRow({ label, htmlFor, help, locked, children, layout = 'side' }: FieldRowProps) {
  const words = (
    <>
      {label}
      {locked !== undefined && (
        <Hint text={locked}>
          <LockIcon aria-label={locked} className="ms-1 inline size-3 text-pinned-mark" />
        </Hint>
      )}
    </>
  )
  const labelClass = cx(
    'flex min-h-6 items-center self-start text-sm text-ink-2',
    layout === 'side' && 'sm:min-h-8',
  )
  return (
    <div
      className={cx(
        'grid min-w-0 gap-x-3',
        layout === 'side' ? 'sm:grid-cols-[9.5rem_minmax(0,1fr)]' : 'grid-cols-1',
      )}
    >
      {htmlFor === undefined ? (
        <span className={labelClass}>{words}</span>
      ) : (
        <label htmlFor={htmlFor} title={help} className={labelClass}>
          {words}
        </label>
      )}
      <div className={cx('min-w-0', layout === 'side' ? 'max-sm:-mx-2' : '-mx-2')}>{children}</div>
    </div>
  )
}
