import { globSync, readFileSync } from 'node:fs'

/**
 * Fails when more than one copy of yjs is installed: two copies break `instanceof` between them and corrupt documents.
 */
const copies = globSync(
  '{node_modules,packages/*/node_modules,apps/*/node_modules}/{,**/node_modules/}yjs/package.json',
)
const versions = copies.map(
  (file) => `${file} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`,
)
if (versions.length !== 1) {
  console.error(`expected one copy of yjs, found ${versions.length}:\n${versions.join('\n')}`)
  process.exit(1)
}
console.log(`one copy of yjs: ${versions[0]}`)
