import type { CSSProperties } from 'react'
import { Hint } from './Tooltip.tsx'
import { cx } from './cx.ts'
import { initialsOf, peerColor } from '../features/presence/palette.ts'

export interface AvatarPerson {
  readonly id: string
  readonly name: string
  /** The colour the server gave this person for presence; derived from the id when absent. */
  readonly color?: string | undefined
  /** What they are doing: `Viewing MEDDPICC`. */
  readonly detail?: string | undefined
}

export interface AvatarProps {
  readonly person: AvatarPerson
  readonly size?: 'sm' | 'md' | 'lg' | undefined
  readonly className?: string | undefined
}

const sizes = { sm: 'size-5 text-[0.5625rem]', md: 'size-6 text-[0.625rem]', lg: 'size-9 text-sm' }

/** Initials on the person's colour. Decoration: the name stands beside it or in a hint. */
export function Avatar({ person, size = 'md', className }: AvatarProps) {
  const style: CSSProperties = { backgroundColor: person.color ?? peerColor(person.id) }
  return (
    <span
      aria-hidden
      // As generated content, the letters are no part of the name of a button that the avatar stands in.
      data-initials={initialsOf(person.name)}
      style={style}
      className={cx(
        'inline-grid shrink-0 place-items-center rounded-full font-semibold text-white forced-colors:border',
        'before:content-[attr(data-initials)]',
        sizes[size],
        className,
      )}
    />
  )
}

/** Who is here: at most `max` faces, then a count. */
export function Facepile({
  people,
  label,
  max = 4,
}: {
  readonly people: readonly AvatarPerson[]
  readonly label: string
  readonly max?: number | undefined
}) {
  if (people.length === 0) return null
  const rest = people.slice(max)
  return (
    <ul aria-label={label} className="flex items-center -space-x-1.5">
      {people.slice(0, max).map((person) => (
        <li key={person.id} className="rounded-full ring-2 ring-surface">
          <Hint text={person.detail === undefined ? person.name : `${person.name}: ${person.detail}`}>
            <Avatar person={person} />
            <span className="sr-only">{person.name}</span>
          </Hint>
        </li>
      ))}
      {rest.length > 0 && (
        <li className="ps-2.5 text-xs font-medium text-ink-2">
          <Hint text={rest.map((person) => person.name).join(', ')}>+{rest.length}</Hint>
        </li>
      )}
    </ul>
  )
}
