import type { Workspace } from '@fulqrun/sync'
import { useEffect, useState } from 'react'
import { useStore } from '../data/store.ts'
import { downloadUnsent } from '../frame/export-unsent.ts'
import { Logo } from '../frame/Logo.tsx'
import { changes } from '../frame/sync-words.ts'
import { Button } from '../ui/Button.tsx'
import { useSession } from './session-context.tsx'
import type { EndReason } from './standing.ts'

const titles: Record<EndReason, string> = {
  wiped: 'This device is to be cleared',
  'no-access': 'Your access has ended',
}

const explanations: Record<EndReason, string> = {
  wiped: 'Your records are not shown here any more, because this device was asked to remove them.',
  'no-access':
    'Your records are not shown here any more. Ask your administrator when you think that this is a mistake.',
}

interface EndedPageProps {
  readonly reason: EndReason
  readonly workspace: Workspace
}

/** What was not sent is handed over as a file before everything is removed: nothing that was typed is just dropped. */
export default function EndedPage({ reason, workspace }: EndedPageProps) {
  const session = useSession()
  const { pending, refused } = useStore(workspace.sync)
  const unsent = pending + refused
  const [isSaved, setSaved] = useState(false)
  useEffect(() => {
    // The title of the record that was open is not to be seen any more either.
    document.title = `${titles[reason]} - FulQrun`
  }, [reason])
  return (
    <main className="grid min-h-dvh grid-cols-1 place-items-center px-4 py-8">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-2">
          <Logo className="size-7" />
          <h1 className="text-xl font-semibold">{titles[reason]}</h1>
        </div>
        <p className="mb-3 text-base text-ink-2">{explanations[reason]}</p>
        <p className="mb-6 text-base text-ink-2">
          {changes(unsent)} made on this device did not reach the server. Save{' '}
          {unsent === 1 ? 'it as a file before it is' : 'them as a file before they are'} removed.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button
            variant={isSaved ? 'secondary' : 'primary'}
            onPress={() => {
              // Reads what is in memory; nothing of it can fail late.
              void downloadUnsent(workspace).then(() => {
                setSaved(true)
              })
            }}
          >
            {isSaved ? 'Saved as a file' : 'Save as a file'}
          </Button>
          <Button
            variant={isSaved ? 'primary' : 'danger'}
            onPress={() => {
              void session.signOut() // Works without a network; what is left of it happens at the next start.
            }}
          >
            {isSaved ? 'Remove everything from this device' : 'Remove everything without saving'}
          </Button>
        </div>
      </div>
    </main>
  )
}
