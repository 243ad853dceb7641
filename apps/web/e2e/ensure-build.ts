/**
 * Builds the web app unless apps/web/dist is newer than what it is made from: run by itself, and by vitest before the
 * journeys however they are started, so that none of them looks at an older app.
 */
import { ensureWebBuild } from '../../server/src/http/web-build.ts'

export default function ensureBuild(): Promise<void> {
  return ensureWebBuild({ log: (line) => process.stdout.write(`${line}\n`) })
}

if (import.meta.main) await ensureBuild()
