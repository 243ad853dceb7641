import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { AlertTriangleIcon } from '../ui/icons.ts'
import { Page } from '../ui/Page.tsx'

/** A screen failed. Says nothing about the data: that is the sync chip's word, which still stands above. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return (
    <Page title="This screen stopped working">
      <EmptyState
        icon={<AlertTriangleIcon aria-hidden />}
        title="Something in this screen went wrong"
        action={
          <span className="flex flex-wrap justify-center gap-2">
            <Button
              onPress={() => {
                // The clipboard may be blocked; the details are on screen as well.
                navigator.clipboard.writeText(details).catch(() => undefined)
              }}
            >
              Copy details
            </Button>
            <Button variant="primary" onPress={reset}>
              Try again
            </Button>
          </span>
        }
      >
        The other screens still work. The sync chip above shows whether everything you entered has been saved
        and sent.
      </EmptyState>
      <details className="mx-auto max-w-180 text-sm text-ink-2">
        <summary className="min-h-6">Details for support</summary>
        <pre className="thin-scroll mt-2 overflow-auto rounded-md bg-sunken p-3 text-xs whitespace-pre-wrap">
          {details}
        </pre>
      </details>
    </Page>
  )
}
