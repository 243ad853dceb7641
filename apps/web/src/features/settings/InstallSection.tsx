import { useStore } from '../../data/store.ts'
import { installApp, installStanding, type InstallStanding } from '../../frame/install-app.ts'
import { Button } from '../../ui/Button.tsx'
import { DownloadIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'

const words: Readonly<Record<InstallStanding, string>> = {
  installed:
    'FulQrun is installed on this device. It opens from your apps or the home screen, with or without a network.',
  ready:
    'Installed, FulQrun opens in a window of its own, and the browser keeps your records for longer. Nothing else changes.',
  'by-share':
    'On iPhone and iPad, press Share, then Add to Home Screen, and open FulQrun from there. Safari may clear what is saved on this device after a week without a visit; it does not do that to an installed app.',
  'by-menu':
    'Look for Install or Add to Home screen in the menu of your browser, or at the end of its address bar. Installed, FulQrun opens in a window of its own, and the browser keeps your records for longer.',
}

/** Where the app is installed. */
export function InstallSection() {
  const standing = useStore(installStanding)
  return (
    <Section title="Install the app">
      <p className="max-w-[72ch] text-base text-ink-2">{words[standing]}</p>
      {standing === 'ready' && (
        <Button
          className="mt-3"
          icon={<DownloadIcon aria-hidden className="size-4" />}
          onPress={() => {
            void installApp() // Never rejects.
          }}
        >
          Install FulQrun
        </Button>
      )}
    </Section>
  )
}
