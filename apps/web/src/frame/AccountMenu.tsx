import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useStore } from '../data/store.ts'
import { hubOpen } from '../features/search/palette-open.ts'
import { useMe, useWorkspace } from '../data/workspace.tsx'
import { useSession } from '../session/session-context.tsx'
import { roleLabels } from '../session/sign-in-words.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import {
  CloudOffIcon,
  CloudUploadIcon,
  HardDriveIcon,
  InfoIcon,
  LogOutIcon,
  RefreshCwIcon,
  ScaleIcon,
  SettingsIcon,
} from '../ui/icons.ts'
import { Menu, MenuItem, MenuSection, MenuSeparator } from '../ui/Menu.tsx'
import { chooseTheme, type ThemeChoice, useTheme } from '../ui/theme.ts'
import { useFinger } from '../ui/use-media.ts'
import { downloadUnsent } from './export-unsent.ts'
import { changes } from './sync-words.ts'

const themes: readonly { readonly id: ThemeChoice; readonly label: string }[] = [
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
  { id: 'system', label: 'Like this device' },
]

interface LeaveDialogProps {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly onSignOut: () => void
}

/** Signing out erases the local data: what the server has not got would be gone. */
function LeaveDialog({ isOpen, onOpenChange, onSignOut }: LeaveDialogProps) {
  const workspace = useWorkspace()
  const { pending: unsent, refused } = useStore(workspace.sync)
  // What was not accepted is a draft that is nowhere but here.
  const pending = unsent + refused
  const [isSaved, setSaved] = useState(false)
  return (
    <Dialog
      role="alertdialog"
      size="sm"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={`${changes(pending)} not sent yet`}
      footer={
        <>
          <Button variant="danger" onPress={onSignOut}>
            Sign out and discard
          </Button>
          <Button
            variant="primary"
            onPress={() => {
              onOpenChange(false)
            }}
          >
            Stay signed in
          </Button>
        </>
      }
    >
      <p className="text-base text-ink-2">
        Signing out removes your records from this device. {changes(pending)} would be lost, because the
        server has not got {pending === 1 ? 'it' : 'them'}.
      </p>
      <Button
        className="mt-3"
        onPress={() => {
          // Reads what is in memory; nothing of it can fail late.
          void downloadUnsent(workspace).then(() => {
            setSaved(true)
          })
        }}
      >
        {isSaved ? 'Saved as a file' : `Save ${pending === 1 ? 'it' : 'them'} as a file first`}
      </Button>
    </Dialog>
  )
}

/** The signed-in person: who, theme, sign out. */
export function AccountMenu() {
  const me = useMe()
  const session = useSession()
  const navigate = useNavigate()
  const { sync } = useWorkspace()
  const { choice } = useTheme()
  const isFinger = useFinger()
  const [isLeaving, setLeaving] = useState(false)
  const signOut = () => {
    void session.signOut() // Works without a network; the rest of it happens at the next start.
  }
  const askOrSignOut = () => {
    const { pending, refused } = sync.get()
    if (pending + refused > 0) setLeaving(true)
    else signOut()
  }
  return (
    <>
      <Menu
        label="You"
        trigger={
          <AriaButton
            aria-label={`Signed in as ${me.user.name}`}
            className="grid size-8 place-items-center rounded-full touch:size-11"
          >
            <Avatar person={me.user} className="size-7" />
          </AriaButton>
        }
      >
        <MenuSection
          title={`${me.user.name}, ${roleLabels[me.role].toLowerCase()} at ${me.organization.name}`}
        >
          <MenuItem id="email" label={me.user.email} isDisabled />
        </MenuSection>
        <MenuSeparator />
        <MenuSection
          title="Theme"
          selection={{
            mode: 'single',
            ids: [choice],
            onChange: (ids) => {
              const next = themes.find((theme) => theme.id === ids[0])
              if (next !== undefined) chooseTheme(next.id)
            },
          }}
        >
          {themes.map((theme) => (
            <MenuItem key={theme.id} id={theme.id} label={theme.label} />
          ))}
        </MenuSection>
        <MenuSeparator />
        {me.role === 'admin' && (
          <MenuItem
            id="rules"
            label="Rules of the organization"
            icon={<ScaleIcon aria-hidden className="size-4 text-ink-3" />}
            onAction={() => {
              void navigate({ to: '/admin/rules' }) // Overtaken navigations are no failure.
            }}
          />
        )}
        {(me.role === 'admin' || me.role === 'manager') && (
          <MenuItem
            id="import"
            label="Import records"
            icon={<CloudUploadIcon aria-hidden className="size-4 text-ink-3" />}
            onAction={() => {
              void navigate({ to: '/admin/import' }) // As above.
            }}
          />
        )}
        <MenuItem
          id="settings"
          label="Settings"
          icon={<SettingsIcon aria-hidden className="size-4 text-ink-3" />}
          onAction={() => {
            void navigate({ to: '/settings' }) // As above.
          }}
        />
        <MenuItem
          id="devices"
          label={me.role === 'admin' ? 'Devices' : 'My devices'}
          icon={<HardDriveIcon aria-hidden className="size-4 text-ink-3" />}
          onAction={() => {
            void navigate({ to: '/devices' }) // As above.
          }}
        />
        <MenuItem
          id="sync"
          label="Sync centre"
          icon={<RefreshCwIcon aria-hidden className="size-4 text-ink-3" />}
          onAction={() => {
            void navigate({ to: '/sync' }) // Overtaken navigations are no failure.
          }}
        />
        <MenuItem
          id="offline"
          label="What works offline"
          icon={<CloudOffIcon aria-hidden className="size-4 text-ink-3" />}
          onAction={() => {
            void navigate({ to: '/offline' }) // As above.
          }}
        />
        {!isFinger && (
          <MenuItem
            id="keys"
            label="Keyboard shortcuts"
            icon={<InfoIcon aria-hidden className="size-4 text-ink-3" />}
            onAction={() => {
              hubOpen.set('keys')
            }}
          />
        )}
        <MenuItem
          id="sign-out"
          label="Sign out"
          icon={<LogOutIcon aria-hidden className="size-4 text-ink-3" />}
          onAction={askOrSignOut}
        />
      </Menu>
      <LeaveDialog
        isOpen={isLeaving}
        onOpenChange={setLeaving}
        onSignOut={() => {
          setLeaving(false)
          signOut()
        }}
      />
    </>
  )
}
