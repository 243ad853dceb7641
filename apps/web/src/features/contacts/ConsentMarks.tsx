import { consentFields } from '@fulqrun/schema'
import { CheckIcon, XIcon } from '../../ui/icons.ts'
import { Badge } from '../../ui/Badge.tsx'
import type { Channel, ContactRow } from './contact-row.ts'

const shown: readonly Channel[] = ['email', 'phone', 'visit']

function channelLabel(channel: Channel): string {
  return consentFields.channel.options.find(({ value }) => value === channel)?.label ?? channel
}

/** What the contact allows, for the channels that reps use; nothing is shown where nothing was said. */
export function ConsentMarks({ consent }: { readonly consent: ContactRow['consent'] }) {
  return (
    <span className="inline-flex gap-1">
      {shown.map((channel) => {
        const word = consent[channel]
        if (word === undefined) return null
        const isIn = word === 'opt_in'
        return (
          <Badge
            key={channel}
            tone={isIn ? 'good' : 'conflict'}
            icon={isIn ? <CheckIcon aria-label="Opted in:" /> : <XIcon aria-label="Opted out:" />}
          >
            {channelLabel(channel)}
          </Badge>
        )
      })}
    </span>
  )
}
