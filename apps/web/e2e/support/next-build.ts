import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

const texts = /\.(?:js|css|html|json|webmanifest)$/

/**
 * Turns a build into the next one: every hashed file under another name, every reference to it with it, and so another
 * service worker. What a deployment looks like from outside, without building for half a minute.
 */
export async function turnIntoNextBuild(folder: string): Promise<void> {
  const assets = path.join(folder, 'assets')
  const names = await readdir(assets)
  const renamed = new Map(names.map((name) => [name, name.replace(/(\.[a-z0-9]+)$/, 'Next$1')]))
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const file of files.filter((entry) => entry.isFile() && texts.test(entry.name))) {
    const address = path.join(file.parentPath, file.name)
    let text = await readFile(address, 'utf8')
    for (const [before, after] of renamed) text = text.replaceAll(before, after)
    if (file.name === 'sw.js') text = withNewRevisions(text)
    await writeFile(address, text)
  }
  for (const [before, after] of renamed) await rename(path.join(assets, before), path.join(assets, after))
}

/** Files without a hash in their name have it in the list of the worker. */
function withNewRevisions(worker: string): string {
  return worker.replaceAll(/([{,]"?revision"?:["`])([0-9a-f]{32})(["`])/g, '$1next$2$3')
}
