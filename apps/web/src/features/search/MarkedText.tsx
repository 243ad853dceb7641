import { markMatches, type Wanted } from './marks.ts'

/** A text in which what was looked for is marked. */
export function MarkedText({ text, wanted }: { readonly text: string; readonly wanted: Wanted }) {
  return markMatches(text, wanted).map((part, index) =>
    part.isMatch ? (
      <mark key={index} className="rounded-xs bg-accent-soft font-semibold text-accent-ink">
        {part.text}
      </mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  )
}
