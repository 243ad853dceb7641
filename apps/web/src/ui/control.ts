/** Class names that all inputs share, so that a row of controls lines up at 32 px (44 px under a finger). */
export const controlClass =
  'h-8 w-full min-w-0 rounded-md border border-edge bg-surface px-2 text-base text-ink placeholder:text-ink-3 ' +
  'outline-offset-0 transition-colors duration-120 hover:border-ink-3 ' +
  'focus:border-accent-ink focus:outline-2 focus:outline-accent-ink/40 ' +
  'invalid:border-conflict-mark disabled:border-line disabled:bg-sunken disabled:text-ink-3 touch:h-11 touch:px-3'

export const labelClass = 'text-sm font-medium text-ink-2'
export const helpClass = 'text-xs text-ink-3'
export const errorClass = 'text-xs text-conflict'

export const popoverClass =
  'min-w-(--trigger-width) rounded-md border border-line-strong bg-raised shadow-pop entering:animate-pop outline-none'

export const listBoxClass = 'thin-scroll max-h-80 overflow-auto p-1 outline-none'

export const optionClass =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-sm px-2 py-1 text-base text-ink outline-none ' +
  'focus:bg-hover hover:bg-hover disabled:text-ink-3 selected:font-medium touch:min-h-11'
