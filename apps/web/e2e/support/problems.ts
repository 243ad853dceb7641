import type { BrowserContext, ConsoleMessage } from 'playwright-core'

/** What went wrong in the pages of one browser context and is no part of the story that a test tells. */
export interface Problems {
  readonly found: readonly string[]
  /** From now on, messages that match are expected. They are matched with the address they are about at the end. */
  allow(pattern: RegExp): void
}

/** Requests and sockets that fail because there is no network, or no server. Only browsers print these, no code of ours. */
export const outage =
  /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|NETWORK_CHANGED|SOCKS_CONNECTION_FAILED|PROXY_CONNECTION_FAILED|ABORTED|FAILED)|WebSocket connection to .* failed/

/** The sign-in page asks who is signed in; the browser prints that the answer is "nobody". */
const nobody = /status of 401 .*\/api\/me$/

function textOf(message: ConsoleMessage): string {
  return `${message.text()} ${message.location().url}`
}

/**
 * Collects errors of the console (violations of the content security policy are among them), errors that no code
 * caught, and crashes.
 */
export function watchProblems(context: BrowserContext): Problems {
  const found: string[] = []
  const allowed: RegExp[] = [nobody]
  const report = (problem: string) => {
    if (!allowed.some((pattern) => pattern.test(problem))) found.push(problem)
  }
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') report(textOf(message))
  })
  context.on('weberror', (error) => {
    report(`not caught: ${error.error().stack ?? error.error().message}`)
  })
  context.on('page', (page) => {
    page.on('crash', () => {
      report(`crashed: ${page.url()}`)
    })
  })
  return {
    found,
    allow: (pattern) => {
      allowed.push(pattern)
    },
  }
}
