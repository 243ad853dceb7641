import { documentKinds, type DocumentKind } from '@fulqrun/protocol'
import { currentSchemaVersion } from '@fulqrun/schema'
import * as Y from 'yjs'
import { makeDocument } from './documents.ts'
import { freezeFixture, listFixtures } from './fixtures.ts'
import { makeVersionOne } from './version-one.ts'

/**
 * `node packages/testkit/src/freeze-fixture.ts`: freezes a document of every kind in the current schema version, and
 * brings the migrated content of the older ones up to date. Run it before a release, and after writing a migration;
 * the bytes of what is already frozen stay as they are.
 */
function freeze(kind: DocumentKind, version: number, doc: Y.Doc): void {
  process.stdout.write(`${kind} version ${version}: ${freezeFixture(doc, kind, version)}\n`)
}

for (const kind of documentKinds) {
  freeze(kind, 1, makeVersionOne(kind))
  freeze(kind, currentSchemaVersion, makeDocument(kind))
}

for (const { kind, version } of listFixtures())
  if (version !== 1 && version !== currentSchemaVersion) freeze(kind, version, new Y.Doc())
