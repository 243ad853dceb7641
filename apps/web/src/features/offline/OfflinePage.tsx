import { Link } from '@tanstack/react-router'
import { ReadinessLine } from '../../frame/ReadinessLine.tsx'
import { buttonClass } from '../../ui/Button.tsx'
import { CircleCheckIcon, CloudOffIcon } from '../../ui/icons.ts'
import { Page } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { features } from './offline-features.ts'

/** What can be done without a network, feature by feature. Part of the app itself, so it is here when it is needed. */
export function OfflinePage() {
  return (
    <Page
      title="What works offline"
      actions={
        <Link to="/sync" className={buttonClass({ variant: 'quiet' })}>
          Sync centre
        </Link>
      }
    >
      <div className="max-w-[72ch]">
        <p className="text-base text-ink-2">
          Everything you see in lists is on this device, and so are the records that have been downloaded.
          What you enter is saved here at once and sent when there is a connection; nothing you typed is lost
          when you close the app.
        </p>
        <ReadinessLine className="mt-3 text-base" />
      </div>
      <div className="mt-5 grid gap-4 md:grid-cols-2">
        {features.map(({ title, works, needs }) => (
          <Section key={title} title={title}>
            <ul className="flex flex-col gap-2 text-base">
              {works.map((line) => (
                <li key={line} className="flex gap-2">
                  <CircleCheckIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
                  <span>
                    <span className="sr-only">Works: </span>
                    {line}
                  </span>
                </li>
              ))}
              {needs.map((line) => (
                <li key={line} className="flex gap-2 text-ink-2">
                  <CloudOffIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
                  <span>
                    <span className="sr-only">Needs a connection: </span>
                    {line}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        ))}
      </div>
    </Page>
  )
}
