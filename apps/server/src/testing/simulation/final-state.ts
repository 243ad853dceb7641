import type { DocumentName } from '@fulqrun/protocol'
import { contentOf, differenceOf, timesIn } from './contents.ts'
import { wrongWith } from './device-disk.ts'
import type { SimulatedDevice, SimulatedTab } from './simulated-device.ts'
import type { World } from './world.ts'

type Contents = ReadonlyMap<DocumentName, ReadonlyMap<string, string>>

/**
 * Whatever keeps the world from being at rest: on what tabs show and say, on the disks of the devices, at the server.
 * `isClosed`: no screen shows a document any more, so every copy is a snapshot of what the server has.
 */
export async function whatIsWrong(
  world: World,
  { isClosed }: { readonly isClosed: boolean },
): Promise<readonly string[]> {
  const contents = await contentsOf(world)
  if (contents === undefined) return ['the server is down']
  const shown = world.devices.flatMap((device, index) =>
    device.tabs.flatMap((tab, at) =>
      wrongInTab(tab, contents, { world, isClosed }).map((each) => `device ${index}, tab ${at}: ${each}`),
    ),
  )
  // What tabs say settles first; disks are dear to read.
  if (shown.length > 0) return shown
  const found = await Promise.all(
    world.devices.map(async (device, index) =>
      (await wrongOnDisk(device, contents, { world, isClosed })).map((each) => `device ${index}: ${each}`),
    ),
  )
  return [...found.flat(), ...twice(world, contents)]
}

/** What the server has; records whose creator died before they were saved anywhere are not there. */
async function contentsOf(world: World): Promise<Contents | undefined> {
  const { documents, isUp } = world.server
  if (!isUp || documents === undefined) return undefined
  const contents = new Map<DocumentName, ReadonlyMap<string, string>>()
  for (const name of world.records) {
    if (!documents.exists(name)) continue
    contents.set(name, (await world.until(documents.withDocument(name, contentOf))) ?? new Map())
  }
  return contents
}

interface Options {
  readonly world: World
  readonly isClosed: boolean
}

function wrongInTab(tab: SimulatedTab | undefined, contents: Contents, { world }: Options): string[] {
  const workspace = tab?.workspace
  if (tab === undefined || workspace === undefined) return ['it has not started']
  const found: string[] = []
  const { pending } = workspace.sync.get()
  if (pending > 0) found.push(`${pending} changes wait: ${JSON.stringify(workspace.waiting.get())}`)
  const listed = workspace.catalogue.get().map(({ name }) => name)
  if (new Set(listed).size < listed.length) found.push('a record is listed twice')
  const missing = [...contents.keys()].filter((name) => !listed.includes(name))
  if (missing.length > 0) found.push(`not listed: ${missing.join(' ')}`)
  // A record that the server did not take is listed until the person has read its draft.
  const drafts = new Set(workspace.refused.get().map(({ document }) => document))
  const beyond = listed.filter((name) => !contents.has(name) && !drafts.has(name))
  if (beyond.length > 0) found.push(`listed, and not at the server: ${beyond.join(' ')}`)
  for (const [name, wanted] of contents) {
    const open = tab.shown(name)
    if (open === undefined) continue
    const difference = differenceOf(contentOf(open.doc), wanted)
    if (difference !== undefined) found.push(`${name.slice(-3)}: ${difference}`)
  }
  if (world.room === 'usual' && [...contents.keys()].some((name) => !workspace.onDevice.get().has(name)))
    found.push(`on this device it calls only ${[...workspace.onDevice.get()].join(' ')}`)
  const { mode, setAside } = workspace.replica.get()
  if (setAside > 0) found.push('it has set copies aside')
  // Devices of this world have a disk: one that does not use it proves nothing.
  if (mode !== 'persistent') found.push(`its copies are ${mode}`)
  return found
}

async function wrongOnDisk(
  device: SimulatedDevice,
  contents: Contents,
  { world, isClosed }: Options,
): Promise<string[]> {
  const { snapshots, outbox, setAside, documents } = await device.readDisk()
  const found: string[] = []
  if (outbox.length > 0) found.push(`the outbox on the disk holds ${outbox.join(' ')}`)
  if (setAside.length > 0) found.push(`set aside: ${setAside.join(', ')}`)
  if (isClosed && documents.length > 0) found.push(`databases are left: ${documents.join(' ')}`)
  for (const [name, wanted] of contents) {
    // Of an open document the socket brings the news, and its own database has them.
    if (!isClosed && device.tabs.some((tab) => tab?.shown(name) !== undefined)) continue
    const copy = snapshots.get(name)
    if (copy === undefined) {
      if (world.room === 'usual' || isPinned(device, name)) found.push(`no copy of ${name.slice(-3)}`)
      continue
    }
    const problem = wrongWith(copy, wanted)
    if (problem !== undefined) found.push(`the copy of ${name.slice(-3)} (head ${copy.head}): ${problem}`)
  }
  for (const name of snapshots.keys())
    if (!contents.has(name)) found.push(`a copy of ${name}, which is not there`)
  return found
}

function isPinned(device: SimulatedDevice, name: DocumentName): boolean {
  return device.tabs.every((tab) => tab?.workspace?.pinned.get().has(name) === true)
}

function twice({ promises }: World, contents: Contents): string[] {
  return [...contents].flatMap(([name, content]) =>
    promises
      .marksOf(name)
      .flatMap((mark) => (timesIn(content, mark) > 1 ? [`"${mark}" is there twice`] : [])),
  )
}
