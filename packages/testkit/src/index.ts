export * from './document-edits.ts'
export * from './documents.ts'
export * from './hostile-edits.ts'
