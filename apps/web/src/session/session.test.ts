import type { DeviceStanding, Me } from '@fulqrun/protocol'
import type { SessionState, SyncSummary, Workspace } from '@fulqrun/sync'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createStore } from '../data/store.ts'
import {
  forgetMe,
  isLeaving,
  memoryStorage,
  rememberedEnd,
  rememberedMe,
  type Remembering,
  rememberMe,
  setLeaving,
} from './remembered.ts'
import type { DeviceData } from './device-data.ts'
import { createSession, type Session, type SessionView } from './session.ts'

function makeMe(id: string, part: Partial<Me> = {}): Me {
  return {
    user: { id, name: id.toUpperCase(), email: `${id}@example.com` },
    organization: { id: 'org', name: 'Org' },
    role: 'rep',
    territories: [{ id: 'north', name: 'North' }],
    canWrite: true,
    now: 0,
    ...part,
  }
}

/** What the session does to workspaces, in order: `open ana`, `erase ana`. */
interface Device {
  readonly log: string[]
  readonly openWorkspace: (me: Me) => Promise<Workspace>
  readonly deviceData: DeviceData
  pending: number
  refused: number
  /** Files that are found among what was left only once their part of the workspace is loaded. */
  filesLeft: number
  /** Databases that another tab holds. */
  blocked: readonly string[]
  /** The server ends the session of the workspace that is open. */
  endSession(): void
  /** The server lets the workspace that is open in. */
  goLive(): void
}

function makeDevice(): Device {
  // As of a start without a network, until something is said of it.
  const phase = createStore<Pick<SessionState, 'phase'>>({ phase: 'connecting' })
  const device: Device = {
    log: [],
    pending: 0,
    refused: 0,
    filesLeft: 0,
    blocked: [],
    endSession: () => {
      phase.set({ phase: 'signed-out' })
    },
    goLive: () => {
      phase.set({ phase: 'live' })
    },
    deviceData: {
      forget: ({ keepsApp }) => {
        device.log.push(keepsApp ? 'forget all but the app' : 'forget all')
        return Promise.resolve()
      },
    },
    openWorkspace: (me) => {
      const id = me.user.id
      device.log.push(`open ${id}`)
      const summary: SyncSummary = {
        state: 'up-to-date',
        pending: 0,
        documents: 0,
        refused: 0,
        storage: 'persistent',
      }
      const sync = createStore(summary)
      const note = (act: string) => {
        device.log.push(`${act} ${id}`)
        return Promise.resolve({ blocked: device.blocked })
      }
      // Only what the session touches.
      const workspace = {
        deviceId: 'device-1',
        session: phase,
        sync: { ...sync, get: () => ({ ...summary, pending: device.pending, refused: device.refused }) },
        attachments: () => {
          device.pending += device.filesLeft
          device.filesLeft = 0
          return Promise.resolve()
        },
        signedOut: () => note('erase'),
        close: () => note('close'),
        signedInAgain: () => void note('again'),
      }
      return Promise.resolve(workspace as unknown as Workspace)
    },
  }
  return device
}

/** A server that knows at most one signed-in person; when it is not reachable, requests fail as without a network. */
interface FakeServer {
  me: Me | undefined
  isReachable: boolean
  standing: DeviceStanding
  /** Devices that said that they are cleared. */
  readonly cleared: string[]
  readonly fetch: typeof fetch
}

function makeServer(initial: Me | undefined): FakeServer {
  const server: FakeServer = {
    me: initial,
    isReachable: true,
    standing: { standing: 'active', keepsUnsent: true, hasAccess: true },
    cleared: [],
    fetch: ((path: string, init?: { readonly body?: string }) => {
      if (!server.isReachable) return Promise.reject(new TypeError('network'))
      const json = (status: number, body: unknown) =>
        Promise.resolve(new Response(JSON.stringify(body), { status }))
      if (path === '/api/auth/sign-in/email') {
        const { email } = JSON.parse(init?.body ?? '{}') as { email: string }
        server.me = makeMe(email.split('@')[0] ?? '')
        return json(200, {})
      }
      if (path.startsWith('/api/devices/device-1/standing')) return json(200, server.standing)
      if (path.startsWith('/api/devices/device-1/wiped')) {
        server.cleared.push(path)
        return json(200, {})
      }
      if (path === '/api/auth/sign-out') {
        server.me = undefined
        return json(200, {})
      }
      return server.me === undefined ? json(401, { code: 'auth/required' }) : json(200, server.me)
    }) as typeof fetch,
  }
  return server
}

function makeSession(initial: Me | undefined, remembered?: Me) {
  const storage = memoryStorage()
  if (remembered !== undefined) rememberMe(storage, remembered)
  const device = makeDevice()
  const server = makeServer(initial)
  return {
    storage,
    device,
    server,
    session: createSession({
      fetch: server.fetch,
      storage,
      openWorkspace: device.openWorkspace,
      deviceData: device.deviceData,
    }),
  }
}

describe('start', () => {
  test('a remembered person is in at once without a network', async () => {
    const { session, server } = makeSession(undefined, makeMe('ana'))
    server.isReachable = false
    await session.start()
    expect(session.get()).toMatchObject({ phase: 'ready', me: { user: { id: 'ana' } } })
  })

  test('a session that has ended does not take the work away', async () => {
    const { session, device } = makeSession(undefined, makeMe('ana'))
    await session.start()
    expect(session.get().phase).toBe('ready')
    expect(device.log).toEqual(['open ana'])
  })

  test('nobody remembered, nobody signed in', async () => {
    const { session } = makeSession(undefined)
    await session.start()
    expect(session.get()).toEqual({ phase: 'signed-out', unreachable: false })
  })

  test('new rights open the workspace anew', async () => {
    const { session, device } = makeSession(makeMe('ana', { canWrite: false }), makeMe('ana'))
    await session.start()
    expect(device.log).toEqual(['open ana', 'close ana', 'open ana'])
    expect(session.get()).toMatchObject({ me: { canWrite: false } })
  })

  test('an answer that is not ours, as of a captive portal, is no answer', async () => {
    const { session, server } = makeSession(undefined, makeMe('ana'))
    server.me = { hello: 'world' } as unknown as Me
    await session.start()
    expect(session.get()).toMatchObject({ phase: 'ready', me: { user: { id: 'ana' } } })
  })
})

describe('another person on the same device', () => {
  test('the data of the former goes when everything was sent', async () => {
    const { session, device } = makeSession(undefined, makeMe('ana'))
    await session.start()
    expect(await session.signIn('ben@example.com', 'x')).toEqual({ kind: 'ok', locked: undefined })
    expect(device.log).toEqual(['open ana', 'erase ana', 'open ben'])
  })

  test('unsent work stays, locked', async () => {
    const { session, device } = makeSession(undefined, makeMe('ana'))
    await session.start()
    device.pending = 3
    expect(await session.signIn('ben@example.com', 'x')).toEqual({
      kind: 'ok',
      locked: { name: 'ANA', pending: 3 },
    })
    expect(device.log).toEqual(['open ana', 'close ana', 'open ben'])
  })

  test('so does a draft that was not accepted, and a photo of which nothing is known yet', async () => {
    for (const left of [{ refused: 1 }, { filesLeft: 1 }]) {
      const { session, device } = makeSession(undefined, makeMe('ana'))
      await session.start()
      Object.assign(device, left)
      expect(await session.signIn('ben@example.com', 'x')).toMatchObject({ locked: { pending: 1 } })
      expect(device.log).toEqual(['open ana', 'close ana', 'open ben'])
    }
  })

  test('the same person signing in again keeps the open workspace', async () => {
    const { session, device, server } = makeSession(undefined, makeMe('ana'))
    await session.start()
    await session.signIn('ana@example.com', 'x')
    expect(device.log).toEqual(['open ana', 'again ana'])
    expect(server.me?.user.id).toBe('ana')
  })
})

describe('sign out', () => {
  test('erases the local data and forgets the person', async () => {
    const { session, device, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    const phases: string[] = []
    session.subscribe(() => phases.push(session.get().phase))
    await session.signOut()
    expect(device.log).toEqual(['open ana', 'erase ana', 'forget all'])
    expect(rememberedMe(storage)).toBeUndefined()
    expect(phases).toEqual(['leaving', 'signed-out'])
  })

  test('says that another tab still holds something', async () => {
    const { session, device } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.blocked = ['fulqrun-ana']
    await session.signOut()
    expect(session.get()).toMatchObject({ phase: 'signed-out', isHeld: true })
  })

  test('without a network the app stays, so that the next start shows more than the error of the browser', async () => {
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    server.isReachable = false
    await session.signOut()
    expect(device.log).toEqual(['open ana', 'erase ana', 'forget all but the app'])
  })

  test('without a network the cookie does not sign the person in again at the next start', async () => {
    const { session, server, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    server.isReachable = false
    await session.signOut()
    expect(isLeaving(storage)).toBe(true)
    const { openWorkspace, deviceData } = makeDevice()
    const next = createSession({ fetch: server.fetch, storage, openWorkspace, deviceData })
    server.isReachable = true
    await next.start()
    expect(next.get().phase).toBe('signed-out')
    expect(isLeaving(storage)).toBe(false)
    expect(server.me).toBeUndefined()
  })

  test('a new sign-in takes the leaving back', async () => {
    const { session, storage } = makeSession(undefined)
    setLeaving(storage, true)
    await session.signIn('ana@example.com', 'x')
    expect(isLeaving(storage)).toBe(false)
    expect(session.get().phase).toBe('ready')
  })
})

test('wrong credentials are told apart from no network', async () => {
  const { session, server } = makeSession(undefined)
  server.isReachable = false
  expect(await session.signIn('ana@example.com', 'x')).toEqual({ kind: 'unreachable' })
})

/** As browsers do for a person who clears the site in their settings. */
function clear(storage: Remembering): void {
  for (const key of ['me', 'ended', 'leaving']) storage.removeItem(`fulqrun.${key}`)
}

describe('another page of the browser', () => {
  test('signed out: the records leave this page too, and nothing is erased twice', async () => {
    const { session, device, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    forgetMe(storage)
    await session.followDevice({ isSignedOut: true })
    expect(session.get()).toEqual({ phase: 'signed-out', unreachable: false })
    expect(device.log).toEqual(['open ana', 'close ana'])
  })

  test('[WHO-1] storage that was cleared under the page is no signing out: it goes on, and is remembered again', async () => {
    const { session, device, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    clear(storage)
    await session.followDevice({ isSignedOut: false })
    expect(session.get()).toMatchObject({ phase: 'ready', me: { user: { id: 'ana' } } })
    expect(device.log).toEqual(['open ana'])
    expect(rememberedMe(storage)?.user.id).toBe('ana')
  })

  test('[WHO-1] nor does it bring back the records of a person who may not see them any more', async () => {
    const { session, device, server, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    server.standing = { standing: 'active', keepsUnsent: true, hasAccess: false }
    device.endSession()
    await phaseOf(session, 'ended')
    clear(storage)
    await session.followDevice({ isSignedOut: false })
    expect(rememberedEnd(storage)).toBe('no-access')
  })

  test('[WHO-1] signing out after a clearing counts again', async () => {
    const { session, device, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    clear(storage)
    await session.followDevice({ isSignedOut: false })
    forgetMe(storage)
    await session.followDevice({ isSignedOut: true })
    expect(session.get().phase).toBe('signed-out')
    expect(device.log).toEqual(['open ana', 'close ana'])
  })

  test('signed somebody else in: this page shows that person', async () => {
    const { session, device, storage, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    server.me = makeMe('eve')
    rememberMe(storage, makeMe('eve'))
    await session.followDevice({ isSignedOut: false })
    expect(session.get()).toMatchObject({ phase: 'ready', me: { user: { id: 'eve' } } })
    expect(device.log).toEqual(['open ana', 'close ana', 'open eve'])
  })

  test('heard of the same person again: nothing happens', async () => {
    const { session, device, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    rememberMe(storage, makeMe('ana', { now: 5 }))
    await session.followDevice({ isSignedOut: false })
    expect(device.log).toEqual(['open ana'])
  })
})

/** Resolves with the view once it is in a phase. */
function phaseOf(session: Session, phase: SessionView['phase']): Promise<SessionView> {
  return new Promise((resolve) => {
    const look = () => {
      if (session.get().phase !== phase) return
      stop()
      resolve(session.get())
    }
    const stop = session.subscribe(look)
    look()
  })
}

describe('the session was ended by somebody else', () => {
  test('one that has just run out takes nothing away', async () => {
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    let asked = false
    const { standing } = server
    Object.defineProperty(server, 'standing', {
      get: () => {
        asked = true
        return standing
      },
    })
    device.endSession()
    await expect.poll(() => asked).toBe(true)
    expect(session.get().phase).toBe('ready')
    expect(device.log).toEqual(['open ana'])
  })

  test('a device that is to be cleared is, at once when everything was sent, and says so', async () => {
    const { session, device, server, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    server.standing = { standing: 'wiped', keepsUnsent: true, hasAccess: true }
    device.endSession()
    expect(await phaseOf(session, 'signed-out')).toMatchObject({ cleared: 'wiped' })
    expect(device.log).toEqual(['open ana', 'erase ana', 'forget all'])
    expect(server.cleared).toEqual(['/api/devices/device-1/wiped?person=ana'])
    expect(rememberedMe(storage)).toBeUndefined()
  })

  test('unsent work is kept until it was saved or given up, and the records are not shown meanwhile', async () => {
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    server.standing = { standing: 'active', keepsUnsent: true, hasAccess: false }
    device.endSession()
    expect(await phaseOf(session, 'ended')).toMatchObject({ reason: 'no-access' })
    expect(device.log).toEqual(['open ana'])
    await session.signOut()
    expect(session.get()).toMatchObject({ phase: 'signed-out', cleared: 'no-access' })
    expect(device.log).toEqual(['open ana', 'erase ana', 'forget all'])
  })

  test('a reload does not bring the records back, without a network either', async () => {
    const { session, device, server, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    server.standing = { standing: 'wiped', keepsUnsent: true, hasAccess: true }
    device.endSession()
    await phaseOf(session, 'ended')
    server.isReachable = false
    const next = createSession({ fetch: server.fetch, storage, ...makeDevice() })
    const phases: string[] = []
    next.subscribe(() => phases.push(next.get().phase))
    await next.start()
    expect(phases).toEqual(['ended'])
  })

  test('access that is given back before anything was given up brings the records back', async () => {
    const { session, device, server, storage } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    server.standing = { standing: 'active', keepsUnsent: true, hasAccess: false }
    device.endSession()
    await phaseOf(session, 'ended')
    device.goLive()
    expect(session.get().phase).toBe('ready')
    const next = createSession({ fetch: server.fetch, storage, ...makeDevice() })
    await next.start()
    expect(next.get().phase).toBe('ready')
  })

  test('a server that cannot be asked is asked again', async () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    server.standing = { standing: 'wiped', keepsUnsent: true, hasAccess: true }
    server.isReachable = false
    device.endSession()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(session.get().phase).toBe('ready')
    server.isReachable = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(session.get()).toMatchObject({ phase: 'signed-out', cleared: 'wiped' })
  })

  test('[DEV-2] a device that could not remove everything does not say that it is cleared', async () => {
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.blocked = ['fulqrun-ana']
    server.standing = { standing: 'wiped', keepsUnsent: false, hasAccess: true }
    device.endSession()
    expect(await phaseOf(session, 'signed-out')).toMatchObject({ cleared: 'wiped', isHeld: true })
    expect(server.cleared).toEqual([])
  })

  test('of a stolen device nothing is kept', async () => {
    const { session, device, server } = makeSession(makeMe('ana'), makeMe('ana'))
    await session.start()
    device.pending = 2
    server.standing = { standing: 'wiped', keepsUnsent: false, hasAccess: true }
    device.endSession()
    await phaseOf(session, 'signed-out')
    expect(device.log).toEqual(['open ana', 'erase ana', 'forget all'])
  })
})
