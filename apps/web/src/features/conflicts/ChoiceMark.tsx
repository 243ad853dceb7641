import { DiamondIcon } from '../../ui/icons.ts'

/** In the line of a list: somebody has to choose between values in this record. */
export function ChoiceMark({ isWaiting }: { readonly isWaiting: boolean }) {
  if (!isWaiting) return null
  return (
    <span
      title="Somebody has to choose between different values"
      className="inline-flex shrink-0 items-center"
    >
      <DiamondIcon aria-hidden className="size-3 fill-conflict-mark text-conflict-mark" />
      <span className="sr-only">Different values, somebody has to choose</span>
    </span>
  )
}
