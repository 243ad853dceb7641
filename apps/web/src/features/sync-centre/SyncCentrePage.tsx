import { Link } from '@tanstack/react-router'
import { ReadinessLine } from '../../frame/ReadinessLine.tsx'
import { useSyncWords } from '../../frame/use-sync-words.ts'
import { buttonClass } from '../../ui/Button.tsx'
import { Page } from '../../ui/Page.tsx'
import { AreasSection } from './AreasSection.tsx'
import { ConnectionSection } from './ConnectionSection.tsx'
import { DiagnosticsSection } from './DiagnosticsSection.tsx'
import { MeasuresSection } from './MeasuresSection.tsx'
import { PinsSection } from './PinsSection.tsx'
import { RefusedSection } from './RefusedSection.tsx'
import { StorageSection } from './StorageSection.tsx'
import { SyncNow } from './SyncNow.tsx'
import { WaitingSection } from './WaitingSection.tsx'

/** Where a person sees what is on this device, what waits, and what the connection is like. Works without a network. */
export function SyncCentrePage() {
  const { chip, sentence } = useSyncWords()
  return (
    <Page
      title="Sync centre"
      actions={
        <>
          <Link to="/offline" className={buttonClass()}>
            What works offline
          </Link>
          <Link to="/devices" className={buttonClass()}>
            Devices
          </Link>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-3">
          <div>
            <p className="text-lg font-semibold">{chip.text}</p>
            <p className="text-base text-ink-2">{sentence}</p>
            <ReadinessLine className="mt-1 text-base" />
          </div>
          <SyncNow />
        </div>
        <RefusedSection />
        <WaitingSection />
        <AreasSection />
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <ConnectionSection />
          <StorageSection />
        </div>
        <MeasuresSection />
        <PinsSection />
        <DiagnosticsSection />
      </div>
    </Page>
  )
}
