import { hubOpen } from '../features/search/palette-open.ts'
import { SearchIcon } from '../ui/icons.ts'

/** Opens search and commands, as Ctrl K does. */
export function SearchButton() {
  return (
    <button
      type="button"
      aria-label="Search"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => {
        hubOpen.set('palette')
      }}
      className="inline-flex h-8 items-center gap-2 rounded-md px-2 text-base text-ink-3 hover:bg-hover hover:text-ink sm:border sm:border-line sm:pe-1.5 lg:w-56 touch:size-11 touch:justify-center sm:touch:w-auto"
    >
      <SearchIcon aria-hidden className="size-4 shrink-0" />
      <span aria-hidden className="max-lg:hidden">
        Search
      </span>
      {/* Generated content is no part of the button's name. */}
      <span
        aria-hidden
        data-keys="Ctrl K"
        className="ms-auto text-xs after:content-[attr(data-keys)] max-sm:hidden finger:hidden"
      />
    </button>
  )
}
