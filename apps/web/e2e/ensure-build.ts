/** Run before the tests: builds the web app unless apps/web/dist is up to date. */
import { ensureWebBuild } from '../../server/src/http/web-build.ts'

await ensureWebBuild({ log: (line) => process.stdout.write(`${line}\n`) })
