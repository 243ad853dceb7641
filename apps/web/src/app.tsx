import { openWorkspace } from '@fulqrun/sync'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { WorkspaceProvider } from './data/workspace.tsx'
import { startAppUpdate } from './frame/app-update.ts'
import { AppUpdateContext } from './frame/app-update-context.tsx'
import { makeRouter } from './routes.tsx'
import { browserDeviceData } from './session/device-data.ts'
import { deviceStorage, leavingKey, onRememberedElsewhere } from './session/remembered.ts'
import { createSession, type Session } from './session/session.ts'
import { SessionContext, useSessionView } from './session/session-context.tsx'
import { SignInPage } from './session/SignInPage.tsx'
import { Toaster } from './ui/Toaster.tsx'

/** Asks the browser not to clear our data on its own; the answer is shown in the sync panel. */
function keepStorage(): void {
  // Private windows of some browsers have no storage manager, or one that fails: then it may be cleared, as shown.
  if ('storage' in navigator) navigator.storage.persist().catch(() => false)
}

function startSession(): Session {
  const session = createSession({
    fetch: (...args) => fetch(...args),
    storage: deviceStorage(),
    openWorkspace: (me) => {
      keepStorage()
      return openWorkspace({ me, baseUrl: '' })
    },
    deviceData: browserDeviceData([leavingKey]),
  })
  void session.start() // Its outcome is the session's state.
  onRememberedElsewhere(() => {
    void session.followDevice() // As above.
  })
  return session
}

const EndedPage = lazy(() => import('./session/EndedPage.tsx'))

function Screens() {
  const view = useSessionView()
  const [router] = useState(makeRouter)
  switch (view.phase) {
    case 'starting':
      // A few milliseconds: what this device has is being read.
      return null
    case 'leaving':
      return <p className="p-6 text-base text-ink-2">Removing your records from this device ...</p>
    case 'ended':
      return (
        <Suspense>
          <EndedPage reason={view.reason} workspace={view.workspace} />
        </Suspense>
      )
    case 'signed-out':
      return <SignInPage view={view} />
    case 'ready':
      return (
        <WorkspaceProvider me={view.me} workspace={view.workspace}>
          <RouterProvider router={router} />
        </WorkspaceProvider>
      )
  }
}

export interface AppProps {
  readonly session: Session
  readonly update: ReturnType<typeof startAppUpdate>
}

export function App({ session, update }: AppProps) {
  return (
    <SessionContext value={session}>
      <AppUpdateContext value={update}>
        <Screens />
        <Toaster />
      </AppUpdateContext>
    </SessionContext>
  )
}

/** The one session and the one service worker of this page; they outlive every component. */
export function startApp(): AppProps {
  return { session: startSession(), update: startAppUpdate() }
}
