import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why no browser can be started here; undefined when one can. */
export function missingBrowser(): string | undefined {
  if (existsSync(executablePath)) return undefined
  return `no Chromium at ${executablePath}; install one or set CHROMIUM_PATH`
}

/** True where a missing browser is a failure and not a reason to skip: in CI. */
export const isBrowserRequired = process.env['FULQRUN_REQUIRE_BROWSER'] === '1'

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args })
}

/** A browser with a profile on disk, which can be closed and started again with what it kept. */
export async function launchProfile(
  folder: string,
  options: BrowserContextOptions = {},
  moreArgs: readonly string[] = [],
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath,
    args: [...args, ...moreArgs],
    ...options,
  })
}
