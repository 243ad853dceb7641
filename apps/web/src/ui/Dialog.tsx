import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { XIcon } from './icons.ts'
import { IconButton } from './Button.tsx'
import { cx } from './cx.ts'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly title: string
  /** One sentence under the title. */
  readonly lead?: ReactNode | undefined
  readonly children: ReactNode
  /** Buttons, right-aligned; the primary one last. */
  readonly footer?: ReactNode | undefined
  readonly size?: 'sm' | 'md' | 'lg' | undefined
  readonly role?: 'dialog' | 'alertdialog' | undefined
}

const widths = { sm: 'sm:max-w-100', md: 'sm:max-w-130', lg: 'sm:max-w-180' }

function DialogFrame({
  title,
  lead,
  children,
  footer,
  role,
  onClose,
}: Omit<DialogProps, 'isOpen' | 'onOpenChange' | 'size'> & { readonly onClose: () => void }) {
  return (
    <AriaDialog role={role ?? 'dialog'} className="flex max-h-[inherit] min-h-0 flex-col outline-none">
      <header
        className={cx(
          'flex gap-2 border-b border-line px-4 pt-3 pb-2.5',
          lead === undefined ? 'items-center' : 'items-start',
        )}
      >
        <div className="min-w-0 flex-1">
          <Heading slot="title" level={2} className="text-lg font-semibold text-ink">
            {title}
          </Heading>
          {lead !== undefined && <p className="text-sm text-ink-2">{lead}</p>}
        </div>
        <IconButton label="Close" size="sm" className="-me-1" onPress={onClose}>
          <XIcon aria-hidden className="size-4" />
        </IconButton>
      </header>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
      {footer !== undefined && (
        <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
      )}
    </AriaDialog>
  )
}

const scrim = 'fixed inset-0 z-50 flex h-(--visual-viewport-height) bg-scrim entering:animate-fade'

/** A modal dialog; on phones it comes from below and fills the width, so that its buttons are under the thumb. */
export function Dialog({ isOpen, onOpenChange, size = 'md', ...frame }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={frame.role !== 'alertdialog'}
      className={cx(scrim, 'items-end justify-center sm:items-start sm:p-4 sm:pt-[10vh]')}
    >
      <Modal
        className={cx(
          'flex max-h-[92%] w-full flex-col overflow-hidden rounded-t-lg border border-line-strong bg-raised shadow-sheet',
          'safe-bottom entering:animate-sheet sm:max-h-[80vh] sm:rounded-lg sm:shadow-pop sm:entering:animate-pop',
          widths[size],
        )}
      >
        <DialogFrame
          {...frame}
          onClose={() => {
            onOpenChange(false)
          }}
        />
      </Modal>
    </ModalOverlay>
  )
}
