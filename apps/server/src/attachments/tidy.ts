import { limits } from '@fulqrun/protocol'
import type { Logger } from '../logger.ts'
import type { AttachmentStore } from './attachment-store.ts'

/** Uploads that were left alone are looked for at the start and this often. */
const everyMs = 6 * 3600_000

/** Removes uploads that nobody has gone on with for a week, now and from time to time; the result stops it. */
export function keepTidy(
  store: AttachmentStore,
  { now, logger }: { readonly now: () => number; readonly logger: Logger },
): () => void {
  const tidy = () => {
    store.removeAbandoned(now() - limits.attachmentUploadMs).then(
      (count) => {
        if (count > 0) logger.info({ count }, 'uploads that were left alone are removed')
      },
      (error: unknown) => logger.error({ err: error }, 'uploads that were left alone could not be removed'),
    )
  }
  tidy()
  const timer = setInterval(tidy, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
