import { consentStanding, type ContactView, dayOf } from '@fulqrun/schema'
import { Button } from '../../ui/Button.tsx'
import { ArrowRightIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { useNow } from '../history/use-now.ts'
import { channelLabel, channels, standingWords } from './consent-words.ts'
import { StandingBadge } from './StandingBadge.tsx'

/** The standing of every channel on one look; the lines behind it are on their own tab. */
export function ConsentOverview({
  view,
  onOpen,
}: {
  readonly view: ContactView
  readonly onOpen: () => void
}) {
  const now = useNow()
  return (
    <Section
      title="Consent"
      actions={
        <Button size="sm" variant="quiet" onPress={onOpen}>
          Lines and evidence
          <ArrowRightIcon aria-hidden className="size-3.5" />
        </Button>
      }
    >
      <dl className="grid grid-cols-[9.5rem_minmax(0,1fr)] gap-x-3 gap-y-2">
        {channels.map((channel) => (
          <div key={channel} className="contents">
            <dt className="text-sm text-ink-2">{channelLabel(channel)}</dt>
            <dd>
              <StandingBadge {...standingWords(consentStanding(view, channel, now), dayOf(now))} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
