import { constants } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { attachmentFolders } from './file-attachment-store.ts'

/**
 * Copies the complete files of a data folder to a new folder, while a server may be running on it; answers how many.
 * Where the file system can, the copies share the blocks of the originals.
 */
export async function copyAttachments(dataDir: string, to: string): Promise<number> {
  const { files } = attachmentFolders(dataDir)
  await mkdir(to, { recursive: true })
  let count = 0
  for (const organization of await readdir(files).catch(() => [])) {
    await mkdir(path.join(to, organization))
    for (const name of await readdir(path.join(files, organization))) {
      const [from, copy] = [path.join(files, organization, name), path.join(to, organization, name)]
      await copyFile(from, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      count += 1
    }
  }
  return count
}
