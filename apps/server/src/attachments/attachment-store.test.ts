import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DocumentName } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import {
  attachmentStoreContract,
  type AttachmentStoreUnderTest,
  contractQuota,
  hashOfBytes,
} from './attachment-store.contract.ts'
import { copyAttachments } from './copy-attachments.ts'
import { attachmentFolders, FileAttachmentStore } from './file-attachment-store.ts'
import { MemoryAttachmentStore } from './memory-attachment-store.ts'

function openMemory(): Promise<AttachmentStoreUnderTest> {
  const store = new MemoryAttachmentStore(contractQuota)
  return Promise.resolve({ store, reopen: () => Promise.resolve(store), close: () => store.close() })
}

attachmentStoreContract('memory', { open: openMemory, durable: false })

async function openFiles(): Promise<AttachmentStoreUnderTest & { readonly dataDir: string }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fulqrun-files-'))
  const open = () =>
    FileAttachmentStore.open({
      dataDir,
      databaseFile: path.join(dataDir, 'fulqrun.sqlite'),
      quota: contractQuota,
    })
  let store = await open()
  return {
    dataDir,
    store,
    async reopen() {
      await store.close()
      return (store = await open())
    },
    async close() {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

attachmentStoreContract('files', { open: openFiles, durable: true })

test('[BLOB-7] a copy for a backup holds every complete file, and nothing of what is still coming', async () => {
  const subject = await openFiles()
  const { store, dataDir } = subject
  const document = 'meridian/opportunity/0199-a' as DocumentName
  const complete = [new Uint8Array([1]), new Uint8Array([2, 2])]
  for (const bytes of complete) {
    const upload = { organizationId: 'meridian', userId: 'ana', hash: hashOfBytes(bytes), document, at: 1 }
    await store.begin({ ...upload, size: bytes.length })
    await store.append(upload, { offset: 0, bytes, at: 1 })
  }
  const half = { organizationId: 'meridian', userId: 'ana', hash: 'ab'.repeat(32), size: 9, document, at: 1 }
  await store.begin(half)
  await store.append(half, { offset: 0, bytes: new Uint8Array(4), at: 1 })
  const to = path.join(dataDir, 'copy.attachments')
  expect(await copyAttachments(dataDir, to)).toBe(2)
  const names = await readdir(path.join(to, 'meridian'))
  expect(names.sort()).toEqual(complete.map(hashOfBytes).sort())
  for (const name of names) expect(hashOfBytes(await readFile(path.join(to, 'meridian', name)))).toBe(name)
  expect(await copyAttachments(path.join(dataDir, 'nowhere'), path.join(dataDir, 'empty'))).toBe(0)
  await subject.close()
})

test('[BLOB-7] a file lies under its hash in the folder of its organization, whatever that is called', async () => {
  const subject = await openFiles()
  const { store, dataDir } = subject
  const bytes = new Uint8Array([1, 2, 3])
  const hash = hashOfBytes(bytes)
  const document = 'meridian/opportunity/0199-a' as DocumentName
  for (const organizationId of ['meridian', '../../outside', '.']) {
    const upload = { organizationId, userId: '../ana', hash, size: 3, document, at: 1 }
    await store.begin(upload)
    await store.append(upload, { offset: 0, bytes, at: 1 })
  }
  const { files, incoming } = attachmentFolders(dataDir)
  const folders = await readdir(files)
  expect(folders).toHaveLength(3)
  expect(folders).toContain('meridian')
  expect(folders.every((folder) => /^(meridian|~[0-9a-f]{64})$/.test(folder))).toBe(true)
  for (const folder of folders) expect(await readdir(path.join(files, folder))).toEqual([hash])
  expect(await readdir(incoming)).toEqual([])
  await subject.close()
})
