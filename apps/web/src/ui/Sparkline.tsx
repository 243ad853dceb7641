import { cx } from './cx.ts'
import { type Box, sparklinePoints } from './sparkline-path.ts'

export interface SparklineProps {
  readonly values: readonly number[]
  /** The finding in words: `12 periods, from 310 to 402`. */
  readonly label: string
  readonly className?: string | undefined
}

const box: Box = { width: 120, height: 32, inset: 3 }

/** A series without axes; its last point is marked. */
export function Sparkline({ values, label, className }: SparklineProps) {
  const points = sparklinePoints(values, box)
  const last = points.at(-1)
  if (points.length < 2 || last === undefined) return null
  const line = points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('')
  const area = `${line}L${last[0].toFixed(1)} ${box.height}L${box.inset} ${box.height}Z`
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${box.width} ${box.height}`}
      className={cx('h-8 w-30 overflow-visible text-ink-3', className)}
    >
      <path d={area} fill="currentColor" fillOpacity={0.09} />
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <circle cx={last[0]} cy={last[1]} r={2.5} className="fill-ink" />
    </svg>
  )
}
