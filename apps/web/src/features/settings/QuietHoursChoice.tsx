import type { NotificationSettings, QuietHours } from '@fulqrun/protocol'
import { Input, TextField as AriaTextField } from 'react-aria-components'
import { controlClass } from '../../ui/control.ts'
import { cx } from '../../ui/cx.ts'
import { FieldParts, fieldClass } from '../../ui/Field.tsx'
import { Select } from '../../ui/Select.tsx'
import { Switch } from '../../ui/Switch.tsx'

interface TimeFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A time of day, `HH:MM`; the platform's own picker, as for dates. */
function TimeField({ label, value, onChange }: TimeFieldProps) {
  return (
    <AriaTextField
      type="time"
      value={value}
      onChange={(next) => {
        // Emptied, or half typed: the time before holds until there is another.
        if (/^\d{2}:\d{2}$/.test(next)) onChange(next)
      }}
      className={cx(fieldClass, 'w-32')}
    >
      <FieldParts label={label}>
        <Input className={cx(controlClass, 'num')} />
      </FieldParts>
    </AriaTextField>
  )
}

function zoneOfDevice(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Every zone that the browser knows, that of the device first. */
function zoneChoices(chosen: string): readonly { readonly id: string; readonly label: string }[] {
  const here = zoneOfDevice()
  const all = new Set([here, chosen, ...Intl.supportedValuesOf('timeZone')])
  return [...all].map((zone) => {
    const name = zone.replaceAll('_', ' ')
    return { id: zone, label: zone === here ? `${name} (this device)` : name }
  })
}

interface QuietHoursChoiceProps {
  readonly settings: NotificationSettings
  readonly onChange: (settings: NotificationSettings) => void
}

/** Hours without notifications. */
export function QuietHoursChoice({ settings, onChange }: QuietHoursChoiceProps) {
  const { quiet, ...rest } = settings
  const set = (changed: Partial<QuietHours>) => {
    const { from, to, timeZone } = quiet ?? { from: '20:00', to: '07:00', timeZone: zoneOfDevice() }
    onChange({ ...rest, quiet: { from, to, timeZone, ...changed } })
  }
  return (
    <>
      <Switch
        isOn={quiet !== undefined}
        detail="What comes meanwhile is told at their end, in one notification."
        onToggle={(isOn) => {
          if (isOn) set({})
          else onChange(rest)
        }}
      >
        Quiet hours
      </Switch>
      {quiet !== undefined && (
        <div role="group" aria-label="Quiet hours" className="flex flex-wrap gap-3 pt-1 pb-2">
          <TimeField
            label="From"
            value={quiet.from}
            onChange={(from) => {
              set({ from })
            }}
          />
          <TimeField
            label="Until"
            value={quiet.to}
            onChange={(to) => {
              set({ to })
            }}
          />
          <Select
            label="Time zone"
            className="w-64 max-w-full"
            choices={zoneChoices(quiet.timeZone)}
            value={quiet.timeZone}
            onChange={(timeZone) => {
              set({ timeZone })
            }}
          />
        </div>
      )}
    </>
  )
}
