import type { ReactNode } from 'react'
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  MenuTrigger,
  Popover,
  type PopoverProps,
  Separator,
  type Selection,
} from 'react-aria-components'
import { CheckIcon } from './icons.ts'
import { optionClass, popoverClass } from './control.ts'
import { cx } from './cx.ts'

export interface MenuProps {
  /** The button that opens it: `Button` or `IconButton`. */
  readonly trigger: ReactNode
  /** Accessible name of the list. */
  readonly label: string
  /** `MenuItem`, `MenuSection` and `MenuSeparator`. */
  readonly children: ReactNode
  readonly placement?: PopoverProps['placement'] | undefined
}

export function Menu({ trigger, label, children, placement = 'bottom end' }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={cx(popoverClass, 'min-w-52')} placement={placement} offset={4}>
        <AriaMenu aria-label={label} className="thin-scroll max-h-[70vh] overflow-auto p-1 outline-none">
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}

export interface MenuItemProps {
  readonly id: string
  readonly label: string
  readonly detail?: string | undefined
  readonly icon?: ReactNode | undefined
  readonly isDisabled?: boolean | undefined
  readonly tone?: 'normal' | 'danger' | undefined
  readonly onAction?: (() => void) | undefined
}

export function MenuItem({ id, label, detail, icon, isDisabled, tone, onAction }: MenuItemProps) {
  return (
    <AriaMenuItem
      id={id}
      textValue={label}
      isDisabled={isDisabled ?? false}
      {...(onAction === undefined ? {} : { onAction })}
      className={cx(optionClass, tone === 'danger' && 'text-conflict')}
    >
      {({ isSelected, selectionMode }) => (
        <>
          {selectionMode === 'none' ? (
            icon
          ) : (
            <CheckIcon
              aria-hidden
              className={cx('size-4 shrink-0 text-accent-ink', !isSelected && 'invisible')}
            />
          )}
          <span className="flex min-w-0 flex-1 flex-col">
            <span className="truncate">{label}</span>
            {detail !== undefined && <span className="text-xs font-normal text-ink-3">{detail}</span>}
          </span>
        </>
      )}
    </AriaMenuItem>
  )
}

export interface MenuSectionProps {
  readonly title: string
  readonly children: ReactNode
  /** Makes the section a choice: ids of its chosen items. */
  readonly selection?:
    | {
        readonly mode: 'single' | 'multiple'
        readonly ids: readonly string[]
        readonly onChange: (ids: readonly string[]) => void
      }
    | undefined
}

export function MenuSection({ title, children, selection }: MenuSectionProps) {
  const choice =
    selection === undefined
      ? {}
      : {
          selectionMode: selection.mode,
          selectedKeys: selection.ids,
          onSelectionChange: (keys: Selection) => {
            if (keys !== 'all') selection.onChange([...keys].map(String))
          },
        }
  return (
    <AriaMenuSection {...choice}>
      <Header className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">{title}</Header>
      {children}
    </AriaMenuSection>
  )
}

export function MenuSeparator() {
  return <Separator className="my-1 border-t border-line" />
}
