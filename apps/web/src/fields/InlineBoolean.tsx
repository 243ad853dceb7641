import { Switch } from 'react-aria-components'
import { cx } from '../ui/cx.ts'
import { FieldFrame } from './FieldFrame.tsx'
import type { InlineFieldProps } from './InlineText.tsx'
import { useRecordScope } from './record-scope.tsx'
import { useField } from './use-field.ts'

/** Yes or no, as a switch with its word. */
export function InlineBoolean({ path, value, label, className }: InlineFieldProps) {
  const { announceField } = useRecordScope()
  const field = useField(path, value)
  const isOn = value === true
  return (
    <FieldFrame path={path} remoteChanges={field.remoteChanges} problem={field.problem}>
      <Switch
        aria-label={label ?? field.spec.label}
        isSelected={isOn}
        isDisabled={!field.canWrite}
        onChange={(next) => {
          field.commit(next)
        }}
        onFocusChange={(isFocused) => {
          announceField(isFocused ? path : undefined)
        }}
        className={cx(
          'group flex min-h-8 w-fit items-center gap-2 rounded-md px-2 text-base touch:min-h-11',
          className,
        )}
      >
        <span className="flex h-4 w-7 items-center rounded-full bg-edge p-0.5 transition-colors duration-120 group-selected:bg-accent group-focus-visible:outline-2 group-focus-visible:outline-offset-2 group-focus-visible:outline-accent-ink forced-colors:border">
          <span className="size-3 rounded-full bg-white transition-transform duration-120 group-selected:translate-x-3" />
        </span>
        <span className={isOn ? 'text-ink' : 'text-ink-2'}>{isOn ? 'Yes' : 'No'}</span>
      </Switch>
    </FieldFrame>
  )
}
