/** Looks like text until hovered or focused; reads as text, not as disabled, where the person may not write. */
export const inlineClass =
  'block min-h-8 w-full min-w-0 rounded-md border border-transparent bg-transparent px-2 py-1 text-base text-ink ' +
  'placeholder:text-ink-3 transition-colors duration-120 touch:min-h-11 ' +
  'hover:border-line-strong hover:bg-surface focus:border-accent-ink focus:bg-surface focus:outline-2 ' +
  'focus:outline-offset-0 focus:outline-accent-ink/40 aria-invalid:border-conflict-mark ' +
  'read-only:hover:border-transparent read-only:hover:bg-transparent'
