import type { CSSProperties } from 'react'
import type { Tone } from './Badge.tsx'
import { cx } from './cx.ts'

export interface MeterProps {
  /** 0 to `max`. */
  readonly value: number
  readonly max?: number | undefined
  /** What is measured, for readers of the screen: `MEDDPICC score`. */
  readonly label: string
  readonly tone?: Tone | undefined
  /** Shows the number beside the bar. */
  readonly showValue?: boolean | undefined
  readonly className?: string | undefined
}

const fills: Record<Tone, string> = {
  neutral: 'bg-ink-3',
  good: 'bg-good-mark',
  attention: 'bg-attention-mark',
  conflict: 'bg-conflict-mark',
  pinned: 'bg-pinned-mark',
  accent: 'bg-accent',
}

/** Level of a 0 to 100 score in the words of the MEDDPICC model (DOMAIN 1.3). */
export function scoreTone(score: number): Tone {
  if (score >= 60) return 'good'
  return score >= 40 ? 'neutral' : 'attention'
}

/** A thin bar with its number. The number carries the meaning, the colour only repeats it. */
export function Meter({ value, max = 100, label, tone, showValue = true, className }: MeterProps) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  const style: CSSProperties = { width: `${part * 100}%` }
  return (
    <span className={cx('inline-flex min-w-16 items-center gap-2', className)}>
      <meter className="sr-only" aria-label={label} min={0} max={max} value={value} />
      <span
        aria-hidden
        className="h-1 flex-1 overflow-hidden rounded-full bg-line forced-colors:h-2 forced-colors:border"
      >
        <span
          style={style}
          className={cx(
            'block h-full rounded-full forced-colors:bg-[CanvasText]',
            fills[tone ?? scoreTone(part * 100)],
          )}
        />
      </span>
      {showValue && (
        <span aria-hidden className="num w-6 text-end text-sm text-ink-2">
          {Math.round(value)}
        </span>
      )}
    </span>
  )
}
