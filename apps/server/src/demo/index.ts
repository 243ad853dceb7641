import type { DocumentHost } from '../documents/document-host.ts'

export async function seedDemoDocuments(_host: DocumentHost, _options: { readonly now: number }): Promise<void> {}
