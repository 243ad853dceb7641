import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDocumentKind, type DocumentKind } from '@fulqrun/protocol'
import { defineRoots, migrate } from '@fulqrun/schema'
import * as Y from 'yjs'
import { documentJson } from './documents.ts'

/**
 * Frozen fixtures: for every released schema version and kind, the bytes of a document as that version wrote it, and
 * what it must read as before and after migration. Bytes and `written` never change: a fixture that no longer fits
 * means that devices in the field would no longer be understood. `migrated` follows the chain to its newest version;
 * freeze-fixture.ts brings it up to date, so that a review sees what a new migration does to every old document.
 */
export interface Fixture {
  readonly kind: DocumentKind
  readonly version: number
  /** Encoded Yjs update, base64. */
  readonly update: string
  /** Content by root as it was written. */
  readonly written: Readonly<Record<string, unknown>>
  /** Content by root after migration to the current version. */
  readonly migrated: Readonly<Record<string, unknown>>
}

export const fixtureFolder = join(import.meta.dirname, '..', 'fixtures')

function fixtureFile(kind: DocumentKind, version: number): string {
  return join(fixtureFolder, `${kind}.v${version}.json`)
}

/** Kinds and versions that have a fixture. */
export function listFixtures(): readonly { readonly kind: DocumentKind; readonly version: number }[] {
  return readdirSync(fixtureFolder).flatMap((file) => {
    const [, kind, version] = /^([a-z]+)\.v(\d+)\.json$/.exec(file) ?? []
    return isDocumentKind(kind) ? [{ kind, version: Number(version) }] : []
  })
}

export function loadFixture(kind: DocumentKind, version: number): Fixture {
  return JSON.parse(readFileSync(fixtureFile(kind, version), 'utf8')) as Fixture
}

/** The document of a fixture, as a device of today opens it. */
export function openFixture({ kind, update }: Fixture, clientId = 7): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = clientId
  defineRoots(doc, kind)
  Y.applyUpdate(doc, Buffer.from(update, 'base64'))
  return doc
}

function migratedJson(fixture: Omit<Fixture, 'migrated'>): Fixture['migrated'] {
  const doc = openFixture({ ...fixture, migrated: {} })
  migrate(doc)
  return documentJson(doc)
}

function writeFixture(fixture: Omit<Fixture, 'migrated'>): void {
  const complete: Fixture = { ...fixture, migrated: migratedJson(fixture) }
  writeFileSync(fixtureFile(fixture.kind, fixture.version), `${JSON.stringify(complete, undefined, 2)}\n`)
}

/** Writes a document down for ever; one that is already there only gets its migrated content up to date. */
export function freezeFixture(doc: Y.Doc, kind: DocumentKind, version: number): 'frozen' | 'kept' {
  if (existsSync(fixtureFile(kind, version))) {
    writeFixture(loadFixture(kind, version))
    return 'kept'
  }
  const update = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64')
  writeFixture({ kind, version, update, written: documentJson(doc) })
  return 'frozen'
}
