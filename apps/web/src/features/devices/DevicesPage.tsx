import type { DeviceEntry } from '@fulqrun/protocol'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { CloudOffIcon, HardDriveIcon } from '../../ui/icons.ts'
import { Page, Skeleton } from '../../ui/Page.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { useNow } from '../history/use-now.ts'
import { ClearDeviceDialog } from './ClearDeviceDialog.tsx'
import { deviceState, seenWords } from './device-words.ts'
import { useDevices } from './use-devices.ts'

/** One device of one person; several people may use one device. */
function rowId({ id, person }: DeviceEntry): string {
  return `device-${person.id}-${id}`
}

interface DeviceRowProps {
  readonly device: DeviceEntry
  readonly isThis: boolean
  readonly showsPerson: boolean
  readonly now: number
  readonly onClear: () => void
}

function DeviceRow({ device, isThis, showsPerson, now, onClear }: DeviceRowProps) {
  const state = deviceState(device, now)
  return (
    <li
      id={rowId(device)}
      // What was done here is read from here on, once its button is gone.
      tabIndex={-1}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 -outline-offset-2"
    >
      {showsPerson ? (
        <Avatar person={device.person} size="lg" />
      ) : (
        <HardDriveIcon aria-hidden className="size-5 text-ink-3" />
      )}
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 text-base font-medium">
          {device.label}
          {isThis && <Badge tone="accent">This device</Badge>}
        </p>
        <p className="num text-sm text-ink-2">
          {showsPerson && `${device.person.name}, `}
          {seenWords(device, now)}
        </p>
        {state.detail !== undefined && <p className="text-sm text-ink-2">{state.detail}</p>}
      </div>
      <Badge tone={state.tone}>{state.text}</Badge>
      {!isThis && device.wipe === undefined && (
        <Button
          size="sm"
          className="phone:ms-auto"
          aria-label={`Clear ${device.label} of ${device.person.name}, ${seenWords(device, now)}`}
          onPress={onClear}
        >
          Clear
        </Button>
      )}
    </li>
  )
}

function DeviceList({ of }: { readonly of: 'me' | 'everybody' }) {
  const me = useMe()
  const { deviceId } = useWorkspace()
  const { devices, isUnreachable, reload } = useDevices(of)
  const [clearing, setClearing] = useState<DeviceEntry>()
  const now = useNow()
  const cleared = useRef<DeviceEntry>(undefined)
  useEffect(() => {
    const row = devices?.find(({ id, wipe }) => id === cleared.current?.id && wipe !== undefined)
    if (row === undefined) return
    cleared.current = undefined
    document.getElementById(rowId(row))?.focus()
  }, [devices])
  if (devices === undefined) {
    if (!isUnreachable) return <Skeleton rows={3} label="Getting the list of devices" />
    return (
      <EmptyState
        icon={<CloudOffIcon aria-hidden />}
        title="The list of devices is not on this device"
        action={<Button onPress={reload}>Try again</Button>}
      >
        It is kept at the server. Come back when you are connected.
      </EmptyState>
    )
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {devices.map((device) => (
          <DeviceRow
            key={`${device.person.id} ${device.id}`}
            device={device}
            isThis={device.id === deviceId && device.person.id === me.user.id}
            showsPerson={of === 'everybody'}
            now={now}
            onClear={() => {
              setClearing(device)
            }}
          />
        ))}
      </ul>
      {isUnreachable && (
        <p role="status" className="mt-2 text-sm text-ink-2">
          The server could not be reached; this is what was here before.
        </p>
      )}
      {clearing !== undefined && (
        <ClearDeviceDialog
          device={clearing}
          isMine={clearing.person.id === me.user.id}
          onClose={() => {
            setClearing(undefined)
          }}
          onDone={() => {
            cleared.current = clearing
            setClearing(undefined)
            reload()
          }}
        />
      )}
    </>
  )
}

/** Most people come from there. */
function SyncCentreLink() {
  return (
    <Link
      to="/sync"
      className="inline-flex min-h-6 items-center hover:text-ink hover:underline touch:min-h-11"
    >
      Sync centre
    </Link>
  )
}

/** Where one's records are, and removing them from afar; admins do the same for everybody. */
export function DevicesPage() {
  const { role } = useMe()
  if (role !== 'admin')
    return (
      <Page title="Devices" eyebrow={<SyncCentreLink />}>
        <DeviceList of="me" />
      </Page>
    )
  return (
    <Page title="Devices" eyebrow={<SyncCentreLink />}>
      <Tabs
        label="Devices"
        tabs={[
          { id: 'everybody', label: 'Everybody', content: <DeviceList of="everybody" /> },
          { id: 'mine', label: 'Mine', content: <DeviceList of="me" /> },
        ]}
      />
    </Page>
  )
}
