import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { launchProfile } from './chromium.ts'
import type { DemoServer } from './demo-server.ts'
import { desktop, receive, type Visitor } from './visitor.ts'

/** A browser whose profile is on disk: it can die at any moment and be started again with what it kept. */
export interface Profile extends AsyncDisposable {
  /** Starts the browser, with or without a network, and opens the app. */
  start(options: { readonly isOffline: boolean; readonly allow?: RegExp }): Promise<Visitor>
  /** SIGKILL to all of its processes; resolves when they are gone. */
  kill(): Promise<void>
}

export async function makeProfile(server: DemoServer): Promise<Profile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-profile-'))
  let context: BrowserContext | undefined
  return {
    async start({ isOffline, allow }) {
      context = await launchProfile(folder, { ...desktop, offline: isOffline })
      return receive(context, server, { allow })
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
