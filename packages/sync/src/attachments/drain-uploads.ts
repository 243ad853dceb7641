import type { DeviceStore } from '../device-store.ts'
import { FileShelf } from './file-shelf.ts'
import { sendFile, type SendOptions } from './send-file.ts'

/** How many files were sent, and how many still wait. */
export interface DrainedUploads {
  readonly sent: number
  readonly left: number
}

/**
 * Sends every file of a device that waits, once, without a page: for the service worker. Never rejects; what cannot be
 * sent stays for the app. A page that sends the same file meanwhile does no harm: the server takes both.
 */
export async function drainUploads(
  options: SendOptions & { readonly store: DeviceStore },
): Promise<DrainedUploads> {
  const { store } = options
  const shelf = new FileShelf({ store, budgetBytes: () => Number.POSITIVE_INFINITY, now: () => Date.now() })
  let sent = 0
  let left = 0
  try {
    for (const upload of await shelf.uploads()) {
      if (upload.isSent) continue
      const blob = await shelf.bytesOf(upload.hash)
      const outcome =
        blob === undefined ? undefined : await sendFile(options, upload, blob.bytes, () => undefined)
      if (outcome?.ok === true) {
        await shelf.sent(upload.id)
        sent += 1
      } else left += 1
    }
  } catch {
    // The disk fails: the app finds what waits, and sends it.
  }
  return { sent, left }
}
