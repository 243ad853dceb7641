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
      toastOptions={{
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
