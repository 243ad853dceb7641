import { type ReactNode, useEffect } from 'react'
import { cx } from './cx.ts'

export interface PageProps {
  /** The one h1, and the title of the browser tab. */
  readonly title: string
  /** Above the title: where this belongs. */
  readonly eyebrow?: ReactNode | undefined
  /** Beside the title. */
  readonly meta?: ReactNode | undefined
  readonly actions?: ReactNode | undefined
  readonly children: ReactNode
  readonly className?: string | undefined
}

/** The content of one screen: gutters, width, heading. `main` is the frame's. */
export function Page({ title, eyebrow, meta, actions, children, className }: PageProps) {
  useEffect(() => {
    document.title = `${title} - FulQrun`
  }, [title])
  return (
    <div className={cx('mx-auto w-full max-w-300 px-4 py-4 sm:px-6 sm:py-5', className)}>
      {eyebrow !== undefined && <div className="mb-1 text-sm text-ink-3">{eyebrow}</div>}
      <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-xl font-semibold text-ink">{title}</h1>
        {meta}
        {actions !== undefined && <div className="ms-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

/** Grey bars in the layout of what will be there; only where data was never on this device. */
export function Skeleton({
  rows = 6,
  label,
}: {
  readonly rows?: number | undefined
  readonly label: string
}) {
  return (
    <output className="flex flex-col gap-2">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} aria-hidden className="h-8 rounded-md bg-sunken" />
      ))}
    </output>
  )
}
