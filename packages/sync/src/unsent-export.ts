import type { DocumentName } from '@fulqrun/protocol'
import type { UnsentFile } from './attachments/types.ts'
import { countChanges } from './changes.ts'
import type { RefusedEdit, RefusedValue } from './device-store.ts'
import type { DocumentRegistry } from './document-registry.ts'
import type { Outbox } from './outbox.ts'
import { pickDraft } from './refused-edit.ts'

/** Everything that the server has not got, readable and restorable; plain JSON. */
export interface UnsentExport {
  /** Device time. */
  readonly exportedAt: number
  readonly user: { readonly id: string; readonly name: string }
  readonly documents: readonly UnsentDocument[]
  /** Photos and documents, with their bytes. */
  readonly files: readonly UnsentFile[]
  /** What the server did not accept and its person has not dismissed: it is nowhere else. */
  readonly refused: readonly RefusedEdit[]
}

export interface UnsentDocument {
  readonly name: DocumentName
  readonly title: string
  readonly changes: number
  /** Values at the paths that were edited. */
  readonly values: readonly RefusedValue[]
  /** The Yjs updates themselves, Base64: nothing is left out. */
  readonly updates: readonly string[]
}

export async function collectUnsent(options: {
  readonly user: UnsentExport['user']
  readonly now: number
  readonly outbox: Outbox
  readonly registry: DocumentRegistry
  titleOf(name: DocumentName): string | undefined
  files(): Promise<readonly UnsentFile[]>
}): Promise<UnsentExport> {
  const { outbox, registry, user, now } = options
  const documents = await Promise.all(
    outbox.documents().map(async (name): Promise<UnsentDocument> => {
      const document = registry.ensure(name)
      await document.ready
      const entries = outbox.entriesOf(name)
      return {
        name,
        title: options.titleOf(name) ?? '',
        changes: countChanges(entries),
        values: pickDraft({ doc: document.current, unsent: entries }, document.kind),
        updates: entries.map((entry) => encodeBase64(entry.update)),
      }
    }),
  )
  return { exportedAt: now, user, documents, files: await options.files(), refused: registry.refused() }
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''))
}
