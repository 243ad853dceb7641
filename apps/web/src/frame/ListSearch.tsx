import { startTransition } from 'react'
import { useEcho } from '../data/use-echo.ts'
import { SearchField } from '../ui/TextField.tsx'

export interface ListSearchProps {
  /** Accessible name; the placeholder says it to the eye. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** The search field of a long list. Each letter stands at once; the list follows when there is time for it. */
export function ListSearch({ label, value, onChange }: ListSearchProps) {
  const [typed, type] = useEcho(value, (next) => {
    startTransition(() => {
      onChange(next)
    })
  })
  return <SearchField label={label} className="w-56 shrink-0 sm:w-60" value={typed} onChange={type} />
}
