import { dayOf } from '@fulqrun/schema'
import { Badge } from '../../ui/Badge.tsx'
import { AlertTriangleIcon, CheckIcon, XIcon } from '../../ui/icons.ts'
import { useNow } from '../history/use-now.ts'
import { channelLabel } from './consent-words.ts'
import type { Channel, ContactRow } from './contact-row.ts'

const shown: readonly Channel[] = ['email', 'phone', 'visit']

const marks = {
  in: { tone: 'good', icon: <CheckIcon aria-label="Opted in:" /> },
  out: { tone: 'conflict', icon: <XIcon aria-label="Opted out:" /> },
  over: { tone: 'attention', icon: <AlertTriangleIcon aria-label="Opt-in has run out:" /> },
} as const

/** What the contact allows, for the channels that reps use; nothing is shown where nothing was said. */
export function ConsentMarks({ consent, consentExpires }: Pick<ContactRow, 'consent' | 'consentExpires'>) {
  const today = dayOf(useNow())
  return (
    <span className="inline-flex gap-1">
      {shown.map((channel) => {
        const word = consent[channel]
        if (word === undefined) return null
        const isOver = word === 'opt_in' && (consentExpires[channel] ?? today) < today
        return (
          <Badge key={channel} {...marks[isOver ? 'over' : word === 'opt_in' ? 'in' : 'out']}>
            {channelLabel(channel)}
          </Badge>
        )
      })}
    </span>
  )
}
