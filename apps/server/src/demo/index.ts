import type { DocumentStore } from '../store/document-store.ts'
import { buildDemoBatch } from './demo-batch.ts'

/** Writes the demo documents into an empty store, all or nothing. Call it before the documents are opened. */
export async function seedDemoDocuments(
  store: DocumentStore,
  options: { readonly now: number },
): Promise<void> {
  await store.commit(buildDemoBatch(options))
}
