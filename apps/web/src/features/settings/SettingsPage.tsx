import { Link } from '@tanstack/react-router'
import { buttonClass } from '../../ui/Button.tsx'
import { Page } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { chooseTheme, type ThemeChoice, useTheme } from '../../ui/theme.ts'
import { useFinger } from '../../ui/use-media.ts'
import { DeviceNotices } from './DeviceNotices.tsx'
import { InstallSection } from './InstallSection.tsx'
import { KeyboardSection } from './KeyboardSection.tsx'
import { NoticeChoices } from './NoticeChoices.tsx'

const themes: readonly { readonly id: ThemeChoice; readonly label: string }[] = [
  { id: 'system', label: 'Like this device' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
]

function Appearance() {
  const { choice } = useTheme()
  return (
    <Section title="Appearance">
      <Select
        label="Theme"
        className="w-56 max-w-full"
        choices={themes}
        value={choice}
        onChange={(id) => {
          const next = themes.find((theme) => theme.id === id)
          if (next !== undefined) chooseTheme(next.id)
        }}
      />
    </Section>
  )
}

function Devices() {
  return (
    <Section title="Your devices">
      <p className="mb-3 max-w-[72ch] text-base text-ink-2">
        See where you are signed in, and clear your records from another device. Signing out clears this one.
      </p>
      <Link to="/devices" className={buttonClass()}>
        Devices and clearing them
      </Link>
    </Section>
  )
}

/** What a person sets for themselves. */
export function SettingsPage() {
  const isFinger = useFinger()
  return (
    <Page title="Settings">
      <div className="flex max-w-200 flex-col gap-4">
        <DeviceNotices />
        <NoticeChoices />
        <Appearance />
        {!isFinger && <KeyboardSection />}
        <InstallSection />
        <Devices />
      </div>
    </Page>
  )
}
