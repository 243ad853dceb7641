import { openWorkspace, type Workspace } from '@fulqrun/sync'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { WorkspaceProvider } from './data/workspace.tsx'
import { startAppUpdate } from './frame/app-update.ts'
import { AppUpdateContext } from './frame/app-update-context.tsx'
import { watchInstallOffer } from './frame/install-app.ts'
import { makeRouter } from './routes.tsx'
import { browserDeviceData } from './session/device-data.ts'
import { deviceStorage, leavingKey, onRememberedElsewhere } from './session/remembered.ts'
import { createSession, type Session } from './session/session.ts'
import { SessionContext, useSessionView } from './session/session-context.tsx'

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
  onRememberedElsewhere((news) => {
    void session.followDevice(news) // As above.
  })
  return session
}

// Neither is needed by somebody who is signed in already: the first paint does without them.
const SignInPage = lazy(async () => ({ default: (await import('./session/SignInPage.tsx')).SignInPage }))
const Toaster = lazy(async () => ({ default: (await import('./ui/Toaster.tsx')).Toaster }))
const EndedPage = lazy(() => import('./session/EndedPage.tsx'))

/** Loaded once somebody is signed in: nothing of the first paint waits for it. */
function useDeviceServices(workspace: Workspace | undefined, router: ReturnType<typeof makeRouter>): void {
  useEffect(() => {
    if (workspace === undefined) return undefined
    let stop: (() => void) | undefined
    let isLeft = false
    const open = (address: string) => {
      router.history.push(address)
    }
    import('./frame/device-services.ts').then(
      ({ startDeviceServices }) => {
        if (!isLeft) stop = startDeviceServices({ open, workspace })
      },
      () => undefined, // Out of reach: the next start has it; the app works without.
    )
    return () => {
      isLeft = true
      stop?.()
    }
  }, [workspace, router])
}

function Screens() {
  const view = useSessionView()
  const [router] = useState(makeRouter)
  useDeviceServices(view.phase === 'ready' ? view.workspace : undefined, router)
  switch (view.phase) {
    case 'starting':
      // A few milliseconds: what this device has is being read.
      return null
    case 'leaving':
      return (
        <p role="status" className="grid min-h-dvh place-items-center p-6 text-base text-ink-2">
          Removing your records from this device ...
        </p>
      )
    case 'ended':
      return (
        <Suspense>
          <EndedPage reason={view.reason} workspace={view.workspace} />
        </Suspense>
      )
    case 'signed-out':
      return (
        <Suspense>
          <SignInPage view={view} />
        </Suspense>
      )
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
        <Suspense>
          <Toaster />
        </Suspense>
      </AppUpdateContext>
    </SessionContext>
  )
}

/** The one session and the one service worker of this page; they outlive every component. */
export function startApp(): AppProps {
  const session = startSession()
  const update = startAppUpdate()
  watchInstallOffer()
  const installForPerson = () => {
    if (session.get().phase === 'ready') update.install()
  }
  session.subscribe(installForPerson)
  installForPerson()
  return { session, update }
}
