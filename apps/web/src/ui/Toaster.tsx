import 'sonner/dist/styles.css'
import { Toaster as SonnerToaster, toast } from 'sonner'
import { useTheme } from './theme.ts'

/** Where toasts appear; once per page. The rules of use stand at {@link say}. */
export function Toaster() {
  const { resolved } = useTheme()
  return (
    <SonnerToaster
      theme={resolved}
      position="bottom-center"
      duration={10_000}
      closeButton
      // On phones above the navigation: ten seconds are too long to cover it.
      mobileOffset={{ bottom: 'calc(4.5rem + env(safe-area-inset-bottom))' }}
      toastOptions={{
        classNames: { closeButton: '!border-line-strong !bg-raised !text-ink-2' },
        className: '!rounded-lg !border-line-strong !bg-raised !text-ink !font-sans !text-sm !shadow-pop',
      }}
    />
  )
}

/**
 * Says what just happened, with a way back for 10 s. Not for sync (the chip says that) and never the only place of an
 * error.
 */
export function say(message: string, undo?: { readonly label: string; readonly onAction: () => void }): void {
  toast(message, undo === undefined ? {} : { action: { label: undo.label, onClick: undo.onAction } })
}

/** Keeps on the page what was typed and could not be written, until it is dismissed: nobody types it twice. */
export function sayNotSaved(message: string, typed: string): void {
  const copy = () => {
    navigator.clipboard.writeText(typed).then(
      () => say('Copied'),
      () => say('This browser does not let the page copy; select the words and copy them.'),
    )
  }
  toast(message, {
    description: typed,
    duration: Infinity,
    action: {
      label: 'Copy',
      onClick: (event) => {
        // It stays: the clipboard is easily overwritten.
        event.preventDefault()
        copy()
      },
    },
  })
}
