/** The mark: two strokes that meet, as two people's edits do. Decoration; the name stands beside it. */
export function Logo({ className }: { readonly className?: string | undefined }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M10 23V12a3 3 0 0 1 3-3h9M10 16h7a4 4 0 0 1 4 4v3"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
