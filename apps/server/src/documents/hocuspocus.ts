import { isDocumentName } from '@fulqrun/protocol'
import { type Connection, Hocuspocus } from '@hocuspocus/server'
import { AccountError } from '../accounts/account-error.ts'
import type { ClientGate } from '../gate/client-gate.ts'
import { settlePresence } from '../gate/presence.ts'
import type { Logger } from '../logger.ts'
import type { DocumentHost } from './document-host.ts'

interface HookContext {
  readonly gate?: ClientGate
}

/** Longer than any socket lives: idle sockets and deadlines are the gate's to watch, with codes of our own. */
const neverMs = 2_000_000_000

/**
 * Hocuspocus, set up as the keeper of open documents and the one who sends them around.
 *
 * Every hook is guarded (SYNC 6, 8): a rejection that Hocuspocus does not expect kills the process or detaches a
 * document behind an open socket. Only two hooks reject on purpose, in the shape that Hocuspocus expects:
 * `onAuthenticate` to refuse, `beforeUnloadDocument` to keep a document.
 * Its own limits before authentication are raised out of the way, because the gate has stricter ones and Hocuspocus's
 * count documents that are merely slow to authenticate (SYNC 1).
 */
export function createHocuspocus({ shelf }: Pick<DocumentHost, 'shelf'>, logger: Logger): Hocuspocus {
  const guard =
    <T>(hook: string, run: (payload: T) => void | Promise<void>) =>
    async (payload: T): Promise<void> => {
      try {
        await run(payload)
      } catch (error) {
        logger.error({ err: error, hook }, 'a hook failed')
      }
    }

  return new Hocuspocus({
    quiet: true,
    timeout: neverMs,
    // Nothing is sent around before the turn is over in which it was admitted: a new record is placed first (GATE-6).
    flushMaxBytes: 64 * 1024 * 1024,
    maxPendingDocuments: 1_000_000,
    maxUnauthenticatedQueueMessages: 10_000_000,
    maxUnauthenticatedQueueSize: 512 * 1024 * 1024,

    async onAuthenticate({ documentName, token, context, connectionConfig }) {
      const { gate } = context as HookContext
      if (gate === undefined || !isDocumentName(documentName)) throw refusal('document/name-invalid')
      try {
        const { readOnly } = await gate.authorize(documentName, token)
        connectionConfig.readOnly = readOnly
      } catch (error) {
        if (!(error instanceof AccountError))
          logger.error({ err: error }, 'a document could not be authorized')
        throw refusal(error instanceof AccountError ? error.code : 'server/internal')
      }
      // Released when the document is attached or refused: it must not be unloaded in between.
      shelf.pin(documentName)
      gate.whenSettled(documentName, () => shelf.unpin(documentName))
      await shelf.departure(documentName)
    },

    onLoadDocument: async ({ documentName, document }) => {
      if (!isDocumentName(documentName)) throw refusal('document/name-invalid')
      try {
        await shelf.load(documentName, document)
      } catch (error) {
        logger.error({ err: error, document: documentName }, 'a document could not be loaded')
        // Hocuspocus forgets the document but not its timers (hocuspocus #1156).
        document.awareness.destroy()
        throw refusal('server/storage')
      }
    },

    // Changes are logged where they are admitted. Without this Hocuspocus would prepare its change and store hooks,
    // which nobody listens to, for every update.
    afterLoadDocument: guard('afterLoadDocument', ({ document }) => {
      document.onUpdate(() => undefined)
    }),

    connected: guard(
      'connected',
      ({ context, connection }: { context: unknown; connection?: Connection }) => {
        if (connection !== undefined) (context as HookContext).gate?.attached(connection)
      },
    ) as never,

    beforeHandleAwareness: guard('beforeHandleAwareness', ({ states, document, connection, context }) => {
      const principal = (context as HookContext | undefined)?.gate?.principal
      try {
        if (connection === undefined || principal === undefined) states.clear()
        else settlePresence(states, { document, connection, principal })
      } catch (error) {
        // What could not be settled is not shown: it may claim to be anybody.
        states.clear()
        throw error
      }
    }),

    beforeUnloadDocument: ({ documentName, document }) => {
      if (!isDocumentName(documentName)) return Promise.resolve()
      // Rejecting without a message keeps the document, and keeps Hocuspocus from printing it.
      if (!shelf.mayUnload(documentName)) return Promise.reject({ reason: 'in use' })
      shelf.beforeUnload(documentName, document)
      return Promise.resolve()
    },

    afterUnloadDocument: guard('afterUnloadDocument', ({ documentName }) => {
      if (isDocumentName(documentName)) shelf.unloaded(documentName)
    }),
  })
}

/** What Hocuspocus turns into a refusal with a reason; an Error would be printed to the console first. */
function refusal(reason: string): { readonly reason: string } {
  return { reason }
}
