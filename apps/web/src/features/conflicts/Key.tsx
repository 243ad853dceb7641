/** The key that does the same as the button it stands on; not where there is no keyboard. */
export function Key({ name }: { readonly name: string }) {
  return (
    <kbd
      aria-hidden
      className="num ms-0.5 rounded-sm border border-line-strong bg-sunken px-1 font-sans text-xs leading-4 font-normal text-ink-2 finger:hidden"
    >
      {name}
    </kbd>
  )
}
