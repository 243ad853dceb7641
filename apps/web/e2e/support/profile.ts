import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { openBlackHole } from '../../../../packages/testkit/src/black-hole.ts'
import { launchProfile } from './chromium.ts'
import type { DemoServer } from './demo-server.ts'
import { desktop, receive, type Visitor } from './visitor.ts'

/** A browser whose profile is on disk: it can die at any moment and be started again with what it kept. */
export interface Profile extends AsyncDisposable {
  /** Starts the browser, with the network as it is, and opens the app. */
  start(options?: { readonly allow?: RegExp }): Promise<Visitor>
  /**
   * Takes the network away, or brings it back: pages are told, and nothing gets through in the background either, where
   * what browsers emulate for a page does not hold.
   */
  setOffline(isOffline: boolean): Promise<void>
  /** Closes the browser as people do. Only then, or half a minute later, are its cookies on the disk. */
  quit(): Promise<void>
  /** SIGKILL to all of its processes; resolves when they are gone. */
  kill(): Promise<void>
}

export async function makeProfile(server: DemoServer): Promise<Profile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-profile-'))
  const way = await openBlackHole(() => server.url)
  // The address stays the server's own, to the app and to the server.
  const rule = `--host-resolver-rules=MAP ${new URL(server.url).host} ${new URL(way.url).host}`
  let isOffline = false
  let context: BrowserContext | undefined
  return {
    async start({ allow } = {}) {
      context = await launchProfile(folder, { ...desktop, offline: isOffline }, [rule])
      return receive(context, server, { allow })
    },
    async setOffline(isOfflineNow) {
      isOffline = isOfflineNow
      way.mode = isOffline ? 'refuse' : 'open'
      if (isOffline) way.cut()
      await context?.setOffline(isOffline)
    },
    async quit() {
      await context?.close()
      context = undefined
    },
    async kill() {
      const closed = new Promise<void>((resolve) => {
        context?.once('close', () => {
          resolve()
        })
      })
      for (const pid of await processesWith(folder)) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // Went with its parent.
        }
      }
      await closed
      context = undefined
    },
    async [Symbol.asyncDispose]() {
      await context?.close()
      await way[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Processes that were started with `text` among their arguments. */
async function processesWith(text: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        return (await readFile(`/proc/${id}/cmdline`, 'utf8')).includes(text) ? [Number(id)] : []
      } catch {
        // Ended meanwhile.
        return []
      }
    }),
  )
  return found.flat().filter((pid) => pid !== process.pid)
}
