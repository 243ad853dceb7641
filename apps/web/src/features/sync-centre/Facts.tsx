import type { ReactNode } from 'react'

/** Names and values, one pair per line. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="divide-y divide-line">{children}</dl>
}

export function Fact({
  label,
  help,
  children,
}: {
  readonly label: string
  readonly help?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-1.5">
      <dt className="text-base text-ink-2">
        {label}
        {help !== undefined && <span className="block text-xs text-ink-3">{help}</span>}
      </dt>
      <dd className="num text-base text-ink">{children}</dd>
    </div>
  )
}
